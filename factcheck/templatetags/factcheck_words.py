"""Template filters: ``humanize`` for names from the code, what the host calls verdicts, where a person is mailed."""

from __future__ import annotations

from typing import Any

from django import template

from factcheck.conf import verdict_words as called
from factcheck.smtp import mail_address_of

register = template.Library()


@register.filter
def humanize(name: str) -> str:
    """``not_enough_evidence`` as "not enough evidence"."""
    return str(name).replace("_", " ")


@register.filter
def verdict_words(label: str) -> str:
    """``supported`` as the host calls it in ``FACTCHECK["VERDICT_LABELS"]``."""
    return called(str(label))


@register.filter
def mail_address(person: Any) -> str:
    """Where a person is mailed; empty where they have no address."""
    return mail_address_of(person)
