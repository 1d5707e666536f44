"""Markup of a page that carries meaning, written out before its text is taken: deletions, hidden text, quotations,
formulas.

What is taken away is said. Raised digits are the business of `superscripts`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from factcheck.intake.readers.remarks import QUOTED, quoted_remark
from factcheck.intake.readers.superscripts import as_subscript, as_superscript
from factcheck.intake.text_cleaning import one_line

_DELETED = frozenset(["del", "s", "strike"])
_STRUCK_STYLE = re.compile(r"text-decoration(?:-line)?\s*:[^;]*line-through", re.IGNORECASE)
_HIDDEN_STYLE = re.compile(r"(?:^|[;\s])(?:display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse))\b", re.IGNORECASE)
_FORMULA_SILENT = frozenset(["annotation", "annotation-xml", "mphantom"])
_DEEPEST = 100


def write_out(tree: Any) -> tuple[bool, tuple[str, ...]]:
    """Take deleted and hidden text out of a page and write out quotations and formulas, in place.

    Returns whether anything changed, and the remarks.
    """
    deleted = _taken_out(tree, [node for node in _elements(tree) if _is_deleted(node)])
    root, half = main_part(tree), len(tree.xpath("string()")) // 2
    # what holds most of the page's words will be shown by a script
    hidden = [node for node in _elements(tree) if _is_hidden(node) and len(node.xpath("string()")) <= max(half, 40)]
    told = {id(node) for node in hidden if _tells(node) and (root is None or _is_within(node, root))}
    shown = _taken_out(tree, [node for node in hidden if id(node) in told])
    others = _taken_out(tree, [node for node in hidden if id(node) not in told])
    written = [_quoted(node) for node in tree.iter("q")] + [_write_formula(node) for node in list(tree.iter("math"))]
    notes = (
        *quoted_remark("Struck-through text is not in the text", deleted),
        *quoted_remark("The page hides text", shown),
    )
    return bool(deleted or shown or others or written), notes


def main_part(tree: Any) -> Any:
    """The element that says it is the article, the longest of several; else the main one; else None."""
    for name in ("article", "main"):
        if found := list(tree.iter(name)):
            return max(found, key=lambda node: len(node.xpath("string()")))
    return None


def _elements(tree: Any) -> Iterator[Any]:
    return (node for node in tree.iter() if isinstance(node.tag, str))


def _is_deleted(node: Any) -> bool:
    return node.tag in _DELETED or bool(_STRUCK_STYLE.search(node.get("style") or ""))


def _is_hidden(node: Any) -> bool:
    if node.tag in ("html", "body"):
        return False
    closed = node.tag == "dialog" and node.get("open") is None
    return closed or node.get("hidden") is not None or bool(_HIDDEN_STYLE.search(node.get("style") or ""))


def _is_within(node: Any, root: Any) -> bool:
    return root is node or any(above is root for above in node.iterancestors())


def _tells(node: Any) -> bool:
    """Whether its words may be a statement: a number, or some words."""
    words = node.xpath("string()").split()
    return len(words) > 2 or any(char.isdigit() for word in words for char in word)


def _taken_out(tree: Any, nodes: list[Any]) -> list[str]:
    """The words of the elements that were taken out; those within another of them count once."""
    words = []
    for node in nodes:
        if node.getparent() is not None and node is not tree:
            text = one_line(node.xpath("string()"), QUOTED)
            _drop(node)
            words += [text] if text else []
    return words


def _drop(node: Any) -> None:
    """Take an element out, its tail stays; where it stood between two spaces, one is enough."""
    parent, previous, tail = node.getparent(), node.getprevious(), node.tail or ""
    before = (parent.text if previous is None else previous.tail) or ""
    if before[-1:].isspace() and tail[:1].isspace():
        tail = tail[1:]
    if previous is None:
        parent.text = before + tail
    else:
        previous.tail = before + tail
    node.tail = None
    parent.remove(node)


def _quoted(node: Any) -> bool:
    """Put the marks around a quotation that a browser shows."""
    node.text = "“" + (node.text or "")
    if len(node):
        node[-1].tail = (node[-1].tail or "") + "”"
    else:
        node.text += "”"
    node.tag = "span"
    return True


def _write_formula(node: Any) -> bool:
    """Put a formula's characters in its place."""
    text = _formula(node, _DEEPEST)
    tail = node.tail
    node.clear()
    node.tag, node.text, node.tail = "span", text, tail
    return True


def _formula(node: Any, depth: int) -> str:
    if not isinstance(node.tag, str) or node.tag in _FORMULA_SILENT or not depth:
        return ""
    parts = [_formula(child, depth - 1) for child in node if isinstance(child.tag, str)]
    if node.tag == "mfrac" and len(parts) > 1:
        return f"{parts[0]}/{parts[1]}"
    if node.tag == "msup" and len(parts) > 1:
        return parts[0] + as_superscript(parts[1], parts[0])
    if node.tag == "msub" and len(parts) > 1:
        return parts[0] + as_subscript(parts[1], parts[0])
    return (node.text or "").strip() + "".join(parts)
