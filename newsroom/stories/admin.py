"""Stories in the admin, to look at. Writing and printing is done on the site's own page."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from factcheck.models import Desk

from .models import Story


@admin.register(Story)
class StoryAdmin(admin.ModelAdmin):  # type: ignore[type-arg] # generic in django-stubs, not in Django
    list_display = ["headline", "author", "desk", "cleared", "is_printed", "changed_at"]
    list_select_related = ["author", "desk"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Story]:
        """Those of one's own desks: a superuser without a desk sees no text that is not out yet."""
        return super().get_queryset(request).filter(desk__in=Desk.objects.visible_to(request.user))

    @admin.display(boolean=True, description="printed")
    def is_printed(self, story: Story) -> bool:
        return story.published

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
