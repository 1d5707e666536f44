"""The page on which a person chooses a language and a time zone."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext

from factcheck.language import gettext_lazy
from factcheck.workflow.arrivals import known_zones
from factcheck.workflow.preferences import choose_preferences, chosen_language, languages, preferences_of

from .kit.access import belongs_to_a_desk, person
from .kit.actions import ActionForm
from .kit.records import ACTION_FORM, RecordAdmin


class PreferencesForm(ActionForm):
    language = forms.ChoiceField(
        required=False, help_text=gettext_lazy("Of pages, reports and mails. The texts themselves stay as they are.")
    )
    zone = forms.ChoiceField(
        label=gettext_lazy("Time zone"),
        required=False,
        help_text=gettext_lazy("By which times are shown to you, and by which you enter deadlines."),
    )

    def setup_fields(self) -> None:
        chosen = preferences_of(self.user)
        self.set_choices("language", [("", gettext("as my browser asks")), *languages().items()])
        site = gettext("as the site has it ({zone})").format(zone=timezone.get_default_timezone_name())
        self.set_choices("zone", [("", site), *((name, name) for name in sorted(known_zones()))])
        self.fields["language"].initial, self.fields["zone"].initial = chosen.language, chosen.zone


def preferences_view(page: RecordAdmin, request: HttpRequest) -> HttpResponse:
    """One's own language and time zone."""
    if not belongs_to_a_desk(request):
        raise PermissionDenied
    form = PreferencesForm(request.POST if request.method == "POST" else None, user=request.user)
    status = 200
    if request.method == "POST" and form.is_valid():
        chosen = choose_preferences(by=person(request), **form.cleaned_data)
        with translation.override(chosen_language(chosen) if chosen.language else translation.get_language()):
            messages.success(request, gettext("Your language and time zone are kept."))
        return HttpResponseRedirect(reverse("admin:factcheck_preferences"))
    if request.method == "POST":
        status = 422
    context: dict[str, Any] = page.base_context(
        request,
        title=gettext("Language and time"),
        form=form,
        button=gettext("Keep my choices"),
        back=reverse("admin:factcheck_dashboard"),
    )
    return TemplateResponse(request, ACTION_FORM, {**context, "opts": None}, status=status)
