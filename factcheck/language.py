"""The language and clock of whoever reads: words marked for translation, stored English told anew, numbers and dates.

What is stored is English, whoever caused it. ``told`` finds the sentence that a stored one was made from among those
of the catalogue and says it in the language that is active now; the copy's own words in it stay as they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache, lru_cache
from gettext import GNUTranslations
from pathlib import Path
from typing import Any

from django.utils import formats, timezone, translation
from django.utils.functional import lazy
from django.utils.text import capfirst
from django.utils.translation import gettext, pgettext, pgettext_lazy
from django.utils.translation import gettext_lazy as deferred

ENGLISH = "en"
"""The language of the code, and of everything that is stored."""
STORED_CONTEXT = "stored"
"""By this the catalogue tells sentences with places that are stored from those that pages make."""
OPEN = re.compile(r"\{(\w+)(?::[^{}]*)?\}")
"""A place in a marked sentence that is filled when it is said."""
FROM_THE_CODE = frozenset(
    [
        "action",
        "answer",
        "assessed",
        "border",
        "correction_class",
        "dimension",
        "due",
        "eyes",
        "kind",
        "label",
        "late",
        "method",
        "name",
        "named",
        "origins",
        "out_of_date",
        "policy",
        "record",
        "relation",
        "resolution",
        "roles",
        "said",
        "sentence",
        "stale_reason",
        "state",
        "unit",
        "until",
        "what",
        "whose",
        "why",
        "word",
        "words",
    ]
)
"""The places that hold the app's own words, or a sentence of its own; what stands in all others is somebody else's."""
DEEPEST = 3
LONGEST_TOLD = 1000
"""What is longer is somebody's words: it is left as it stands, and costs no search among the sentences."""
TELLING = 10
"""So many letters of its own tell a sentence from others; one with fewer must hold words of the app."""
TELLING_INSIDE = 7
"""The same for what fills a place that holds the app's own words."""
ISO_DAY = re.compile(r"\b\d{4}-\d\d-\d\d\b")
STAMP = re.compile(r"(\d{4}-\d\d-\d\d \d\d:\d\d) UTC")
LOCALE = Path(__file__).resolve().parent / "locale"
TOLD_IN = tuple(sorted(path.name for path in LOCALE.iterdir() if path.is_dir())) if LOCALE.is_dir() else ()
"""The languages that the app has a catalogue of."""


def gettext_lazy(text: str) -> str:
    """A text of a module, a class or a form, translated each time it is shown."""
    return deferred(text)  # type: ignore[return-value]  # as good as a text


def column_name(text: str) -> str:
    """The name of a column or a fact that is a word of the copy too, translated each time it is shown."""
    return pgettext_lazy("column", text)  # type: ignore[return-value]  # as good as a text


def lazy_words(name: Any) -> str:
    """A name from the code as people read it, translated each time it is shown."""
    return gettext_lazy(str(name).replace("_", " "))


def zoned(text: str) -> str:
    """The same with the name of the clock that the reader reads by, as ``{zone}``."""
    return lazy(lambda: gettext(text).format(zone=timezone.get_current_timezone_name()), str)()


def name_words(name: Any) -> str:
    """A name from the code as people read it: ``not_enough_evidence`` as "not enough evidence"."""
    text = str(name).replace("_", " ")
    return str(gettext(text)) if text else ""


def told(stored: Any, depth: int = 0) -> str:
    """A sentence that is stored in English, in the language of now; one that the catalogue does not know, as it is."""
    text = str(stored)
    if not text.strip() or len(text) > LONGEST_TOLD or is_as_stored():
        return text
    if stamp := STAMP.fullmatch(text):
        return stamp_words(datetime.fromisoformat(stamp[1]).replace(tzinfo=UTC))
    if same := said_as_it_stands(text):
        return same
    found = ""
    for sentence, places in made_from(text, depth > 0):
        parts = {name: told_part(name, part, depth) for name, part in places.items()}
        if weight_of(sentence) < (TELLING_INSIDE if depth else TELLING) and parts == places:
            continue
        found = found or fill(pgettext(STORED_CONTEXT, sentence), parts)
        if not any(is_untold(name, places[name], parts[name]) for name in places):
            return fill(pgettext(STORED_CONTEXT, sentence), parts)
    return found or text


def said_as_it_stands(text: str) -> str:
    """A text that the catalogue has, also where it begins with a capital as labels do; empty where it has not."""
    same = str(gettext(text))
    if same != text:
        return same
    for small in (text[:1].lower() + text[1:], text.lower()):
        if small != text and (said := str(gettext(small))) != small:
            return capfirst(said)
    return ""


def is_untold(name: str, before: str, after: str) -> bool:
    """Whether a place for the app's own words was filled with others: the sentence may be another one."""
    return name.rstrip("0123456789") in FROM_THE_CODE and before == after and any(map(str.isalpha, before))


@lru_cache(maxsize=4096)
def made_from(text: str, inner: bool) -> tuple[tuple[str, dict[str, str]], ...]:
    """The sentences that a text may have been made from, the most telling first, each with what fills its places."""
    found = ((sentence, pattern.fullmatch(text)) for pattern, sentence in sentences(inner))
    return tuple((sentence, match.groupdict()) for sentence, match in found if match)


def is_as_stored() -> bool:
    """Whether the reader reads English, by the clock that everything is stored by."""
    return is_english() and timezone.get_current_timezone_name() == "UTC"


def told_part(name: str, part: str, depth: int) -> str:
    """What fills a place of a sentence: a moment, the app's own words, or words of somebody else as they are."""
    kind = name.rstrip("0123456789")
    if STAMP.fullmatch(part):
        return told(part)
    if kind == "roles":
        return gettext(" or ").join(map(name_words, part.split(" or ")))
    return told(part, depth + 1) if kind in FROM_THE_CODE and depth < DEEPEST else part


def fill(sentence: str, parts: dict[str, str]) -> str:
    return OPEN.sub(lambda place: parts.get(place[1], ""), sentence)


@cache
def sentences(inner: bool) -> tuple[tuple[re.Pattern[str], str], ...]:
    """The sentences of the catalogues with something to fill in, the most telling first; ``inner``: a part of one."""
    known = {text for language in TOLD_IN for text in known_texts(language) if OPEN.search(text)}
    found = sorted((text for text in known if inner or text[:1] not in ", "), key=weight_of, reverse=True)
    return tuple((pattern_of(text), text) for text in found)


def known_texts(language: str) -> Iterator[str]:
    """The sentences with places that are stored, from the app's catalogue of a language."""
    with (LOCALE / language / "LC_MESSAGES" / "django.mo").open("rb") as file:
        catalogue = vars(GNUTranslations(file))["_catalog"]
    for key in catalogue:
        context, found, text = str(key[0] if isinstance(key, tuple) else key).partition("\x04")
        if found and context == STORED_CONTEXT:
            yield text


def weight_of(sentence: str) -> int:
    """How many letters of a sentence are its own."""
    return sum(map(str.isalpha, OPEN.sub("", sentence)))


def pattern_of(sentence: str) -> re.Pattern[str]:
    """The stored sentences that were made from this one."""
    parts, seen, at = [], set(), 0
    for place in OPEN.finditer(sentence):
        parts.append(re.escape(sentence[at : place.start()]))
        some = ".*?" if place[1] in FROM_THE_CODE else ".+?"
        parts.append(f"(?P={place[1]})" if place[1] in seen else f"(?P<{place[1]}>{some})")
        seen.add(place[1])
        at = place.end()
    return re.compile("".join([*parts, re.escape(sentence[at:])]), re.DOTALL)


def moment_words(at: datetime) -> str:
    """A date and time on the clock of whoever reads, with the name of that clock."""
    return clock_words(at, pgettext("date format", "j M Y, H:i"))


def short_moment_words(at: datetime) -> str:
    """The same without the year."""
    return clock_words(at, pgettext("date format", "j M, H:i"))


def clock_words(at: datetime, form: str) -> str:
    here = timezone.localtime(at) if timezone.is_aware(at) else at
    return f"{formats.date_format(here, form)} {here.tzname() or ''}".rstrip()


def stamp_words(at: datetime) -> str:
    """A stored moment; in English in the form that it is stored in."""
    if is_english():
        here = timezone.localtime(at)
        return f"{here:%Y-%m-%d %H:%M} {here.tzname()}"
    return moment_words(at)


def short_date_words(day: date, *, with_year: bool) -> str:
    """A day beside others of its year."""
    form = pgettext("date format", "j M Y") if with_year else pgettext("date format", "j M")
    return formats.date_format(day, form)


def days_told(text: str) -> str:
    """A text with the days in it, such as 2026-11-30, in the reader's form; in English as they are stored."""
    if is_english():
        return text
    return ISO_DAY.sub(lambda day: day_words(date.fromisoformat(day[0])), text)


def is_english() -> bool:
    return (translation.get_language() or ENGLISH).split("-")[0] == ENGLISH


def day_words(day: date) -> str:
    """A day as it is said: its own, on no other clock."""
    return formats.date_format(day, pgettext("date format", "j F Y"))


def hour_words(at: datetime) -> str:
    """A day and an hour as they stand, on the clock that they came with."""
    return formats.date_format(at, pgettext("date format", "j F Y, H:i"))


def weekday_words(at: datetime) -> str:
    """The same with the day of the week."""
    return formats.date_format(at, pgettext("date format", "l j F Y, H:i"))


def number_said(number: Decimal | float) -> str:
    """A number that was read, in digits as the reader groups them."""
    return formats.number_format(number, use_l10n=True, force_grouping=True)
