"""Web pages: the article by trafilatura, what the page says about itself by its metadata (`metadata`).

Extraction may drop a list or a clause; what is visibly missing is said in the notes, and a person confirms.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from typing import Any

import trafilatura
from lxml import etree  # type: ignore[import-untyped]
from lxml import html as lxml_html

from factcheck.intake.extracts import Extract, Unreadable
from factcheck.intake.readers.formats import HTML
from factcheck.intake.readers.metadata import PageFacts, page_facts
from factcheck.intake.readers.page_markup import main_part, write_out
from factcheck.intake.readers.superscripts import mark_superscripts

logging.getLogger("trafilatura").setLevel(logging.CRITICAL)  # its warnings quote the hostile page

FAST_FROM = 1_500_000
MAX_TAGS = 300_000
MAX_DEPTH = 500
MAX_COMPARED = 500_000
MAX_BLOCKS = 2_000
MAX_DRAWINGS = 50

_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)([^<>]*)")
_RAW = frozenset(("script", "style"))
_LEAVES = "area base br col embed hr img input link meta param source track wbr p li td tr th dt dd option"
_NEVER_DEEP = frozenset(_LEAVES.split())  # void, or closed by the next of their kind
_UNSEEN = "script style noscript template svg head iframe object select textarea button nav footer"
_SILENT = frozenset(_UNSEEN.split())
_NEVER_SEEN = frozenset(("script", "style", "template", "head"))
_LINES = """
    address article aside blockquote body dd div dl dt fieldset figcaption figure form h1 h2 h3 h4 h5 h6 header
    hr html li main ol p pre section table tbody thead tr ul br
"""
_BLOCKS = frozenset(_LINES.split())
_CELLS = frozenset(("td", "th"))
_COMPARED: tuple[str, ...] = (
    "p",
    "li",
    "blockquote",
    "figcaption",
    "caption",
    "td",
    "th",
    "dt",
    "dd",
    "pre",
    "h2",
    "h3",
    "h4",
)
_CAPTIONED: tuple[str, ...] = ("figcaption", "caption", "blockquote", "td", "dd", "pre")
_SPACES = re.compile(r"[ \t\n\r\f\u00a0]+")


def read_html(text: str, url: str = "", *, whole: bool = False) -> Extract:
    """The article of a page, or its `whole` text. Raises Unreadable: malformed (nested beyond reason), too_large
    (tags), no_text.
    """
    _check_shape(text)
    tree = _tree(text)
    if tree is None:
        raise Unreadable("no_text", "The page is empty.")
    # before the article is extracted: there a footnote's mark would join the number before it
    written, remarks = write_out(tree)
    if mark_superscripts(tree) or written:
        text = lxml_html.tostring(tree, encoding="unicode")
    facts = page_facts(tree, text, url)
    article, notes = "" if whole else _article(text, url), list(remarks)
    if whole:
        article = _lines(tree, _NEVER_SEEN)
    elif article:
        article = _with_lines(tree, article)
        notes.extend(_left_out(tree, article))
    else:
        article = _lines(tree)
        notes.append("The article could not be told from the rest of the page; all of the page's text is shown.")
    if not article.strip():
        raise Unreadable("no_text", "The page has no text of its own; it may be drawn by a script. Please paste it.")
    return _extract(article, facts, tuple(notes), plain=whole)


def block_text(markup: str) -> tuple[str, tuple[str, ...]]:
    """All text of a piece of markup, a line for each block, and remarks; for bodies that are nothing but an article."""
    if not markup.strip():
        return "", ()
    _check_shape(markup)
    tree = _tree(markup)
    if tree is None:
        return "", ()
    _, remarks = write_out(tree)
    mark_superscripts(tree)
    return _lines(tree), remarks


def _extract(text: str, facts: PageFacts, notes: tuple[str, ...], *, plain: bool) -> Extract:
    return Extract(
        text=text,
        media_type=HTML,
        title=facts.title,
        published_at=facts.stamp.at,
        published_text=facts.stamp.found,
        published_precision=facts.stamp.precision,
        zone=facts.stamp.zone,
        byline=facts.byline,
        language=facts.language,
        site_name=facts.site_name,
        publisher=facts.publisher,
        canonical_url=facts.canonical_url,
        plain=plain,
        notes=(*facts.stamp.notes, *facts.notes, *notes),
    )


def _check_shape(text: str) -> None:
    """Refuses what would take the parsers down: each level of nesting costs them stack, each tag memory."""
    depth, raw = 0, ""
    for count, tag in enumerate(_TAG.finditer(text)):
        closing, name, rest = tag.group(1), tag.group(2).lower(), tag.group(3)
        if raw and (name != raw or not closing):
            continue
        raw = name if name in _RAW and not closing else ""
        if name not in _NEVER_DEEP and not rest.endswith("/"):
            depth = max(0, depth - 1) if closing else depth + 1
        if depth > MAX_DEPTH:
            raise Unreadable("malformed", f"The page nests its tags more than {MAX_DEPTH} deep; not read.")
        if count > MAX_TAGS:
            raise Unreadable("too_large", f"The page has more than {MAX_TAGS:,} tags; not read.")


def _tree(text: str) -> Any:
    parser = lxml_html.HTMLParser(encoding="utf-8", huge_tree=True)
    try:
        return lxml_html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.LxmlError, ValueError):
        return None


def _article(text: str, url: str) -> str:
    found = trafilatura.extract(
        text,
        url=url or None,
        include_comments=False,
        include_tables=True,
        with_metadata=False,
        fast=len(text) > FAST_FROM,
    )
    return found or ""


def _lines(tree: Any, silent: frozenset[str] = _SILENT) -> str:
    """All visible text below an element: blocks on lines of their own, white space as a browser shows it."""
    parts = [part if part in ("\n", "\t") else _SPACES.sub(" ", part) for part in _visible(tree, silent)]
    rows = (line.split("\t") for line in "".join(parts).split("\n"))
    lines = ("\t".join(_SPACES.sub(" ", cell).strip() for cell in row).strip("\t") for row in rows)
    return "\n".join(line for line in lines if line)


def _visible(tree: Any, unseen: frozenset[str]) -> Iterator[str]:
    """Pieces of text in reading order, with a line break around each block and a tab before each cell."""
    silent = 0
    for event, node in etree.iterwalk(tree, events=("start", "end", "comment", "pi")):
        tag = node.tag if isinstance(node.tag, str) else ""
        if event == "start":
            silent += tag in unseen
            if not silent:
                yield "\n" if tag in _BLOCKS else "\t" if tag in _CELLS else ""
                yield _SPACES.sub(" ", node.text or "")
        else:
            if event == "end":
                silent -= tag in unseen
                if not silent and tag in _BLOCKS:
                    yield "\n"
            if not silent and node is not tree:
                yield _SPACES.sub(" ", node.tail or "")


def _with_lines(tree: Any, article: str) -> str:
    """The article with the lines of its blocks, where the extraction has put all of a short one in a single line."""
    root = main_part(tree)
    if root is None or "\n" in article.strip():
        return article
    lines = _lines(root)
    difference = abs(len(_letters(lines)) - len(_letters(article)))
    return lines if "\n" in lines and difference * 10 <= len(_letters(article)) else article


def _left_out(tree: Any, article: str) -> Iterator[str]:
    """A remark where whole paragraphs, captions or cells of the page's article are not in the extracted text."""
    if len(article) > MAX_COMPARED:
        return
    extracted = _letters(article)
    missing = [block for block in _blocks_of(tree) if _says_much(block) and _letters(block) not in extracted]
    if missing:
        what = "1 paragraph, caption or cell" if len(missing) == 1 else f"{len(missing)} paragraphs, captions or cells"
        yield f"Of the page, {what} not in the text, the first: “{missing[0][:80]}”."


def _blocks_of(tree: Any) -> list[str]:
    """The text of each block of the page's article that holds no other; where none is named, captions and cells."""
    article = main_part(tree)
    root, names = (tree, _CAPTIONED) if article is None else (article, _COMPARED)
    leaves = [node for node in root.iter(*names) if next(node.iterdescendants(*names), None) is None]
    texts = [_lines(node) for node in leaves[:MAX_BLOCKS]]
    return [*texts, *(" ".join(" ".join(node.itertext()).split()) for node in list(root.iter("svg"))[:MAX_DRAWINGS])]


def _says_much(block: str) -> bool:
    return len(block) >= 40 or any(char.isdigit() for char in block)


def _letters(text: str) -> str:
    return "".join(char for char in text if char.isalnum())
