"""The language and clock of whoever reads: words marked for translation, stored English told anew, numbers and dates.

What is stored is English, whoever caused it. ``told`` finds the sentence that a stored one was made from among those
of the catalogue and says it in the language that is active now; the copy's own words in it stay as they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any, cast

from django.utils import formats, timezone, translation
from django.utils.functional import lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as deferred

ENGLISH = "en"
"""The language of the code, and of everything that is stored."""
OPEN = re.compile(r"\{(\w+)(?::[^{}]*)?\}")
"""A place in a marked sentence that is filled when it is said."""
FROM_THE_CODE = frozenset(
    {"action", "called", "dimension", "kind", "name", "record", "resolution", "roles", "state", "stale_reason", "why"}
)
"""The places that hold the app's own words, or a sentence of its own; what stands in all others is somebody else's."""
DEEPEST = 3


def gettext_lazy(text: str) -> str:
    """A text of a module, a class or a form, translated each time it is shown."""
    return cast("str", deferred(text))


def lazy_words(name: Any) -> str:
    """A name from the code as people read it, translated each time it is shown."""
    return gettext_lazy(str(name).replace("_", " "))


def zoned(text: str) -> str:
    """The same with the name of the clock that the reader reads by, as ``{zone}``."""
    return cast("str", lazy(lambda: gettext(text).format(zone=timezone.get_current_timezone_name()), str)())


def words_of(name: Any) -> str:
    """A name from the code as people read it: ``not_enough_evidence`` as "not enough evidence"."""
    text = str(name).replace("_", " ")
    return gettext(text) if text else ""


def told(text: Any, depth: int = 0) -> str:
    """A sentence that is stored in English, in the language of now; one that the catalogue does not know, as it is."""
    text = str(text)
    language = translation.get_language() or ENGLISH
    if language.split("-")[0] == ENGLISH or not text.strip():
        return text
    same = gettext(text)
    if same != text:
        return same
    for pattern, sentence in sentences(language):
        if match := pattern.fullmatch(text):
            parts = {
                name: told(part, depth + 1) if name.rstrip("0123456789") in FROM_THE_CODE and depth < DEEPEST else part
                for name, part in match.groupdict().items()
            }
            return fill(gettext(sentence), parts)
    return text


def fill(sentence: str, parts: dict[str, str]) -> str:
    return OPEN.sub(lambda place: parts.get(place[1], ""), sentence)


@cache
def sentences(language: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    """The marked sentences with something to fill in, the most telling first."""
    found = sorted({text for text in known_texts(language) if OPEN.search(text)}, key=weight_of, reverse=True)
    return tuple((pattern_of(text), text) for text in found if weight_of(text) >= 4)


def known_texts(language: str) -> Iterator[str]:
    """The texts of the catalogue of a language."""
    from django.utils.translation import trans_real  # noqa: PLC0415 - loads the catalogues of all apps

    for key in list(trans_real.catalog()):
        text = key[0] if isinstance(key, tuple) else key
        if "\x04" not in text:
            yield text


def weight_of(sentence: str) -> int:
    """How many letters of a sentence are its own."""
    return sum(map(str.isalpha, OPEN.sub("", sentence)))


def pattern_of(sentence: str) -> re.Pattern[str]:
    """The stored sentences that were made from this one."""
    parts, seen, at = [], set(), 0
    for place in OPEN.finditer(sentence):
        parts.append(re.escape(sentence[at : place.start()]))
        parts.append(f"(?P={place[1]})" if place[1] in seen else f"(?P<{place[1]}>.+?)")
        seen.add(place[1])
        at = place.end()
    return re.compile("".join([*parts, re.escape(sentence[at:])]), re.DOTALL)


def moment_words(at: datetime) -> str:
    """A date and time on the clock of whoever reads, with the name of that clock."""
    return clock_words(at, translation.pgettext("date format", "j M Y, H:i"))


def short_moment_words(at: datetime) -> str:
    """The same without the year."""
    return clock_words(at, translation.pgettext("date format", "j M, H:i"))


def clock_words(at: datetime, form: str) -> str:
    here = timezone.localtime(at) if timezone.is_aware(at) else at
    return f"{formats.date_format(here, form)} {here.tzname() or ''}".rstrip()


def day_words(day: date) -> str:
    """A day as it is said: its own, on no other clock."""
    return formats.date_format(day, translation.pgettext("date format", "j F Y"))


def hour_words(at: datetime) -> str:
    """A day and an hour as they stand, on the clock that they came with."""
    return formats.date_format(at, translation.pgettext("date format", "j F Y, H:i"))


def weekday_words(at: datetime) -> str:
    """The same with the day of the week."""
    return formats.date_format(at, translation.pgettext("date format", "l j F Y, H:i"))


def number_words(number: Decimal | float) -> str:
    """A number that was read, in digits as the reader groups them."""
    return formats.number_format(number, use_l10n=True, force_grouping=True)
