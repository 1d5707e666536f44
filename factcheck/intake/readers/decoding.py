"""Bytes → characters: byte order mark, UTF-8, the declared charset, then a guess that is noted.

What was guessed or replaced is added to the notes; what cannot be decoded raises Unreadable.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

import charset_normalizer

from factcheck.intake.extracts import Unreadable

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# As browsers do: pages that say Latin-1 or ASCII mean the Windows page of it.
_MEANT = {"ascii": "cp1252", "iso8859-1": "cp1252", "iso8859-9": "cp1254", "iso8859-11": "cp874", "gb2312": "gb18030"}
_REFUSED = frozenset({"utf-7", "idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "oem"})
_META = re.compile(rb"""<meta[^>]{0,300}?charset\s*=\s*["']?\s*([a-z0-9_.:-]{2,40})""", re.IGNORECASE)
_XML = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([a-z0-9_.:-]{2,40})""", re.IGNORECASE)
_ACCENTED_WORD = re.compile("[\xc0-\xff]{4,}")  # no language that is written in Latin letters has these
_C1 = re.compile("[\x80-\x9f]")
_SAMPLE = 60_000


@dataclass(frozen=True, slots=True)
class Decoded:
    """The characters, how they were understood, and whether that was a guess."""

    text: str
    charset: str
    guessed: bool = False
    notes: tuple[str, ...] = ()


def decoded(data: bytes, declared: str = "") -> Decoded:
    """The characters of some bytes; `declared` is the charset said by a server or a sender, if any.

    Raises Unreadable (encoding) where no way of reading them makes sense.
    """
    for mark, charset in _MARKS:
        if data.startswith(mark):
            return _marked(data, charset)
    page = _page_charset(data)
    for label in (declared, page):
        name = _codec(label)
        if (name.startswith(("utf-16", "utf-32")) and b"\x00" in data[:200]) or name.startswith("iso2022"):
            text = _strict(data, name)
            if text is not None:
                return Decoded(text, name)
    utf8 = _strict(data, "utf-8")
    if utf8 is not None:
        return Decoded(utf8, "utf-8")
    for label in (declared, page):
        text = _strict(data, _codec(label))
        if text is not None and not _implausible(text):
            return Decoded(text, _codec(label))
    return _repaired(data) or _guessed(data)


def _marked(data: bytes, charset: str) -> Decoded:
    text = _strict(data, charset)
    if text is not None:
        return Decoded(text.removeprefix("\ufeff"), charset)
    text = data.decode(charset, "replace").removeprefix("\ufeff")
    broken = text.count("\ufffd")
    if broken * 50 > len(text):
        raise Unreadable("encoding", f"The text says it is {charset.upper()} but cannot be read as such.")
    return Decoded(text, charset, True, (_broken(broken),))


def _repaired(data: bytes) -> Decoded | None:
    """UTF-8 with a few broken places, counted in a note; None where too much is broken."""
    text = data.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    sound = sum(1 for char in text if char > "\x7f") - broken
    return Decoded(text, "utf-8", True, (_broken(broken),)) if sound > 5 * broken else None


def _guessed(data: bytes) -> Decoded:
    best = charset_normalizer.from_bytes(_sample(data)).best()
    text = _strict(data, _codec(best.encoding)) if best else None
    if best is None or text is None or _implausible(text):
        raise Unreadable(
            "encoding",
            "The characters of this text cannot be read: its encoding is neither UTF-8 nor one that is known.",
        )
    note = f"The encoding was not stated; it was read as {best.encoding.replace('cp125', 'windows-125')}. Please check."
    return Decoded(text, best.encoding, True, (note,))


def _sample(data: bytes) -> bytes:
    """The lines with the most bytes beyond ASCII: guessing from the whole of a long text takes too long."""
    if len(data) <= _SAMPLE:
        return data
    telling = [line for line in data.splitlines(keepends=True) if not line.isascii()]
    return b"".join(telling)[:_SAMPLE]


def _strict(data: bytes, charset: str) -> str | None:
    if not charset:
        return None
    try:
        return data.decode(charset)
    except (UnicodeError, LookupError):
        return None


def _codec(label: str) -> str:
    """Python's name of a text codec that may be used, or ""."""
    try:
        name = codecs.lookup(label.strip().strip("\"'")).name
        b"a".decode(name)  # a LookupError where it is no text encoding, such as base64
    except UnicodeError:
        pass
    except (LookupError, ValueError):
        return ""
    return "" if name in _REFUSED else _MEANT.get(name, name)


def _page_charset(data: bytes) -> str:
    head = data[:4096]
    found = _XML.search(head) or _META.search(head)
    return found.group(1).decode("ascii") if found else ""


def _implausible(text: str) -> bool:
    """Whether a text looks like another alphabet read as Latin: whole words of accented letters, or C1 controls."""
    sample = text[:200_000]
    accented = sum(1 for char in sample if "\xc0" <= char <= "\xff")
    in_words = sum(len(word) for word in _ACCENTED_WORD.findall(sample))
    return in_words * 4 > accented or bool(_C1.search(sample))


def _broken(count: int) -> str:
    return f"{count:,} broken {'place' if count == 1 else 'places'} in the text could not be read and show as \ufffd."
