"""Declaring actions: ``RecordAction`` with its form, and the button that a page shows for it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, cast

from django import forms
from django.db.models import QuerySet
from django.forms.utils import pretty_name
from django.utils.translation import gettext

from factcheck.language import gettext_lazy


class ActionForm(forms.Form):
    """The form of an action; without fields unless a subclass adds some. Knows the record and the user."""

    required_css_class = "required"

    def __init__(self, *args: Any, user: Any, record: Any = None, **kwargs: Any) -> None:
        self.user, self.record = user, record
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            if field.label is None:
                field.label = gettext(pretty_name(name))
        self.setup_fields()

    def setup_fields(self) -> None:
        """Set choices and initial values for the record; for subclasses."""

    def set_records(self, name: str, records: QuerySet[Any]) -> None:
        """Set the records that a field offers."""
        cast("forms.ModelChoiceField[Any]", self.fields[name]).queryset = records

    def set_choices(self, name: str, choices: Iterable[tuple[str, str]]) -> None:
        """Set the choices of a field."""
        cast("forms.ChoiceField", self.fields[name]).choices = list(choices)

    @property
    def warning(self) -> str:
        """A warning to show before the action is done; empty for none."""
        return ""


class NoteForm(ActionForm):
    """For an action that needs a reason."""

    note = forms.CharField(label=gettext_lazy("Why"), max_length=2000, widget=forms.Textarea({"rows": 3}))


@dataclass(frozen=True)
class RecordAction:
    """An action on a record: a function of ``workflow``, its form, and the texts of button and success message.

    ``versioned``: the function takes the version the user saw. ``destructive``: the button is styled as dangerous.
    """

    function: Callable[..., Any]
    form: type[ActionForm] = ActionForm
    label: str = ""
    success_message: str = ""
    versioned: bool = True
    destructive: bool = False

    @property
    def has_fields(self) -> bool:
        return bool(self.form.base_fields)


@dataclass(frozen=True)
class Button:
    """A button on a page. It links to the form if ``opens_form``, else it posts at once."""

    name: str
    label: str
    url: str
    opens_form: bool
    destructive: bool
