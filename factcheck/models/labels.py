"""The labels of models as people read them: of tables, columns and choices, each in the language of whoever reads.

They are marked in one place and when the models are there, since most of them are the names of the columns themselves.
Migrations hold the English ones.
"""

from __future__ import annotations

from typing import Any, cast

from django.db import models
from django.utils.encoding import force_str
from django.utils.functional import lazy
from django.utils.text import capfirst
from django.utils.translation import gettext

from factcheck.language import gettext_lazy


def translate_labels(model: type[models.Model]) -> None:
    """Have a model's labels translated each time they are shown."""
    options = model._meta
    options.verbose_name = gettext_lazy(force_str(options.verbose_name))
    options.verbose_name_plural = gettext_lazy(force_str(options.verbose_name_plural))
    for field in options.local_fields:
        field.verbose_name = gettext_lazy(force_str(field.verbose_name))
        if field.help_text:
            field.help_text = gettext_lazy(force_str(field.help_text))
        if field.choices:
            cast("Any", field).choices = translated(cast("Any", field.choices))


def translated(choices: Any) -> list[tuple[str, str]]:
    """Choices with their words translated when they are shown."""
    return [(value, lazy_label(str(value), force_str(words))) for value, words in choices]


def lazy_label(value: str, words: str) -> str:
    """The label of a choice. One that Django made of the name is told by the name's own words, with a capital."""
    name = value.replace("_", " ")
    return lazy(lambda: in_words_of_the_name(name, words), str)() if words == name.title() else gettext_lazy(words)


def in_words_of_the_name(name: str, words: str) -> str:
    said = gettext(name)
    return words if said == name else capfirst(said)
