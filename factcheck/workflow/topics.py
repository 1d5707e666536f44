"""Topics are entered by editors. Which documents and measures are in one is arranged in ``measures``."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.text import slugify

from factcheck.errors import Invalid
from factcheck.models import Desk, Topic

from .transitions import log, require


def record_topic(
    title: str, *, desk: Desk, by: Any, slug: str = "", places: Iterable[str] = (), starts_on: date | None = None,
    ends_on: date | None = None,
) -> Topic:  # fmt: skip
    """Enter a running story. Topics are shared by the desks; an editor of one enters it.

    Raises:
        Invalid: no title, a slug that another topic has, or an end before the start.
    """
    require(by, desk, "record_topic")
    slug = slug or slugify(title)[:100]
    if not title.strip() or not slug:
        raise Invalid("A topic needs a title, and a slug in plain letters.", code="title_missing")
    if starts_on and ends_on and ends_on < starts_on:
        raise Invalid("The topic ends before it starts.", code="dates_out_of_order")
    try:
        with transaction.atomic():
            topic = Topic.objects.create(
                slug=slug, title=title.strip()[:200], places=list(places), starts_on=starts_on, ends_on=ends_on
            )
            log(topic, "record", by=by, facts={"desk": desk.pk})
    except IntegrityError:
        raise Invalid("Another topic has this slug.", code="topic_known") from None
    return topic
