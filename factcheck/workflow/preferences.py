"""A person's language and time zone: choose them, and write to them in both. Not logged in the history."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone, translation

from factcheck.actors import Person
from factcheck.errors import Invalid
from factcheck.language import ENGLISH, TOLD_IN
from factcheck.models import Preferences

from .arrivals import known_zones


def preferences_of(user: Any) -> Preferences:
    """What a person chose; a row that is not stored where they chose nothing."""
    return Preferences.objects.filter(user=user.pk).first() or Preferences(user_id=user.pk)


def languages() -> dict[str, str]:
    """The languages of the site that the app has words in, by their code."""
    return {code: name for code, name in settings.LANGUAGES if code.split("-")[0] in (ENGLISH, *TOLD_IN)}


def choose_preferences(*, by: Person, language: str, zone: str) -> Preferences:
    """Choose one's language and time zone; empty leaves them to the browser and to the site.

    Raises:
        Invalid: the site has no such language, or there is no such zone.
    """
    if language and language not in languages():
        raise Invalid("The site has no such language.", code="language_unknown")
    if zone and zone not in known_zones():
        raise Invalid(f"“{zone[:64]}” is not a time zone.", code="zone_unknown")
    values = {"language": language, "zone": zone}
    row, _ = Preferences.objects.update_or_create(user=by, defaults=values)
    return row


def chosen_zone(chosen: Preferences) -> ZoneInfo | None:
    """The clock a person chose; None for that of the site, also where the machine does not know the zone any more."""
    return ZoneInfo(chosen.zone) if chosen.zone in known_zones() else None


def chosen_language(chosen: Preferences) -> str:
    """The language a person chose; the site's where they chose none, or one that the site has no more."""
    return chosen.language if chosen.language in languages() else str(settings.LANGUAGE_CODE)


@contextmanager
def written_for(person: Any) -> Iterator[None]:
    """What is written inside is in the language of this person and on their clock."""
    chosen = preferences_of(person)
    with (
        translation.override(chosen_language(chosen)),
        timezone.override(chosen_zone(chosen) or timezone.get_default_timezone()),
    ):
        yield
