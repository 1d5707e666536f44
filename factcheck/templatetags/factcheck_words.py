"""Template filters: names from the code and stored sentences in the reader's language, times on the reader's clock."""

from __future__ import annotations

import json
import re
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from django import template
from django.utils import formats, timezone
from django.utils.translation import gettext, pgettext

from factcheck import language
from factcheck.conf import verdict_words as called
from factcheck.smtp import mail_address_of

register = template.Library()
SCRIPTS = Path(__file__).resolve().parents[1] / "static" / "factcheck"
SAID = re.compile(r'"((?:[A-Z]|\{)[^"\n]* [^"\n]*)"')


@register.simple_tag
def script_words() -> str:
    """What the scripts of a page say, as JSON by their English; nothing for an English reader."""
    said = {text: gettext(text) for text in said_by_scripts()}
    return json.dumps({text: words for text, words in said.items() if words != text}, ensure_ascii=False)


@cache
def said_by_scripts() -> frozenset[str]:
    """The texts that the scripts have translated."""
    scripts = SCRIPTS.glob("*.js")
    return frozenset(text for script in scripts for text in SAID.findall(script.read_text("utf-8")))


@register.filter
def humanize(name: str) -> str:
    """``not_enough_evidence`` as "not enough evidence", in the reader's language."""
    return language.name_words(name)


@register.filter
def verdict_words(label: str) -> str:
    """``supported`` as the host calls it in ``FACTCHECK["VERDICT_LABELS"]``."""
    return gettext(called(str(label)))


@register.filter
def mail_address(person: Any) -> str:
    """Where a person is mailed; empty where they have no address."""
    return mail_address_of(person)


@register.filter
def told(sentence: Any) -> str:
    """A sentence that is stored in English, in the reader's language."""
    return language.told(sentence) if sentence else ""


@register.filter
def iso_day(day: str) -> str:
    """A day such as 2026-11-30 in the reader's form; in English as it is."""
    return language.days_told(str(day))


@register.filter(name="moment")
def said_moment(at: datetime | None) -> str:
    """A date and time on the reader's clock."""
    return language.moment_words(at) if at else ""


@register.filter
def short_moment(at: datetime | None) -> str:
    """A date and time of this year on the reader's clock."""
    return language.short_moment_words(at) if at else ""


@register.filter
def day_and_time(at: datetime | None) -> str:
    """A date and time on the reader's clock, without its name: where many stand below each other."""
    return formats.date_format(timezone.localtime(at), pgettext("date format", "j M Y, H:i")) if at else ""


@register.filter
def short_day_and_time(at: datetime | None) -> str:
    return formats.date_format(timezone.localtime(at), pgettext("date format", "j M, H:i")) if at else ""


@register.filter
def short_day(at: datetime | None) -> str:
    return formats.date_format(timezone.localtime(at), pgettext("date format", "j M")) if at else ""


@register.filter
def weekday(at: datetime) -> str:
    """The day that heads the desk."""
    return formats.date_format(timezone.localtime(at), pgettext("date format", "l, j F"))
