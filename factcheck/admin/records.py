"""Records that are only read: verdicts and publications. What is done to the others stands beside each of them."""

from __future__ import annotations

from django.contrib import admin

from factcheck import models

from .base import RecordAdmin


@admin.register(models.Verdict)
class VerdictAdmin(RecordAdmin):
    list_display = ["claim", "label", "by", "at"]
    list_filter = ["label"]
    list_select_related = ["claim", "by"]
    page_fields = ("claim", "label", "note", "by", "at", "revision")


@admin.register(models.Publication)
class PublicationAdmin(RecordAdmin):
    list_display = ["document", "clear", "by", "at"]
    list_select_related = ["document", "by"]
