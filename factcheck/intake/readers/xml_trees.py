"""XML from outside → a tree: no entity is resolved, nothing is fetched, and depth and size have limits.

Used by every format that is XML or holds it. Pages have a parser of their own, in `html`.
"""

from __future__ import annotations

import re
from typing import Any

from lxml import etree  # type: ignore[import-untyped]

from factcheck.intake.extracts import Unreadable

_STRICT = re.compile(r"\{http://purl\.oclc\.org/ooxml/(\w+)/([^}]*)\}")
_TRANSITIONAL = r"{http://schemas.openxmlformats.org/\1/2006/\2}"


def parse_xml(data: bytes | str, *, doctype: bool = False) -> Any:
    """The root of a document; a DOCTYPE is taken only where `doctype` says so, and never with entities of its own.

    Raises Unreadable (malformed).
    """
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True, huge_tree=False
    )
    try:
        raw = _without_encoding(data).encode("utf-8", "replace") if isinstance(data, str) else data
        root = etree.fromstring(raw, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Unreadable("malformed", "The file is damaged: its XML cannot be read.") from error
    info = root.getroottree().docinfo
    if info.doctype and (not doctype or _has_entities(info.internalDTD)):
        raise Unreadable("malformed", "The file defines names of its own in its XML (DOCTYPE); it is not read.")
    return root


def ordinary_names(root: Any) -> Any:
    """The same tree with the names of Strict Open XML written as those of ordinary Open XML, in place."""
    for node in root.iter():
        if isinstance(node.tag, str) and node.tag.startswith("{http://purl.oclc.org/"):
            node.tag = _STRICT.sub(_TRANSITIONAL, node.tag)
        for name in [name for name in node.attrib if name.startswith("{http://purl.oclc.org/")]:
            node.set(_STRICT.sub(_TRANSITIONAL, name), node.attrib.pop(name))
    return root


def local_name(node: Any) -> str:
    """The name of an element without its namespace; "" for what is no element."""
    return node.tag.rpartition("}")[2] if isinstance(node.tag, str) else ""


def _has_entities(dtd: Any) -> bool:
    return dtd is not None and next(iter(dtd.iterentities()), None) is not None


def _without_encoding(text: str) -> str:
    return re.sub(r"\A\s*<\?xml[^>]*\?>", "", text)
