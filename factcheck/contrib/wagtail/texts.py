"""The words of a page as one text, and for each position in it the field, the block and the offset in that.

Knows the blocks of Wagtail and no model of it, so it needs no database and no app to be installed.
"""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, time
from decimal import Decimal
from html.parser import HTMLParser
from typing import Any

from wagtail import blocks
from wagtail.contrib.typed_table_block.blocks import TypedTable
from wagtail.rich_text import RichText

from factcheck.intake.text_cleaning import stored_text

BETWEEN = "\n\n"
"""What stands between two parts: a paragraph's end, so that no sentence runs on from one into the next."""

ENDS_A_PART = re.compile(
    "address|article|aside|blockquote|caption|center|dd|details|dialog|div|dl|dt|fieldset|figcaption|figure|footer|form|"
    "h[1-6]|header|hr|legend|li|main|nav|ol|option|p|pre|section|summary|table|tbody|td|tfoot|th|thead|title|tr|ul"
)
"""The elements of HTML that begin and end a part of their own; all others stand inside a line."""

NOT_READ = frozenset({"script", "style", "template"})
"""The elements whose content is no text for readers."""

NO_WORDS = frozenset({"embed", "img", "iframe", "video", "audio", "object", "svg", "canvas"})
"""The elements that show something which is not read; each is named in ``PageText.skipped``."""

WORDS_OF_MACHINES = (blocks.ChoiceBlock, blocks.MultipleChoiceBlock, blocks.URLBlock)
"""Fields of blocks whose values are keys and addresses, not words for readers."""


@dataclass(frozen=True, slots=True)
class PagePart:
    """A piece of the text that stands in one place of the page: a field, a block, or a paragraph of rich text.

    ``path`` is the content path of Wagtail (``body.<id of block>.<name>``), ``block`` the id of the innermost block
    that has one, ``key`` that of the paragraph inside of rich text. All but ``field`` may be empty.
    """

    field: str
    path: str
    block: str
    key: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Place:
    """A stretch of one part: ``start`` and ``end`` count from the beginning of the part's own text."""

    part: PagePart
    start: int
    end: int


@dataclass(frozen=True)
class PageText:
    """The words of a page, with the parts they come from in order, and what of the page was not read."""

    text: str
    parts: tuple[PagePart, ...]
    skipped: tuple[str, ...] = field(default=())

    @property
    def data(self) -> bytes:
        """The bytes that are filed."""
        return self.text.encode()

    @property
    def digest(self) -> str:
        """The SHA-256 by which the gate is asked."""
        return hashlib.sha256(self.data).hexdigest()

    def own_text(self, part: PagePart) -> str:
        return self.text[part.start : part.end]

    def locate(self, start: int, end: int) -> tuple[Place, ...]:
        """The places that a stretch of the text covers, in order. What lies between two parts is in none.

        An empty stretch is in the part that it stands in or at the end of.
        """
        first = max(0, bisect_right([part.start for part in self.parts], start) - 1)
        found = []
        for part in self.parts[first:]:
            if part.start > end or (part.start == end and start < end):
                break
            if part.end > start or start == end == part.end:
                found.append(Place(part, max(start, part.start) - part.start, min(end, part.end) - part.start))
        return tuple(found)


@dataclass(frozen=True, slots=True)
class Piece:
    """Words of one place before they are put together."""

    words: str
    field: str
    path: str
    block: str = ""
    key: str = ""


def join_pieces(pieces: Iterator[Piece], skipped: list[str]) -> PageText:
    """The pieces as one text. Blank ones are left out; each is cleaned as every stored text is."""
    parts: list[PagePart] = []
    texts: list[str] = []
    at = 0
    for piece in pieces:
        words = stored_text(piece.words)[0]
        if not words.strip():
            continue
        parts.append(PagePart(piece.field, piece.path, piece.block, piece.key, at, at + len(words)))
        texts.append(words)
        at += len(words) + len(BETWEEN)
    return PageText(BETWEEN.join(texts), tuple(parts), tuple(dict.fromkeys(skipped)))


def page_text(page: Any) -> PageText:
    """The title of a page and then each of its ``factcheck_fields``, in their order."""
    skipped: list[str] = []
    return join_pieces(pieces_of_page(page, skipped), skipped)


def pieces_of_page(page: Any, skipped: list[str]) -> Iterator[Piece]:
    for name in ("title", *(name for name in page.factcheck_fields if name != "title")):
        value = getattr(page, name)
        if isinstance(value, blocks.StreamValue):
            yield from pieces_of_stream(value, name, name, skipped)
        elif is_rich_text(page, name):
            yield from pieces_of_html(str(value or ""), name, name, "", skipped)
        else:
            yield from pieces_of_value(value, name, name, "", skipped)


def is_rich_text(page: Any, name: str) -> bool:
    """Whether a field holds HTML: a ``RichTextField``, or one derived from it."""
    classes = type(page._meta.get_field(name)).__mro__
    return any(row.__name__ == "RichTextField" for row in classes)


def pieces_of_stream(value: Any, name: str, path: str, skipped: list[str]) -> Iterator[Piece]:
    for child in value:
        yield from pieces_of_block(child.block, child.value, name, f"{path}.{child.id}", child.id or "", skipped)


def pieces_of_block(  # one branch for each kind of block
    block: Any, value: Any, name: str, path: str, pk: str, skipped: list[str]
) -> Iterator[Piece]:
    """The words of one block and of those inside of it.

    A block of the site's own may say its words itself, by a method ``factcheck_text(value)`` that gives a string.
    """
    if hasattr(block, "factcheck_text"):
        yield Piece(str(block.factcheck_text(value)), name, path, pk)
    elif isinstance(value, blocks.StreamValue):
        yield from pieces_of_stream(value, name, path, skipped)
    elif isinstance(value, blocks.list_block.ListValue):
        for child in value.bound_blocks:
            yield from pieces_of_block(child.block, child.value, name, f"{path}.{child.id}", child.id or pk, skipped)
    elif isinstance(value, blocks.StructValue):
        for key, child in value.bound_blocks.items():
            yield from pieces_of_block(child.block, child.value, name, f"{path}.{key}", pk, skipped)
    elif isinstance(value, TypedTable):
        yield from pieces_of_table(value, name, path, pk, skipped)
    elif isinstance(value, RichText):
        yield from pieces_of_html(value.source or "", name, path, pk, skipped)
    elif isinstance(block, blocks.RawHTMLBlock):
        yield from pieces_of_html(str(value or ""), name, path, pk, skipped)
    elif isinstance(block, WORDS_OF_MACHINES):
        skipped.append(block_name(block))
    else:
        yield from pieces_of_value(value, name, path, pk, skipped, block_name(block))


def block_name(block: Any) -> str:
    return str(getattr(block, "label", "") or getattr(block, "name", "") or type(block).__name__)


def pieces_of_table(table: Any, name: str, path: str, pk: str, skipped: list[str]) -> Iterator[Piece]:
    """Caption, headings, and the cells row by row."""
    yield Piece(str(table.caption or ""), name, path, pk)
    for column in table.columns:
        yield Piece(str(column["heading"] or ""), name, path, pk)
    for row in table.rows:
        for cell in row:
            yield from pieces_of_block(cell.block, cell.value, name, path, pk, skipped)


def pieces_of_value(value: Any, name: str, path: str, pk: str, skipped: list[str], called: str = "") -> Iterator[Piece]:
    """The words of a plain value: text, a number, a date, a table of text. Anything else is said to be skipped."""
    if value is None or isinstance(value, bool):
        return
    if isinstance(value, str | int | float | Decimal | date | time):
        yield Piece(str(value), name, path, pk)
    elif isinstance(value, dict) and isinstance(value.get("data"), list):  # a table of wagtail.contrib.table_block
        yield Piece(str(value.get("table_caption") or ""), name, path, pk)
        for cell in (cell for row in value["data"] for cell in row):
            yield from pieces_of_value(cell, name, path, pk, skipped, called)
    else:
        skipped.append(called or name)


def pieces_of_html(html: str, name: str, path: str, pk: str, skipped: list[str]) -> Iterator[Piece]:
    """The words of HTML, a piece for each paragraph, heading, item of a list and cell."""
    reader = HtmlReader()
    reader.feed(html)
    reader.close()
    skipped += reader.skipped
    for key, words in reader.finish():
        yield Piece(words, name, path, pk, key)


class HtmlReader(HTMLParser):
    """Cuts HTML into parts at the ends of its blocks, each with the ``data-block-key`` that the editor gave it."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[tuple[str, list[str]]] = [("", [])]
        self.skipped: list[str] = []
        self.unread = 0

    def begin_part(self, key: str = "") -> None:
        self.parts.append((key, []))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in NOT_READ:
            self.unread += 1
        if tag in NO_WORDS or tag in NOT_READ:
            self.skipped.append(tag)
        if tag == "br":
            self.parts[-1][1].append("\n")
        elif ENDS_A_PART.fullmatch(tag):
            self.begin_part(dict(attrs).get("data-block-key") or "")

    def handle_endtag(self, tag: str) -> None:
        if tag in NOT_READ:
            self.unread = max(0, self.unread - 1)
        elif ENDS_A_PART.fullmatch(tag):
            self.begin_part()

    def handle_data(self, data: str) -> None:
        if not self.unread:
            self.parts[-1][1].append(data.replace("\r\n", " ").replace("\n", " ").replace("\r", " "))

    def finish(self) -> list[tuple[str, str]]:
        return [(key, "".join(words)) for key, words in self.parts]
