"""Rich text (RTF): the words of the body, read token by token.

Groups that are no body (fonts, pictures, headers, footnotes) are passed over; those that hold words are said.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from factcheck.intake.extracts import Extract, Unreadable
from factcheck.intake.readers.credits import names, title_of
from factcheck.intake.readers.formats import RTF
from factcheck.intake.readers.remarks import quoted_remark
from factcheck.intake.readers.superscripts import as_subscript, as_superscript

MAX_DEPTH = 1_000
_TOKEN = re.compile(
    rb"\\([a-zA-Z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-fA-F]{2})|\\([^a-zA-Z])|([{}])|([^\\{}\r\n]+)|[\r\n]+|\\"
)
_MARKS = {
    "par": "\n",
    "line": "\n",
    "sect": "\n",
    "page": "\n",
    "row": "\n",
    "nestrow": "\n",
    "tab": "\t",
    "cell": "\t",
    "nestcell": "\t",
    "emdash": "\u2014",
    "endash": "\u2013",
    "bullet": "\u2022",
    "lquote": "\u2018",
    "rquote": "\u2019",
    "ldblquote": "\u201c",
    "rdblquote": "\u201d",
    "emspace": " ",
    "enspace": " ",
    "qmspace": " ",
}
_SIGNS = {b"~": "\u00a0", b"_": "\u2011", b"-": "", b"{": "{", b"}": "}", b"\\": "\\", b"\n": "\n", b"\r": "\n"}
_PASSED = frozenset(
    [
        "fonttbl",
        "colortbl",
        "stylesheet",
        "listtable",
        "listoverridetable",
        "revtbl",
        "rsidtbl",
        "generator",
        "info",
        "pict",
        "object",
        "fldinst",
        "themedata",
        "colorschememapping",
        "datastore",
        "latentstyles",
        "xmlnstbl",
        "mmathPr",
        "nonshppict",
        "blipuid",
        "bkmkstart",
        "bkmkend",
        "falt",
        "panose",
        "filetbl",
        "listtext",
        "pntext",
        "pgdsctbl",
        "template",
        "operator",
        "comment",
        "atnid",
        "atnauthor",
        "atndate",
        "atnref",
        "atntime",
    ]
)
_BESIDE = {
    **dict.fromkeys(["header", "headerl", "headerr", "headerf"], "header"),
    **dict.fromkeys(["footer", "footerl", "footerr", "footerf"], "footer"),
    "footnote": "footnote",
    "annotation": "comment",
    "title": "title",
    "author": "author",
}
_CODE_PAGES = {
    0: "cp1252",
    77: "mac_roman",
    128: "cp932",
    129: "cp949",
    134: "cp936",
    136: "cp950",
    161: "cp1253",
    162: "cp1254",
    163: "cp1258",
    177: "cp1255",
    178: "cp1256",
    186: "cp1257",
    204: "cp1251",
    222: "cp874",
    238: "cp1250",
}
_KEPT = frozenset(["body", "struck", "hidden", "header", "footer", "footnote", "comment", "title", "author"])


@dataclass(frozen=True, slots=True)
class _Setting:
    """What holds at a place of the file; a group ends with the setting it began with."""

    place: str = "body"
    level: str = ""
    gone: str = ""
    font: int = 0
    fallback: int = 1
    fresh: bool = True


@dataclass(slots=True)
class _Reading:
    """The setting of a reading, and the words found so far by where they stand."""

    setting: _Setting = field(default_factory=_Setting)
    outer: list[_Setting] = field(default_factory=list)
    fonts: dict[int, str] = field(default_factory=dict)
    page: str = "cp1252"
    found: dict[str, list[str]] = field(default_factory=lambda: {name: [] for name in _KEPT})
    waiting: bytearray = field(default_factory=bytearray)
    skip: int = 0
    """How many characters still stand for one that was given as Unicode."""

    def open(self) -> None:
        if len(self.outer) >= MAX_DEPTH:
            raise Unreadable("malformed", f"The rich text nests its groups more than {MAX_DEPTH:,} deep; not read.")
        self.outer.append(self.setting)
        self.setting = replace(self.setting, fresh=True)

    def close(self) -> None:
        self.flush()
        self.skip = 0
        if self.outer:
            self.setting = self.outer.pop()

    def take(self, raw: bytes) -> None:
        """Characters of the code page, in bytes."""
        skipped = min(self.skip, len(raw))
        self.skip -= skipped
        self.waiting += raw[skipped:]

    def flush(self) -> None:
        if self.waiting:
            page = self.fonts.get(self.setting.font, self.page)
            self.write(bytes(self.waiting).decode(page, "replace"))
            self.waiting.clear()

    def write(self, text: str) -> None:
        setting = self.setting
        place = setting.gone if setting.gone and setting.place == "body" else setting.place
        if place in _KEPT:
            parts = self.found[place]
            before = parts[-1] if parts else ""
            if setting.level:
                text = as_superscript(text, before) if setting.level == "super" else as_subscript(text, before)
            parts.append(text)

    def word(self, name: str, number: int | None) -> None:
        """A control word with its number."""
        self.flush()
        if name in _MARKS:
            self.write(_MARKS[name])
        elif name == "u" and number is not None:
            self._unicode(number)
        elif name in _PASSED or name in _BESIDE:
            self.setting = replace(self.setting, place=_BESIDE.get(name, "passed"))
        else:
            self._set(name, number)
        if self.setting.fresh:
            self.setting = replace(self.setting, fresh=False)

    def _unicode(self, number: int) -> None:
        code = number % 0x10000
        self.write(chr(code))  # halves of a pair are joined when the text is stored
        self.skip = self.setting.fallback

    def _set(self, name: str, number: int | None) -> None:
        on = number != 0
        if name in ("strike", "striked", "deleted"):
            self.setting = replace(self.setting, gone="struck" if on else "")
        elif name == "v":
            self.setting = replace(self.setting, gone="hidden" if on else "")
        elif name in ("super", "sub", "nosupersub"):
            self.setting = replace(self.setting, level=name if on and name != "nosupersub" else "")
        elif name == "plain":
            self.setting = replace(self.setting, level="", gone="")
        elif name == "f" and number is not None:
            self.setting = replace(self.setting, font=number)
        elif name == "fcharset" and number is not None and self.setting.place == "passed":
            self.fonts[self.setting.font] = _CODE_PAGES.get(number, self.page)
        elif name == "uc" and number is not None:
            self.setting = replace(self.setting, fallback=max(0, min(number, 10)))
        elif name == "ansicpg" and number is not None:
            self.page = _known_page(f"cp{number}") or self.page


def read_rtf(data: bytes) -> Extract:
    """The body of a rich text. Raises Unreadable: malformed, no_text."""
    reading = _Reading()
    for token in _tokens(data):
        _hear(reading, token)
    reading.flush()
    texts = {name: "".join(parts) for name, parts in reading.found.items()}
    lines = [line.rstrip("\t") for line in _joined(texts["body"]).split("\n")]
    if not any(line.strip() for line in lines):
        raise Unreadable("no_text", "The rich text (RTF) has no words; it may hold only pictures.")
    return Extract(
        text="\n".join(lines).strip("\n"),
        media_type=RTF,
        title=title_of(texts["title"]),
        byline=names(texts["author"]),
        notes=_notes(texts),
    )


def _tokens(data: bytes) -> Iterator[re.Match[bytes]]:
    """The tokens of a file, without what stands in binary."""
    place = 0
    while token := _TOKEN.match(data, place):
        place = token.end()
        if token[1] == b"bin" and token[2]:
            place += max(0, int(token[2]))
        else:
            yield token


def _hear(reading: _Reading, token: re.Match[bytes]) -> None:
    word, number, code, sign, brace, text = token.groups()
    if brace:
        reading.flush()
        reading.open() if brace == b"{" else reading.close()
    elif word:
        reading.word(word.decode("ascii"), int(number) if number else None)
    elif code:
        reading.take(bytes.fromhex(code.decode("ascii")))
    elif sign == b"*" and reading.setting.fresh:
        reading.setting = replace(reading.setting, place="passed", fresh=False)
    elif sign:
        reading.flush()
        reading.write(_SIGNS.get(sign, ""))
    elif text:
        reading.take(text)


def _joined(text: str) -> str:
    """The two halves of a character that was written as two numbers, as one."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _known_page(name: str) -> str:
    try:
        return name if b"a".decode(name) else ""
    except (LookupError, UnicodeError):
        return ""


def _notes(texts: dict[str, str]) -> tuple[str, ...]:
    remarks = [*quoted_remark("Struck-through or deleted text is not in the text", [texts["struck"]])]
    remarks += quoted_remark("The document hides text, which is not in the text", [texts["hidden"]])
    remarks += quoted_remark("The document has footnotes, which are not in the text", [texts["footnote"]])
    remarks += quoted_remark("The document has comments, which are not in the text", [texts["comment"]])
    for name in ("header", "footer"):
        remarks += quoted_remark(f"The document has a {name}, which is not in the text", [texts[name]])
    return tuple(remarks)
