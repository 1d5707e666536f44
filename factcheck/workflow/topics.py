"""Topics are entered and changed by editors, suggested by the machine.

Which documents and measures are in one is arranged in ``measures``.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from django.db.models import Count
from django.utils.text import slugify

from factcheck.actors import Actor
from factcheck.errors import Invalid
from factcheck.models import Desk, Document, Figure, Measure, Topic

from .transitions import change, check_permission, log, require_storable

KEEP: Any = object()
"""Leaves a date as it is, where None means that the topic is open on that side."""
MEASURE_WEIGHT = 2
ENOUGH = 2


def record_topic(
    title: str,
    *,
    desk: Desk,
    by: Actor,
    slug: str = "",
    places: Iterable[str] = (),
    starts_on: date | None = None,
    ends_on: date | None = None,
) -> Topic:
    """Enter a running story. Topics are shared by the desks; an editor of one enters it.

    Raises:
        Invalid: no title, a slug that another topic has, or an end before the start.
    """
    check_permission(by, desk, "record_topic")
    places = check_places(places)
    require_storable(title, slug)
    slug = slug or slugify(title)[:100]
    if not title.strip() or not slug:
        raise Invalid("A topic needs a title, and a slug in plain letters.", code="title_missing")
    check_dates(starts_on, ends_on)
    try:
        with transaction.atomic():
            topic = Topic.objects.create(
                slug=slug, title=title.strip()[:200], places=places, starts_on=starts_on, ends_on=ends_on
            )
            log(topic, "record", by=by, facts={"desk": desk.pk})
    except IntegrityError:
        raise Invalid("Another topic has this slug.", code="topic_known") from None
    return topic


def check_places(places: Iterable[str]) -> list[str]:
    """The places of a topic as they are kept.

    Raises:
        Invalid: something that is no name of a place, or too many of them.
    """
    named = list(places)
    if any(not isinstance(place, str) for place in named):
        raise Invalid("A place is named in words.", code="place_unusable")
    require_storable(*named)
    named = list(dict.fromkeys(" ".join(place.split()) for place in named if place.strip()))
    if len(named) > 50 or any(len(place) > 200 for place in named):
        raise Invalid("A topic has 50 places at most, each of 200 characters.", code="places_too_many")
    return named


def check_dates(starts_on: date | None, ends_on: date | None) -> None:
    if starts_on and ends_on and ends_on < starts_on:
        raise Invalid("The topic ends before it starts.", code="dates_out_of_order")


def change_topic(
    topic: Topic,
    *,
    by: Actor,
    version: int | None = None,
    title: str | None = None,
    places: Iterable[str] | None = None,
    starts_on: date | None = KEEP,
    ends_on: date | None = KEEP,
) -> None:
    """Change what is said of a running story; what is not named stays. Its slug never changes.

    Raises:
        Invalid: an empty title, or an end before the start. StaleRevision: it has changed since ``version``.
    """
    check_permission(by, topic, "change")
    values: dict[str, Any] = {}
    if title is not None:
        if not title.strip():
            raise Invalid("A topic needs a title.", code="title_missing")
        values["title"] = title.strip()[:200]
    if places is not None:
        values["places"] = check_places(places)
    values |= {key: day for key, day in (("starts_on", starts_on), ("ends_on", ends_on)) if day is not KEEP}
    check_dates(values.get("starts_on", topic.starts_on), values.get("ends_on", topic.ends_on))
    try:
        with transaction.atomic():
            change(topic, version=version, **values)
            log(topic, "change", by=by, facts={"changed": sorted(values)})
    except IntegrityError:  # somebody moved the other end at the same moment
        topic.refresh_from_db()
        raise Invalid("The topic ends before it starts.", code="dates_out_of_order") from None


def suggest_topic(document: Document, user: Any) -> Topic | None:
    """The running story a document most likely belongs to, by its day, places and what its figures measure.

    What other figures a topic holds is counted over the texts that the person may see.

    Only a suggestion: an editor puts the document there, or does not. None where no topic is clearly the best.
    """
    moment = document.published_at or document.created_at
    day = moment.astimezone(ZoneInfo(document.zone)).date()
    shared = shared_measures(document, user)
    places = {place.casefold() for place in document.figures.anchored().values_list("place", flat=True) if place}
    words = f" {_plain(_text_of(document))} "
    ranked: list[tuple[int, Topic]] = []
    for topic in Topic.objects.exclude(starts_on__gt=day).exclude(ends_on__lt=day):
        met = sum(place.casefold() in places or f" {_plain(place)} " in words for place in topic.places)
        dated = 1 if met and topic.starts_on else 0
        ranked.append((met + dated + MEASURE_WEIGHT * shared.get(topic.pk, 0), topic))
    ranked.sort(key=lambda row: (-row[0], row[1].pk))
    if not ranked or ranked[0][0] < ENOUGH:
        return None
    tied = len(ranked) > 1 and ranked[1][0] == ranked[0][0]
    return None if tied else ranked[0][1]


def shared_measures(document: Document, user: Any) -> dict[int, int]:
    """How many of a document's measures each topic holds figures of other documents under, as far as a person sees."""
    others = Figure.objects.visible_to(user).exclude(document=document).exclude(measure=None)
    rows = Measure.objects.filter(key__in=bare_keys(document), pk__in=others.values("measure")).exclude(topic=None)
    return dict(rows.order_by().values_list("topic").annotate(count=Count("pk")))


def bare_keys(document: Document) -> set[str]:
    """The keys of what a document's figures measure, as they are written in a topic."""
    grouped = Figure.objects.filter(document=document).anchored().exclude(measure=None)
    keys = grouped.values_list("measure__key", flat=True).distinct()
    return {key.removeprefix(f"{document.pk}:") for key in keys}


def _text_of(document: Document) -> str:
    revision = document.current_revision
    return f"{document.title} {revision.text if revision else ''}"


def _plain(text: str) -> str:
    return " ".join("".join(sign if sign.isalnum() else " " for sign in text.casefold()).split())
