"""Digits that a document sets above or below the line, as the characters that Unicode has for them.

Here lives what is such a mark, whatever the format: joined to the number before it, "12" with a footnote's 3 would be
123. Letters ("1st") and marks in square brackets stay as they are.
"""

from __future__ import annotations

import re
from typing import Any

LONGEST = 12
_MARK = re.compile(r"\s*[+\-\u2212]?(?:\(\d{1,3}\)|\d{1,3}(?:\s?[,\u2013-]\s?\d{1,3})*)\s*")
_HIGH = str.maketrans(
    "0123456789+-\u2212()", "\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079\u207a\u207b\u207b\u207d\u207e"
)
_LOW = str.maketrans("0123456789", "\u2080\u2081\u2082\u2083\u2084\u2085\u2086\u2087\u2088\u2089")
_NOTE = re.compile(r"(?i)(?:^|[\s_-])(?:foot|end)note|\b(?:fn|note)-?ref\b|\bnoteref\b")
_NOTE_ADDRESS = re.compile(r"(?i)#_?(?:foot|end|cite_?)?(?:note|ftn|edn|fn)[:_-]?\w*")
_RAISED_STYLE = re.compile(r"(?i)vertical-align\s*:\s*(?:super|text-top)")
_LOWERED_STYLE = re.compile(r"(?i)vertical-align\s*:\s*sub")


def raised(text: str) -> str:
    """Digits above the line, as such; other text as it is.

    >>> raised("3"), raised("-3"), raised(" 1, 2 "), raised("st"), raised("[3]")
    ('\u00b3', '\u207b\u00b3', '\u00b9,\u00b2 ', 'st', '[3]')
    """
    if len(text) > LONGEST + 4 or not _MARK.fullmatch(text):
        return text
    return "".join(text.split()).translate(_HIGH) + (" " if text[-1:].isspace() else "")


def lowered(text: str, before: str) -> str:
    """Digits below the line behind a digit, or below a fraction's stroke; those of "CO2" as they are.

    >>> lowered("3", "12"), lowered("2", "CO")
    ('\u2083', '2')
    """
    joined = before[-1:].isdecimal() or before.endswith(("/", "\u2044"))
    return text.strip().translate(_LOW) if joined and text.strip().isdecimal() else text


def raise_in(tree: Any) -> bool:
    """Write the raised digits of a page as such, and other short raised words in the line; whether there were any."""
    changed = False
    for node in list(tree.iter("sup", "sub", "a", "span", "small", "font")):
        kind = _kind(node)
        said = "".join(node.itertext()) if kind else ""
        if not said.strip() or len(said) > LONGEST:
            continue
        written = raised(said) if kind == "sup" else lowered(said, _before(node))
        if written != said or node.tag in ("sup", "sub"):  # without the tag, which may break a line in two
            _replace(node, written)
            changed = True
    return changed


def _kind(node: Any) -> str:
    """Whether an element sets its words above the line ("sup"), below it ("sub"), or neither."""
    if node.tag in ("sup", "sub"):
        return str(node.tag)
    style = node.get("style") or ""
    if _RAISED_STYLE.search(style):
        return "sup"
    if _LOWERED_STYLE.search(style):
        return "sub"
    if node.tag != "a":
        return ""
    named = " ".join(node.get(name) or "" for name in ("class", "rel", "role", "epub:type"))
    return "sup" if _NOTE.search(named) or _NOTE_ADDRESS.fullmatch(node.get("href") or "") else ""


def _before(node: Any) -> str:
    """The characters before an element, as far as its parent holds them."""
    previous = node.getprevious()
    if previous is None:
        parent = node.getparent()
        return "" if parent is None else parent.text or ""
    return previous.tail or "".join(part for part in previous.itertext() if isinstance(part, str))


def _replace(node: Any, text: str) -> None:
    """Put text where an element stood."""
    parent, previous, tail = node.getparent(), node.getprevious(), node.tail or ""
    if parent is None:
        return
    node.tail = None
    parent.remove(node)
    if previous is None:
        parent.text = (parent.text or "") + text + tail
    else:
        previous.tail = (previous.tail or "") + text + tail
