"""Word documents, ordinary and Strict: parts found by their relationships, text walked by `word_text`.

What a document holds and this does not read is said: headers, footnotes, comments, charts, numbers of lists.
"""

from __future__ import annotations

from typing import Any

from factcheck.intake.extracts import Extract, Unreadable
from factcheck.intake.readers.credits import names, title_of
from factcheck.intake.readers.formats import DOCX
from factcheck.intake.readers.packages import Package
from factcheck.intake.readers.remarks import quoted_remark
from factcheck.intake.readers.word_styles import Styles, W, value
from factcheck.intake.readers.word_text import Walk
from factcheck.intake.text_cleaning import one_line

_BY_NAME = "word/document.xml"
_TITLES = ("title", "heading 1")
_MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}oMath"
_CHART = "{http://schemas.openxmlformats.org/drawingml/2006/chart}chart"
_DIAGRAM = "{http://schemas.openxmlformats.org/drawingml/2006/diagram}relIds"
_REMARKS = {
    (
        W + "ins",
        W + "del",
        W + "moveTo",
    ): "The document has tracked changes: insertions are in the text, deletions not.",
    (W + "footnoteReference", W + "endnoteReference"): "The document has footnotes; they are not in the text.",
    (W + "commentReference",): "The document has comments; they are not in the text.",
    (_MATH,): "The document has equations, written in a line; please compare them with the original.",
    (_CHART,): "The document has charts; their numbers are not in the text.",
    (_DIAGRAM,): "The document has diagrams; their words are not in the text.",
    (W + "object", W + "altChunk"): "The document has embedded files, such as tables; they are not in the text.",
}


def read_docx(data: bytes) -> Extract:
    """Paragraphs one per line; a table row is a line with tabs between its cells.

    Raises Unreadable: bomb, no_text, malformed.
    """
    package = Package(data)
    package.check_size()
    name = package.main_part()[0] or _BY_NAME
    root = package.tree(name)
    body = None if root is None else root.find(W + "body")
    if body is None:
        raise Unreadable("malformed", "The Word document is damaged: its text is not where it should be.")
    parts = {kind: package.tree(target) for kind, target in _related(package, name, "styles", "numbering")}
    walk = Walk(Styles.of(parts.get("styles")))
    text = "\n".join(walk.lines(body))
    if not text.strip():
        raise Unreadable("no_text", "The Word document has no text; it may hold only pictures.")
    title, author, language = _properties(package)
    notes = (*_notes(body), *_left_out(walk), *_around(package, name, walk), *_numbering(body, parts.get("numbering")))
    return Extract(
        text=text,
        media_type=DOCX,
        title=title or _heading(body, walk),
        byline=names(author),
        language=language,
        notes=notes,
    )


def _related(package: Package, name: str, *kinds: str) -> list[tuple[str, str]]:
    """The parts of some kinds that a part uses."""
    return [(relation.kind, relation.target) for relation in package.relations(name) if relation.kind in kinds]


def _properties(package: Package) -> tuple[str, str, str]:
    """Title, author and language as the file states them."""
    for relation in package.relations():
        root = package.tree(relation.target) if relation.kind == "core-properties" else None
        if root is not None:
            found = [
                root.findtext(f"{{http://purl.org/dc/elements/1.1/}}{name}") or "" for name in ("title", "creator")
            ]
            language = root.findtext("{http://purl.org/dc/elements/1.1/}language") or ""
            return title_of(found[0]), found[1], one_line(language, 35)
    return "", "", ""


def _heading(body: Any, walk: Walk) -> str:
    """The first paragraph among the first twenty whose style is that of a title."""
    for paragraph in list(body.iter(W + "p"))[:20]:
        style = walk.styles.name(value(paragraph.find(W + "pPr"), "pStyle"))
        text = "".join(node.text or "" for node in paragraph.iter(W + "t")) if style in _TITLES else ""
        if text.strip():
            return title_of(text)
    return ""


def _notes(body: Any) -> tuple[str, ...]:
    return tuple(remark for tags, remark in _REMARKS.items() if next(body.iter(*tags), None) is not None)


def _left_out(walk: Walk) -> tuple[str, ...]:
    fonts = sorted({font or "(no name)" for font in walk.fonts})
    symbols = f"Symbols of the font {', '.join(fonts)[:80]} are not known and show as \ufffd ({len(walk.fonts)})."
    return (
        *quoted_remark("Struck-through text is not in the text", walk.struck),
        *quoted_remark("The document hides text, which is not in the text", walk.hidden),
        *((symbols,) if walk.fonts else ()),
    )


def _around(package: Package, name: str, walk: Walk) -> tuple[str, ...]:
    """A remark for headers and for footers that hold words."""
    remarks: list[str] = []
    for kind in ("header", "footer"):
        roots = [package.tree(target) for _, target in _related(package, name, kind)]
        texts = [" ".join(Walk(walk.styles).lines(root)) for root in roots if root is not None]
        worded = [text for text in texts if any(char.isalpha() for char in text)]
        remarks += quoted_remark(f"The document has a {kind}, which is not in the text", worded)
    return tuple(remarks)


def _numbering(body: Any, numbering: Any) -> tuple[str, ...]:
    """A remark where the program numbers paragraphs by itself: such numbers are in no text."""
    if numbering is None:
        return ()
    bullets = {"bullet", "none", ""}
    numbered = {
        definition.get(W + "abstractNumId")
        for definition in numbering.iter(W + "abstractNum")
        if any(value(level, "numFmt") not in bullets for level in definition.iter(W + "lvl"))
    }
    lists = {num.get(W + "numId") for num in numbering.iter(W + "num") if value(num, "abstractNumId") in numbered}
    used = (value(properties, "numId") for properties in body.iter(W + "numPr"))
    return ("The numbers of a numbered list are not in the text.",) if any(found in lists for found in used) else ()
