"""Form fields and widgets that several pages use."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from factcheck.models import Source


def textarea(rows: int) -> forms.Textarea:
    return forms.Textarea({"rows": rows})


class RecordsField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """A multiple choice of records. Ids too long for the database are refused without a query."""

    def clean(self, value: Any) -> Any:
        for one in value or ():
            if len(str(one)) > 18:
                raise ValidationError(self.error_messages["invalid_choice"], "invalid_choice", {"value": "that"})
        return super().clean(value)


class LocalDateTimeField(forms.DateTimeField):
    """A date and time without a zone; the form says which zone applies."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"), **kwargs)


class ReaderDateTimeField(LocalDateTimeField):
    """A date and time on the clock of whoever enters it; kept in UTC."""

    def clean(self, value: Any) -> datetime | None:
        at: datetime | None = super().clean(value)
        return at.astimezone(UTC) if at else None


class DayField(forms.DateField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"), **kwargs)


class LinesField(forms.CharField):
    """A list of strings, one in each line."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, max_length=12_000, widget=forms.Textarea({"rows": 4}), **kwargs)

    def clean(self, value: Any) -> list[str]:
        return [line.strip() for line in super().clean(value).splitlines() if line.strip()]

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value


class SuggestInput(forms.TextInput):
    """A text input with a datalist of known names."""

    names: list[str] = []

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        known = f"{(attrs or {}).get('id') or name}-names"
        field = super().render(name, value, {**(attrs or {}), "list": known, "autocomplete": "off"}, renderer)
        options = format_html_join("", '<option value="{}"></option>', [(name,) for name in self.names])
        return format_html('{}<datalist id="{}">{}</datalist>', field, known, options)


class SourceField(forms.CharField):
    """A source by its name, alias or code."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, max_length=200, widget=SuggestInput(), **kwargs)

    def suggest(self) -> None:
        self.widget.names = list(Source.objects.order_by("name").values_list("name", flat=True))

    def clean(self, value: Any) -> Source | None:
        name = super().clean(value)
        if not name:
            return None
        found = Source.objects.named(name) or Source.objects.filter(name=name).first()
        if found is None:
            raise forms.ValidationError(
                gettext("The registry knows nobody by this name. Enter the source there first.")
            )
        return found


def suggest_sources(form: forms.Form, *names: str) -> None:
    """Offer the names of all sources in these fields."""
    for name in names:
        cast(SourceField, form.fields[name]).suggest()
