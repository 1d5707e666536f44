"""``words``: a name from the code as a person reads it."""

from __future__ import annotations

from django import template

register = template.Library()


@register.filter
def words(name: str) -> str:
    """``not_enough_evidence`` as "not enough evidence"."""
    return str(name).replace("_", " ")
