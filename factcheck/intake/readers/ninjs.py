"""ninjs, the news item in JSON of the IPTC: versions 1 (body_text, headline) and 2 or 3 (bodies, headlines).

Keys are compared without case and underscores, which is how the versions differ. Markup is read by `html`.
"""

from __future__ import annotations

import json
from typing import Any

from factcheck.intake.extracts import Extract, Unreadable
from factcheck.intake.readers.credits import names, title_of
from factcheck.intake.readers.dates import read_embargo, read_stamp
from factcheck.intake.readers.formats import NINJS
from factcheck.intake.readers.html import block_text
from factcheck.intake.readers.standing import standing
from factcheck.intake.text_cleaning import one_line

_KEYS = "uri headline headlines bodytext bodyhtml bodyxhtml bodies versioncreated"
_ITEM_KEYS = frozenset(_KEYS.split())
_MARKUP = ("html", "xml")

Item = dict[str, Any]


def read_ninjs(text: str) -> Extract:
    """One news item. Raises Unreadable: malformed (no JSON, no item), no_text (an item without a body)."""
    item = _item(text)
    body, plain, remarks = _body(item)
    if not body.strip():
        raise Unreadable("no_text", "The ninjs item has no body text.")
    stamp = read_stamp(_string(item, "versioncreated", "firstcreated"))
    embargo_until, embargo_notes = read_embargo(_string(item, "embargoed", "embargodate"))
    return Extract(
        text=body,
        media_type=NINJS,
        title=title_of(_string(item, "headline") or _values(item.get("headlines")) or _string(item, "title")),
        published_at=stamp.at,
        published_text=stamp.found,
        published_precision=stamp.precision,
        zone=stamp.zone,
        byline=names(_string(item, "byline", "by")),
        language=one_line(_string(item, "language"), 35),
        publisher=_provider(item),
        canonical_url=one_line(_string(item, "url", "link"), 2000),
        source_id=one_line(_string(item, "uri", "guid"), 2000),
        located=one_line(_string(item, "located")),
        embargo_until=embargo_until,
        plain=plain,
        notes=(*stamp.notes, *embargo_notes, *_standing(item), *remarks),
    )


def _item(text: str) -> Item:
    try:
        found = json.loads(text, strict=False)
    except ValueError:
        raise Unreadable("malformed", "This is not valid JSON.") from None
    if not isinstance(found, dict):
        raise Unreadable("malformed", "This JSON is not one ninjs item.")
    item = {str(key).lower().replace("_", ""): value for key, value in found.items()}
    if not _ITEM_KEYS & item.keys():
        raise Unreadable("malformed", "This JSON is not a ninjs item: it has neither uri, headline nor body.")
    return item


def _body(item: Item) -> tuple[str, bool, tuple[str, ...]]:
    """The body, whether it was plain text, and remarks; markup is read only where there is no plain text."""
    plain, marked = [_string(item, "bodytext")], [_string(item, "bodyhtml", "bodyxhtml")]
    for part in _parts(item.get("bodies")):
        kind = (_string(part, "contenttype") or _string(part, "type")).lower()
        (marked if any(word in kind for word in _MARKUP) else plain).append(_string(part, "value"))
    text = next((body for body in plain if body.strip()), "")
    if text:
        return text, True, ()
    text, remarks = block_text(next((body for body in marked if body.strip()), ""))
    return text, False, remarks


def _provider(item: Item) -> str:
    """Who sends it: a name, or an object that has one; later versions keep a list of sources."""
    name = _string(item, "copyrightholder", "provider")
    named = [item.get("provider"), *_list(item.get("infosources")), *_list(item.get("infosource"))]
    return one_line(name or next((_string(part, "name") for part in _parts(named) if _string(part, "name")), ""))


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _values(parts: object) -> str:
    return next((text for part in _parts(parts) if (text := _string(part, "value"))), "")


def _parts(value: object) -> list[Item]:
    found = _list(value)
    return [{str(k).lower().replace("_", ""): v for k, v in part.items()} for part in found if isinstance(part, dict)]


def _string(item: Item, *keys: str) -> str:
    return next((item[key] for key in keys if isinstance(item.get(key), str) and item[key].strip()), "")


def _standing(item: Item) -> list[str]:
    """What the sender says of this version."""
    version = item.get("version")
    return standing(
        status=_string(item, "pubstatus"),
        version=str(version) if isinstance(version, (str, int)) else "",
        notes=[_string(item, "ednote"), _string(item, "usageterms")],
        signals=[_string(item, "signal")],
    )
