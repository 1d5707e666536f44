"""The admin of this site: whoever works on a desk lands there after the log-in; ``?all`` shows every record."""

from typing import Any

from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from factcheck.models import Membership


class DeskFirstSite(AdminSite):
    """Django's admin with the desk as the front page of those who belong to one."""

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:  # type: ignore[override]
        if "all" not in request.GET and Membership.objects.filter(user=request.user.pk).exists():
            return HttpResponseRedirect(reverse("admin:factcheck_dashboard"))
        return super().index(request, extra_context)
