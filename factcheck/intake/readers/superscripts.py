"""Superscript and subscript digits of a document, as the Unicode characters for them.

Used by every format: without it "12" with a footnote mark 3 would be read as 123. After a word or a number, the leading
digits of a superscript are converted, whatever follows them ("3)", "3 see below"). Letters ("1st") and marks in square
brackets are not changed.
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
_SUPERSCRIPT_STYLE = re.compile(r"(?i)vertical-align\s*:\s*(?:super|text-top)")
_SUBSCRIPT_STYLE = re.compile(r"(?i)vertical-align\s*:\s*sub")


def as_superscript(text: str, before: str = "") -> str:
    """The text with superscript digits; text that is no such mark is returned unchanged.

    >>> as_superscript("3"), as_superscript("-3"), as_superscript(" 1, 2 "), as_superscript("st"), as_superscript("[3]")
    ('\u00b3', '\u207b\u00b3', '\u00b9,\u00b2 ', 'st', '[3]')
    >>> as_superscript("3)", "12"), as_superscript("3 see below", "12"), as_superscript("3 men", "12 ")
    ('\u00b3\u207e', '\u00b3 see below', '3 men')
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
    """The text with subscript digits where it follows a digit or a fraction stroke; "CO2" is not changed.

    >>> as_subscript("3", "12"), as_subscript("2", "CO")
    ('\u2083', '2')
    """
    joined = before[-1:].isdecimal() or before.endswith(("/", "\u2044"))
    return text.strip().translate(_LOW) if joined and text.strip().isdecimal() else text


def mark_superscripts(tree: Any) -> bool:
    """Replace superscript and subscript elements of a page by text, in place; returns whether there were any."""
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
    if _SUPERSCRIPT_STYLE.search(style):
        return "sup"
    if _SUBSCRIPT_STYLE.search(style):
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
