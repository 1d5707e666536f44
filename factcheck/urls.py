"""What a host includes: ``path("factcheck/", include("factcheck.urls"))``."""

from django.urls import include, path

app_name = "factcheck"
urlpatterns = [path("api/v1/", include("factcheck.api.urls"))]
