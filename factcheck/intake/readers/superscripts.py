"""Digits that a document sets above or below the line, as the characters that Unicode has for them.

Here lives what is such a mark, whatever the format: joined to the number before it, "12" with a footnote's 3 would be
123. Behind a word or a number the digits that lead what is raised are set apart, whatever follows them ("3)", "3 see
below"). Letters ("1st") and marks in square brackets stay as they are.
"""

from __future__ import annotations

import re
from typing import Any

LONGEST = 12
MOST_ABOVE, MOST_EMPTY = 4, 8
_IN_LINE = frozenset(["a", "b", "big", "em", "font", "i", "mark", "s", "small", "span", "strong", "sub", "sup", "u"])
_MARK = re.compile(r"\s*[+\-\u2212]?(?:\(\d{1,3}\)|\d{1,3}(?:\s?[,\u2013-]\s?\d{1,3})*)\s*")
_LEAD = re.compile(r"\s*[+\-\u2212]?\(?\d+(?:\s?[.,;:\u2013-]\s?\d+)*\)?")
_BEHIND = re.compile(r"[^\W_][.,%)\u2019\u201d\u207d\u207e*]*$")  # a number that a mark would join, or a word
_HIGH = str.maketrans(
    "0123456789+-\u2212()", "\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079\u207a\u207b\u207b\u207d\u207e"
)
_LOW = str.maketrans("0123456789", "\u2080\u2081\u2082\u2083\u2084\u2085\u2086\u2087\u2088\u2089")
_NOTE = re.compile(
    r"(?i)(?:^|[\s_-])(?:foot|end)note|\b(?:fn|note)-?ref\b|\bnoteref\b|(?:^|[\s_-])sup(?:erscript)?(?=\s|$)"
)
_NOTE_NAME = re.compile(
    r"(?i)(?:foot|end|cite_?)note|cite_?ref|(?<![a-z])(?:note|ftn|edn|fn)s?(?:[_-]?ref)?(?:[:_.-]|\d|$)"
)
_NAMED_BY = ("class", "rel", "role", "epub:type")
_RAISED_STYLE = re.compile(r"(?i)vertical-align\s*:\s*(?:super|text-top)")
_LOWERED_STYLE = re.compile(r"(?i)vertical-align\s*:\s*sub")


def as_superscript(text: str, before: str = "") -> str:
    """Digits above the line, as such; other text as it is.

    >>> raised("3"), raised("-3"), raised(" 1, 2 "), raised("st"), raised("[3]")
    ('\u00b3', '\u207b\u00b3', '\u00b9,\u00b2 ', 'st', '[3]')
    >>> raised("3)", "12"), raised("3 see below", "12"), raised("3 men", "12 "), raised("3", "12[")
    ('\u00b3\u207e', '\u00b3 see below', '3 men', '3')
    """
    if before.endswith("["):
        return text
    if len(text) <= LONGEST + 4 and _MARK.fullmatch(text):
        return "".join(text.split()).translate(_HIGH) + (" " if text[-1:].isspace() else "")
    lead = _LEAD.match(text) if _BEHIND.search(before[-8:]) else None
    if lead is None:
        return text
    rest = text[lead.end() :]
    return "".join(lead[0].split()).translate(_HIGH) + (" " if rest[:1].isalnum() else "") + rest


def as_subscript(text: str, before: str) -> str:
    """Digits below the line behind a digit, or below a fraction's stroke; those of "CO2" as they are.

    >>> lowered("3", "12"), lowered("2", "CO")
    ('\u2083', '2')
    """
    joined = before[-1:].isdecimal() or before.endswith(("/", "\u2044"))
    return text.strip().translate(_LOW) if joined and text.strip().isdecimal() else text


def mark_superscripts(tree: Any) -> bool:
    """Write the raised digits of a page as such, and other short raised words in the line; whether there were any."""
    changed = False
    for node in list(tree.iter("sup", "sub", "a", "span", "small", "font")):
        kind = _kind(node)
        text = node.xpath("string()") if kind else ""
        if not text.strip():
            continue
        before = _before(node)
        written = as_superscript(text, before) if kind == "sup" else as_subscript(text, before)
        # a short one without the tag, which may break a line in two
        if written != text or len(text) <= LONGEST:
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
    if node.tag not in ("a", "span"):
        return ""
    named = " ".join(node.get(name) or "" for name in _NAMED_BY)
    names = (node.get("id") or "", (node.get("href") or "").partition("#")[2])
    return "sup" if _NOTE.search(named) or any(_NOTE_NAME.search(name) for name in names) else ""


def _before(node: Any) -> str:
    """The characters before an element in its line, or the last of them."""
    for _ in range(MOST_ABOVE):
        previous, parent = node.getprevious(), node.getparent()
        for _ in range(MOST_EMPTY):
            if previous is None:
                break
            if text := previous.tail or (previous.xpath("string()") if isinstance(previous.tag, str) else ""):
                return str(text)
            previous = previous.getprevious()
        if parent is None or parent.text or parent.tag not in _IN_LINE:
            return "" if parent is None or previous is not None else parent.text or ""
        node = parent
    return ""


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
