"""What a web page says about itself: JSON-LD first, then meta tags, then trafilatura's reading.

The time of publication is read here and not left to trafilatura, which knows only the day.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin, urlsplit

from lxml import etree  # type: ignore[import-untyped]
from lxml import html as lxml_html
from trafilatura.metadata import extract_metadata

from factcheck.intake.readers.credits import all_names, title_of
from factcheck.intake.readers.dates import Stamp, read_stamp
from factcheck.intake.text_cleaning import one_line

_ARTICLES = ("Article", "Posting", "Report", "WebPage", "CreativeWork")
_DATE_METAS = (
    "article:published_time",
    "og:article:published_time",
    "og:published_time",
    "datepublished",
    "parsely-pub-date",
    "sailthru.date",
    "publish-date",
    "pubdate",
    "publishdate",
    "dc.date.issued",
    "dcterms.issued",
    "dc.date",
    "date",
)
ONLY_BEGINNING = (
    "The page says that it is not free to read; the text may be only the beginning of the article, with an offer."
)
_MAX_JSON = 500_000
_MAX_GUESSED = 300_000
_MAX_STRING = 500

Node = dict[str, Any]


@dataclass(frozen=True, slots=True)
class PageFacts:
    """Title, time, authors and origin of a page, as far as it says them."""

    title: str
    stamp: Stamp
    byline: tuple[str, ...]
    language: str
    site_name: str
    publisher: str
    canonical_url: str
    notes: tuple[str, ...] = ()


def page_facts(tree: Any, text: str, url: str) -> PageFacts:
    """The facts of a parsed page. Damaged or absurd ones are left out; never raises for what a page says."""
    metas, nodes = _metas(tree), _nodes_of(tree)
    linked = _linked_data(nodes)
    guessed = _guessed(text, url)
    authors = all_names(_people(linked.get("author"))) or all_names((metas.get("author", ""), guessed["author"]))
    return PageFacts(
        title=title_of(linked.get("headline")) or title_of(metas.get("og:title", "")) or title_of(guessed["title"]),
        stamp=_stamp(linked, metas, tree, guessed["date"]),
        byline=tuple(name for name in authors if "://" not in name),
        language=_language(tree, linked, metas),
        site_name=metas.get("og:site_name", "") or guessed["sitename"],
        publisher=next(iter(_people(linked.get("publisher"))), ""),
        canonical_url=_canonical(tree, metas, url),
        notes=(ONLY_BEGINNING,) if _is_closed(nodes, metas) else (),
    )


def _stamp(linked: Node, metas: dict[str, str], tree: Any, guessed: str) -> Stamp:
    """The first date that can be read; where none can, the first one found with its remark."""
    timed = tree.xpath("//time[@pubdate or @itemprop='datePublished' or ancestor::article]/@datetime")[:3]
    candidates = [
        one_line(linked.get("datePublished"), 100),
        *(metas.get(name, "") for name in _DATE_METAS),
        *timed,
        guessed,
    ]
    stamps = [read_stamp(str(found)) for found in candidates if found]
    readable = [stamp for stamp in stamps if stamp.at]
    exact = [stamp for stamp in readable if stamp.precision == "minute"]
    return next(iter([*exact, *readable, *stamps]), Stamp())


def _metas(tree: Any) -> dict[str, str]:
    found: dict[str, str] = {}
    for node in tree.xpath("//meta[@content]")[:500]:
        name = node.get("property") or node.get("name") or node.get("itemprop") or ""
        found.setdefault(name.strip().lower(), one_line(node.get("content")))
    return found


def _nodes_of(tree: Any) -> list[Node]:
    """The JSON-LD nodes of a page that describe an article or page."""
    scripts = tree.xpath("//script[@type='application/ld+json']")[:20]
    found = [node for script in scripts for node in _nodes(script.text)]
    return [node for node in found if any(kind in str(node.get("@type", "")) for kind in _ARTICLES)]


def _linked_data(nodes: list[Node]) -> Node:
    """The node that describes the article, or an empty one."""
    return next((node for node in nodes if node.get("datePublished")), nodes[0] if nodes else {})


def _is_closed(nodes: list[Node], metas: dict[str, str]) -> bool:
    """Whether the page says that not all of it is free to read."""
    parts = [part for node in nodes for part in _listed(node.get("hasPart")) if isinstance(part, dict)]
    said = [node.get("isAccessibleForFree") for node in [*nodes, *parts]]
    said.append(metas.get("isaccessibleforfree"))
    refused = any(str(value).rpartition("/")[2].strip().lower() in ("false", "no", "0") for value in said)
    return refused or metas.get("article:content_tier", "").lower() in ("locked", "metered")


def _listed(found: object) -> list[object]:
    return found if isinstance(found, list) else [found]


def _nodes(text: str | None) -> Iterator[Node]:
    try:
        waiting = [json.loads((text or "")[:_MAX_JSON], strict=False)]
    except (ValueError, RecursionError):
        return
    for _ in range(500):
        if not waiting:
            return
        found = waiting.pop(0)
        if isinstance(found, list):
            waiting.extend(found)
        elif isinstance(found, dict):
            yield found
            waiting.extend(found[key] for key in ("@graph", "mainEntity", "mainEntityOfPage") if key in found)


def _people(found: object) -> tuple[str, ...]:
    each = _listed(found)
    names_found = (one_line(entry.get("name") if isinstance(entry, dict) else entry, 200) for entry in each[:20])
    return tuple(name for name in names_found if name)


def _language(tree: Any, linked: Node, metas: dict[str, str]) -> str:
    declared = [one_line(value, 35) for value in tree.xpath("/html/@lang")]
    return next(iter(declared), "") or one_line(linked.get("inLanguage"), 35) or metas.get("og:locale", "")[:35]


def _canonical(tree: Any, metas: dict[str, str], url: str) -> str:
    candidates = [*tree.xpath("//link[@rel='canonical']/@href")[:1], metas.get("og:url", "")]
    for found in candidates:
        try:
            absolute = urljoin(url, one_line(found, 2000))
            if found and urlsplit(absolute).scheme in ("http", "https"):
                return absolute
        except ValueError:
            continue
    return ""


def _guessed(text: str, url: str) -> dict[str, str]:
    fields = ("title", "author", "date", "sitename")
    try:
        found = extract_metadata(_cut_down(text), default_url=url or None, extensive=False)
    except Exception:  # a helper for what the page does not say; its faults must not cost the text
        return dict.fromkeys(fields, "")
    return {name: one_line(getattr(found, name, None)) for name in fields}


def _cut_down(text: str) -> Any:
    """The head of the page without scripts and with short strings only: the helper's patterns are slow on long ones."""
    parser = lxml_html.HTMLParser(encoding="utf-8")
    tree = lxml_html.document_fromstring(text[:_MAX_GUESSED].encode("utf-8", "replace"), parser=parser)
    etree.strip_elements(tree, "script", "style", etree.Comment, with_tail=False)
    for node in tree.iter():
        node.text, node.tail = (node.text or "")[:_MAX_STRING], (node.tail or "")[:_MAX_STRING]
        for name, value in node.attrib.items():
            if len(value) > _MAX_STRING:
                node.set(name, value[:_MAX_STRING])
    return tree
