"""Every record in the admin, to be read. Desks, memberships and policies are arranged here by the desk chief."""

from __future__ import annotations

from django.contrib import admin

from factcheck import models

from .base import ReadOnlyAdmin


@admin.register(models.Document)
class DocumentAdmin(ReadOnlyAdmin):
    list_display = ["title", "kind", "state", "publisher", "topic", "published_at"]
    list_filter = ["state", "kind", "topic"]
    search_fields = ["title"]
    list_select_related = ["publisher", "topic"]


@admin.register(models.Claim)
class ClaimAdmin(ReadOnlyAdmin):
    list_display = ["text", "document", "state", "anchor_state", "checkworthiness"]
    list_filter = ["state", "claim_type"]
    list_select_related = ["document"]


@admin.register(models.Figure)
class FigureAdmin(ReadOnlyAdmin):
    list_display = ["surface", "counted", "unit", "hedge", "as_of_start", "document", "state"]
    list_filter = ["state", "modality", "hedge"]
    list_select_related = ["document"]


@admin.register(models.Discrepancy)
class DiscrepancyAdmin(ReadOnlyAdmin):
    list_display = ["reason", "kind", "state", "measure"]
    list_filter = ["kind", "state"]
    list_select_related = ["measure"]


@admin.register(models.Measure)
class MeasureAdmin(ReadOnlyAdmin):
    list_display = ["counted", "dimension", "topic", "running", "agreements"]
    list_filter = ["topic", "running"]
    list_select_related = ["topic"]


@admin.register(models.VerificationTask)
class VerificationTaskAdmin(ReadOnlyAdmin):
    list_display = ["claim", "state", "assignee", "method", "due_at"]
    list_filter = ["state", "method"]
    list_select_related = ["claim", "assignee"]


@admin.register(models.Evidence)
class EvidenceAdmin(ReadOnlyAdmin):
    list_display = ["claim", "source", "kind", "stance", "source_use", "state"]
    list_filter = ["state", "stance", "kind"]
    list_select_related = ["claim", "source"]


@admin.register(models.Source)
class SourceAdmin(ReadOnlyAdmin):
    list_display = ["name", "kind", "country", "owner", "reliability"]
    list_filter = ["kind"]
    search_fields = ["name", "names__name"]
    list_select_related = ["owner"]
    exclude = ["sealed_name"]


@admin.register(models.Job)
class JobAdmin(ReadOnlyAdmin):
    list_display = ["name", "key", "state", "done", "total", "failures", "error", "created_at"]
    list_filter = ["state", "name"]


@admin.register(models.CrossCheck)
class CrossCheckAdmin(ReadOnlyAdmin):
    list_display = ["scope", "document", "topic", "started_at", "finished_at"]
    list_select_related = ["document", "topic"]


@admin.register(models.Report)
class ReportAdmin(ReadOnlyAdmin):
    list_display = ["title", "kind", "desk", "built_at"]
    list_select_related = ["desk"]


@admin.register(models.Verdict)
class VerdictAdmin(ReadOnlyAdmin):
    list_display = ["claim", "label", "by", "at"]
    list_select_related = ["claim", "by"]


@admin.register(models.Publication)
class PublicationAdmin(ReadOnlyAdmin):
    list_display = ["document", "clear", "by", "at"]
    list_select_related = ["document", "by"]


@admin.register(models.Event)
class EventAdmin(ReadOnlyAdmin):
    list_display = ["at", "record", "record_id", "act", "from_state", "to_state", "actor", "machine"]
    list_filter = ["record", "act"]
    list_select_related = ["actor"]


@admin.register(models.Revision)
class RevisionAdmin(ReadOnlyAdmin):
    list_display = ["document", "number", "text_sha256", "engine_version", "created_at"]
    list_select_related = ["document"]


@admin.register(models.Topic, models.Desk, models.Membership, models.Policy, models.Feed, models.ReportSubscription)
class PlainAdmin(ReadOnlyAdmin):
    pass
