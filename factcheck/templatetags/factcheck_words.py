"""Template filters: ``humanize`` for names from the code, ``verdict_words`` for the host's names of verdicts."""

from __future__ import annotations

from django import template

from factcheck.conf import verdict_words as called

register = template.Library()


@register.filter
def humanize(name: str) -> str:
    """``not_enough_evidence`` as "not enough evidence"."""
    return str(name).replace("_", " ")


@register.filter
def verdict_words(label: str) -> str:
    """``supported`` as the host calls it in ``FACTCHECK["VERDICT_LABELS"]``."""
    return called(str(label))
