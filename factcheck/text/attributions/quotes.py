"""Quoted stretches of a text.

Pairs quotation marks (curly, straight, doubled apostrophes) inside a paragraph, and on into the next where the
quotation stays open. Who speaks in a quotation is decided in ``detection``.
"""

from __future__ import annotations

from factcheck.text.patterns import Pattern
from factcheck.text.values import Span

_MARK = Pattern('[\u201c\u201d"\n]')
_OPENS_AFTER = frozenset(" \t\n\u00a0([{-\u2013\u2014:'\u2018/")
_LONGEST = 6000


def normalised(text: str) -> str:
    """The text with one kind of apostrophe, space and double mark, every offset as it was.

    >>> normalised("It\u2019s ''far''")
    'It\\'s  "far "'
    """
    if "\u2019" in text:
        text = text.replace("\u2019", "'")
    if "''" in text:
        text = text.replace("''", ' "')
    return text.replace("\u00a0", " ") if "\u00a0" in text else text


def find_quotes(text: str) -> list[Span]:
    """The quotations of a plain text in order, marks included; none reaches over a line it does not open.

    >>> t = 'He said "two fell. Nine stood," and left.'
    >>> [q.cut(t) for q in find_quotes(t)]
    ['"two fell. Nine stood,"']
    """
    out: list[Span] = []
    opened = -1
    straight = False
    for match in _MARK.finditer(text):
        at = match.start()
        mark = text[at]
        if opened >= 0 and at - opened > _LONGEST:
            opened = -1
        if mark == "\n":
            if opened >= 0:
                out.append(Span(opened, at))
                opened = -1
        elif opened < 0:
            if mark == "\u201c" or (mark == '"' and _may_open(text, at)):
                opened, straight = at, mark == '"'
        elif mark == "\u201d" or (mark == '"' and not _must_open(text, at)):
            out.append(Span(opened, at + 1))
            opened = -1
        elif mark == "\u201c" and not straight:
            out.append(Span(opened, at))
            opened = at
    if opened >= 0:
        out.append(Span(opened, len(text)))
    return out


def _may_open(text: str, at: int) -> bool:
    """Whether a straight mark can begin a quotation: a space before it, no space after it."""
    after = text[at + 1 : at + 2]
    return (at == 0 or text[at - 1] in _OPENS_AFTER) and bool(after) and after not in " \t\n.,;:)"


def _must_open(text: str, at: int) -> bool:
    """Whether a straight mark inside a quotation begins another: the closing mark before it was lost."""
    after = text[at + 1 : at + 2]
    return at > 0 and text[at - 1] in " \t(" and after.isalnum() and text[max(0, at - 2)] not in ".!?,'"


def is_closed(text: str, quote: Span) -> bool:
    """Whether a quotation ends with a mark; one that does not goes on in the next paragraph.

    >>> is_closed('"Two fell."', Span(0, 11)), is_closed('"Two fell.', Span(0, 10))
    (True, False)
    """
    return quote.end - quote.start > 1 and text[quote.end - 1] in '"\u201d'
