"""The host's addresses: its own stories, the admin, the plugged-in app, and what watches the site."""

from django.contrib import admin
from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.templatetags.static import static
from django.urls import include, path

from newsroom.health import alive, ready
from newsroom.outage import handler500  # noqa: F401 - Django looks for it here
from newsroom.stories import views


def favicon(request: HttpRequest) -> HttpResponse:
    """Browsers ask for it on pages that name none."""
    return redirect(static("factcheck/favicon.svg"))


admin.site.site_header = admin.site.site_title = "Newsroom"
admin.site.index_title = "Records of the fact-check"

urlpatterns = [
    path("", views.front, name="front"),
    path("stories/new/", views.write, name="new_story"),
    path("stories/<int:pk>/", views.write, name="story"),
    path("stories/<int:pk>/publish/", views.publish, name="publish_story"),
    path("read/<int:pk>/", views.read_story, name="read"),
    path("login/", LoginView.as_view(template_name="newsroom/login.html"), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("admin/", admin.site.urls),
    path("factcheck/", include("factcheck.urls")),
    path("healthz/", alive, name="healthz"),
    path("readyz/", ready, name="readyz"),
    path("favicon.ico", favicon, name="favicon"),
]
