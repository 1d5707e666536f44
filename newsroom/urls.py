"""The host's addresses: the admin, the plugged-in app, and a health check."""

from django.contrib import admin
from django.http import HttpRequest, JsonResponse
from django.urls import include, path
from django.views.generic import RedirectView


def alive(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"alive": True})


admin.site.site_header = admin.site.site_title = "Newsroom"
admin.site.index_title = "Records of the fact-check"

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="admin:index")),
    path("admin/", admin.site.urls),
    path("factcheck/", include("factcheck.urls")),
    path("healthz/", alive),
]
