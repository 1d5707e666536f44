"""What an action looks like to a person: its button, its form, and the words it is told in. No page lives here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms


class ActionForm(forms.Form):
    """What an action asks of a person: nothing, unless a noun's form adds fields. It knows the record and who asks."""

    required_css_class = "required"

    def __init__(self, *args: Any, user: Any, record: Any = None, **kwargs: Any) -> None:
        self.user, self.record = user, record
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.fit()

    def fit(self) -> None:
        """Fit choices and first values to the record; for the forms of the nouns."""


class NoteForm(ActionForm):
    """An action that needs a reason."""

    note = forms.CharField(label="Why", max_length=2000, widget=forms.Textarea({"rows": 3}))


@dataclass(frozen=True)
class RecordAction:
    """One button: the function of ``workflow``, its form, and what the button and the message say.

    ``versioned``: the function takes the version the person saw. ``grave``: it looks it.
    """

    call: Callable[..., Any]
    form: type[ActionForm] = ActionForm
    label: str = ""
    done: str = ""
    versioned: bool = True
    grave: bool = False

    @property
    def asks(self) -> bool:
        return bool(self.form.base_fields)


@dataclass(frozen=True)
class Button:
    """A button as a page shows it; ``asks`` leads to a form, the others act at once."""

    name: str
    label: str
    address: str
    asks: bool
    grave: bool
