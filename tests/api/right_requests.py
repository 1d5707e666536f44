"""For each operation of the API a request that succeeds: by whom, on which record, with which body.

Each is prepared anew, for most operations change what they act on. Made-up requests alone reach few of them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.utils import timezone
from knox.models import AuthToken

from factcheck import models
from factcheck.models import Claim, Discrepancy, Document, Evidence, Figure, Judgement, Role
from factcheck.reports.deliver import build_document_report
from factcheck.workflow.arrivals import Arrival
from factcheck.workflow.claims import accept_claim, dismiss_claim, dismiss_figure
from factcheck.workflow.desks import set_policy
from factcheck.workflow.evidence import record_evidence
from factcheck.workflow.fetches import fetch_document
from factcheck.workflow.judgements import judge_figures
from factcheck.workflow.measures import split_measure
from factcheck.workflow.publications import publish_document
from factcheck.workflow.sources import record_source
from factcheck.workflow.verification import (
    assign_claim,
    block_task,
    hand_in,
    sign_off,
    submit_verdict,
    take_up,
)
from tests import factories as f
from tests.api.records import make
from tests.stories import Staff, bring_to, file_text, give_evidence, in_hours, person

HOMES = "The council of Torvik said 40 homes were flooded on Monday."
OTHERS = "The fire brigade of Torvik said 60 homes were flooded on Monday."
NOTE = {"note": "because"}


@dataclass
class Right:
    """One right request: the role of who sends it, the names in its address, its body and its query."""

    role: str
    at: dict[str, Any] = field(default_factory=dict)
    body: Any = None
    query: dict[str, Any] = field(default_factory=dict)


class World:
    """A desk with its people, and stories in whatever state a request needs."""

    def __init__(self) -> None:
        self.staff = Staff(f.DeskFactory(slug="fuzz", name="Fuzz"))
        self.desk = self.staff.desk
        self.stories = 0

    def story(self, text: str = HOMES, **known: Any) -> Document:
        self.stories += 1
        document: Document = file_text(
            f"{text} It rained for {self.stories + 2} days.", desk=self.desk, by=self.staff.editor, **known
        )
        return document

    def claim(self, state: str = "proposed") -> Claim:
        claim = self.story().claims.order_by("pk").first()
        assert claim is not None
        return bring_to(claim, state, self.staff)

    def figure(self, state: str = "found") -> Figure:
        figure = self.story().figures.order_by("pk").first()
        assert figure is not None
        if state == "dismissed":
            dismiss_figure(figure, by=self.staff.editor, note="background")
        return figure

    def dispute(self, **known: Any) -> Discrepancy:
        topic = f.TopicFactory()
        self.story(topic=topic, **known)
        self.story(OTHERS, topic=topic, kind="coverage", publisher_name="Mail")
        return Discrepancy.objects.open().filter(measure__topic=topic, kind="conflict").latest("pk")

    def judgement(self, **known: Any) -> Judgement:
        """Of an author it waits for a second person."""
        dispute = self.dispute(**known)
        first, second = Figure.objects.filter(measure=dispute.measure).order_by("pk")[:2]
        return judge_figures(first, second, False, by=self.staff.editor)

    def task(self, state: str = "assigned") -> models.VerificationTask:
        task = assign_claim(self.claim("open"), self.staff.checker, by=self.staff.editor)
        if state == "unassigned":
            task = f.VerificationTaskFactory(claim=self.claim("open"), state="unassigned", assignee=None)
        if state in ("in_progress", "blocked", "done"):
            take_up(task, by=self.staff.checker)
        if state == "blocked":
            block_task(task, "source", by=self.staff.checker, note="on holiday")
        if state == "done":
            hand_in(task, by=self.staff.checker)
        return task

    def evidence(self, state: str) -> Evidence:
        claim, checker = self.claim("in_verification"), self.staff.checker
        if state in ("linked", "accepted"):
            return give_evidence(
                claim, by=checker, use="primary", accepted_by=self.staff.reviewer if state == "accepted" else None
            )
        made = record_evidence(claim, "call", by=checker, note="So it is.", source=f.SourceFactory())
        if state == "capture_failed":
            Evidence.objects.filter(pk=made.pk).update(state="capture_failed", kind="web", url="https://a.example/")
        return made

    def published(self) -> Document:
        document = self.story()
        publish_document(document, by=self.staff.editor, uncleared_reason="breaking")
        return document

    def job(self, state: str) -> models.Job:
        return f.JobFactory(desk=self.desk, created_by=self.staff.editor, state=state, run_at=in_hours(9))

    def source(self, **known: Any) -> models.Source:
        return record_source(
            f"Spring {models.Source.objects.count()}", "official", desk=self.desk, by=self.staff.desk_chief, **known
        )


def lost_claim(world: World) -> Right:
    claim = world.claim("open")
    text = claim.document.current_revision.text
    Claim.objects.filter(pk=claim.pk).update(anchor_state="orphaned")
    return Right("editor", {"id": claim.pk}, {"start": 0, "end": 20, "quote": text[:20]})


def signed_under_two_eyes(world: World) -> Right:
    set_policy(world.desk, by=world.staff.chief_editor, eyes="two")
    claim = world.claim("in_verification")
    give_evidence(claim, by=world.staff.checker, use="primary")
    submit_verdict(claim, "supported", by=world.staff.desk_chief)
    sign_off(claim, by=world.staff.desk_chief)
    set_policy(world.desk, by=world.staff.chief_editor, eyes="three")
    return Right("reviewer", {"id": claim.pk}, {})


def taken_back(world: World) -> Right:
    claim = world.claim()
    accept_claim(claim, by=world.staff.editor)
    return Right("editor", {"id": claim.pk})


def dismissed(world: World) -> Right:
    claim = world.claim()
    dismiss_claim(claim, by=world.staff.editor, note="idle")
    return Right("editor", {"id": claim.pk})


def to_confirm(world: World) -> Right:
    document = world.story()
    Document.objects.filter(pk=document.pk).update(state="to_confirm")
    return Right("editor", {"id": document.pk}, {"title": "The flood"})


def named_author(world: World) -> Right:
    document = world.story(authors=(world.staff.checker,))
    return Right("desk_chief", {"id": document.pk}, {**NOTE, "author": world.staff.checker.username})


def by_address(world: World) -> Right:
    document, _ = fetch_document("https://news.example/flood", Arrival(), desk=world.desk, by=world.staff.editor)
    models.Job.objects.unfinished().update(state="failed")
    return Right("editor", {"id": document.pk})


def out_of_date(world: World) -> Right:
    claim = world.claim("signed_off")
    figure = claim.figures.order_by("pk").first()
    assert figure is not None
    Figure.objects.filter(pk=figure.pk).update(as_of_basis="publication")
    return Right("reviewer", {"id": figure.pk})


def judged(world: World) -> Right:
    first, second = Figure.objects.filter(measure=world.dispute().measure).order_by("pk")[:2]
    return Right("editor", {"id": first.pk}, {"same": False, "other": second.pk})


def linked(world: World) -> tuple[Figure, Claim]:
    claim = world.claim("open")
    figure = claim.figures.order_by("pk").first()
    assert figure is not None
    dismiss_figure(figure, by=world.staff.editor, note="background")
    return figure, claim


def merged(world: World) -> Right:
    measure = world.dispute().measure
    figure = Figure.objects.filter(measure=measure).order_by("pk").last()
    made = split_measure(measure, [figure], counted="homes of others", by=world.staff.editor)
    return Right("editor", {"id": made.pk}, {"into": measure.pk})


def split(world: World) -> Right:
    measure = world.dispute().measure
    figure = Figure.objects.filter(measure=measure).order_by("pk").last()
    return Right("editor", {"id": measure.pk}, {"figures": [figure.pk], "counted": "homes of others"})


def pinned(world: World) -> Right:
    measure = world.dispute().measure
    figure = Figure.objects.filter(measure=measure).order_by("pk").first()
    return Right("editor", {"id": figure.pk}, {"measure": measure.pk})


def snapshotted(world: World) -> Right:
    evidence = world.evidence("linked")
    Evidence.objects.filter(pk=evidence.pk).update(snapshot=models.Snapshot.objects.filter(desk=world.desk).first())
    return Right("checker", {"id": evidence.pk})


def credentials(world: World) -> Right:
    return Right("nobody", {}, {"username": world.staff.editor.username, "password": f.PASSWORD})


def items(*records: Any) -> dict[str, Any]:
    return {"items": [{"id": row.pk, "version": "*"} for row in records]}


def on(role: str, make: Callable[[World], Any], body: Any = None) -> Callable[[World], Right]:
    """A request on the record that is made for it."""
    return lambda world: Right(role, {"id": make(world).pk}, dict(body) if body is not None else None)


TOMORROW = (timezone.now() + timedelta(days=1)).isoformat()
STORY = "The council of Torvik said 41 homes were flooded."
ROLES = ("editor", "checker", "reviewer", "desk_chief", "chief_editor", "auditor", "service")
READ_OF_A_STORY = ("documents_clearance", "documents_original", "documents_revisions", "documents_topic_suggestion")


def right_request(world: World, name: str, path: str) -> Right:
    """A request that succeeds, for the operation of this name: by default the desk's auditor reads."""
    if name in PREPARED:
        return PREPARED[name](world)
    if name in READ_OF_A_STORY:
        return Right("auditor", {"id": world.story().pk})
    if "{id}" in path:
        noun = path.strip("/").split("/")[0]
        if noun == "judgements":
            return Right("auditor", {"id": world.judgement().pk})
        others = {"desks": world.desk.pk, "memberships": models.Membership.objects.filter(desk=world.desk).first().pk}
        ids = {**make(world.desk, world.staff.editor), **others}
        assert noun in ids, f"no record is made for {name} at {path}"
        return Right("auditor", {"id": ids[noun]})
    return Right("auditor")


PREPARED: dict[str, Callable[[World], Right]] = {
    "auth_login": credentials,
    "auth_tokens_revoke": lambda w: Right(
        "auditor", {"token_key": AuthToken.objects.create(w.staff.auditor)[0].token_key}
    ),
    "auth_tokens_revoke_all": lambda w: Right("spare"),
    "claims_create": lambda w: Right(
        "editor", {}, {"document": w.story().pk, "start": 0, "end": 11, "quote": "The council"}
    ),
    "claims_accept": on("editor", World.claim),
    "claims_assign": lambda w: Right("editor", {"id": w.claim("open").pk}, {"assignee": w.staff.checker.username}),
    "claims_challenge": on("checker", lambda w: w.claim("signed_off"), NOTE),
    "claims_countersign": signed_under_two_eyes,
    "claims_dismiss": on("editor", World.claim, NOTE),
    "claims_place": lost_claim,
    "claims_recall": on("checker", lambda w: w.claim("in_review")),
    "claims_reopen": dismissed,
    "claims_return": on("reviewer", lambda w: w.claim("in_review"), NOTE),
    "claims_sign_off": on("reviewer", lambda w: w.claim("in_review"), {}),
    "claims_split": on("editor", World.claim, {"parts": ["The council of Torvik", "40 homes"]}),
    "claims_start": on("checker", lambda w: w.claim("open")),
    "claims_submit": on("checker", lambda w: w.claim("in_verification"), {"label": "not_enough_evidence"}),
    "claims_take_back": taken_back,
    "claims_waive": on("desk_chief", World.claim, {**NOTE, "expires_at": TOMORROW}),
    "claims_batch_accept": lambda w: Right("editor", {}, items(w.claim())),
    "claims_batch_assign": lambda w: Right(
        "editor", {}, {**items(w.claim("open")), "assignee": w.staff.checker.username}
    ),
    "claims_batch_dismiss": lambda w: Right("editor", {}, {**items(w.claim()), **NOTE}),
    "crosschecks_create": lambda w: Right("checker", {}, {"scope": "document", "document": w.story().pk}),
    "desks_create": lambda w: Right("chief_editor", {}, {"slug": "sports", "name": "Sports"}),
    "desks_set_policy": lambda w: Right(
        "desk_chief",
        {"id": w.desk.pk},
        {"eyes": "three", "threshold": 0.4, "minimum_origins": 2, "reliability_floor": "C"},
    ),
    "desks_report": lambda w: Right("auditor", {"id": w.desk.pk}, {"kind": "overdue"}),
    "discrepancies_judge": on("editor", World.dispute, {"same": False}),
    "discrepancies_resolve": on("editor", World.dispute, {**NOTE, "resolution": "explained"}),
    "documents_create": lambda w: Right("service", {}, {"desk": "fuzz", "text": STORY}),
    "documents_confirm": to_confirm,
    "documents_correct": on("editor", World.published, {"correction_class": "update", "wording": "It was 45."}),
    "documents_dismiss_idle": on("editor", World.story, NOTE),
    "documents_erase": on("desk_chief", World.story, NOTE),
    "documents_fetch": by_address,
    "documents_publish": on("editor", World.story, {"uncleared_reason": "breaking"}),
    "documents_report": on("auditor", World.story),
    "documents_reread": on("editor", World.story),
    "documents_revise": on("editor", World.story, {"text": f"{STORY} It rained."}),
    "documents_set_topic": lambda w: Right("editor", {"id": w.story().pk}, {"topic": f.TopicFactory().slug}),
    "documents_strike_author": named_author,
    "documents_update_metadata": on("editor", World.story, {"title": "The flood of Torvik"}),
    "documents_waive": on("desk_chief", World.story, NOTE),
    "documents_withdraw": on("editor", World.story, NOTE),
    "documents_revision": lambda w: Right("auditor", {"id": w.story().pk, "number": 1}),
    "events_list": lambda w: Right("auditor", query={"record": "document", "record_id": w.story().pk}),
    "evidence_create": lambda w: Right(
        "checker", {}, {"claim": w.claim("in_verification").pk, "kind": "call", "note": "So it is."}
    ),
    "evidence_assess": on("reviewer", lambda w: w.evidence("linked"), {"accepted": True}),
    "evidence_attach": on("checker", lambda w: w.evidence("capture_failed"), {"note": "Seen on paper."}),
    "evidence_capture": on("checker", lambda w: w.evidence("capture_failed")),
    "evidence_drift": on("checker", lambda w: w.evidence("accepted"), NOTE),
    "evidence_link": on("checker", lambda w: w.evidence("captured"), {"stance": "supports"}),
    "evidence_supersede": on("checker", lambda w: w.evidence("accepted"), NOTE),
    "evidence_withdraw": on("checker", lambda w: w.evidence("accepted"), NOTE),
    "evidence_snapshot": snapshotted,
    "feeds_create": lambda w: Right("desk_chief", {}, {"desk": "fuzz", "url": "https://feeds.example/new.xml"}),
    "feeds_partial_update": on("desk_chief", lambda w: f.FeedFactory(desk=w.desk), {"minutes": 30}),
    "feeds_poll": on("editor", lambda w: f.FeedFactory(desk=w.desk)),
    "figures_confirm_as_of": out_of_date,
    "figures_correct_reading": on("checker", World.figure, {"value": "41", "hedge": "about", **NOTE}),
    "figures_dismiss": on("editor", World.figure, NOTE),
    "figures_judge": judged,
    "figures_link": lambda w: (lambda f_, c: Right("checker", {"id": f_.pk}, {"claim": c.pk}))(*linked(w)),
    "figures_pin": pinned,
    "figures_reopen": on("editor", lambda w: w.figure("dismissed")),
    "figures_state_as_of": lambda w: Right("reviewer", out_of_date(w).at, {"day": "2026-03-09"}),
    "figures_batch_dismiss": lambda w: Right("editor", {}, {**items(w.figure()), **NOTE}),
    "figures_batch_link": lambda w: (lambda f_, c: Right("checker", {}, {**items(f_), "claim": c.pk}))(*linked(w)),
    "figures_dismiss_many": lambda w: Right("editor", {}, {**NOTE, "ids": [w.figure().pk]}),
    "jobs_cancel": on("editor", lambda w: w.job("due")),
    "jobs_retry": on("editor", lambda w: w.job("failed")),
    "judgements_confirm": lambda w: Right("desk_chief", {"id": w.judgement(authors=(w.staff.editor,)).pk}),
    "judgements_withdraw": on("desk_chief", World.judgement, NOTE),
    "measures_merge": merged,
    "measures_set_general": lambda w: Right("editor", {"id": w.dispute().measure_id}, {"general": True}),
    "measures_split": split,
    "memberships_create": lambda w: Right(
        "desk_chief", {}, {"desk": "fuzz", "user": w.staff.outsider.username, "role": "checker"}
    ),
    "memberships_remove": lambda w: Right(
        "desk_chief", {"id": models.Membership.objects.get(user=person(Role.CHECKER, w.desk)).pk}
    ),
    "notice_choices_retrieve": lambda w: Right("checker", {"kind": "stale"}),
    "notice_choices_update": lambda w: Right("checker", {"kind": "stale"}, {"inbox": True, "mail": False}),
    "notice_choices_partial_update": lambda w: Right("checker", {"kind": "stale"}, {"mail": False}),
    "notifications_retrieve": on("checker", lambda w: f.NotificationFactory(recipient=w.staff.checker, desk=w.desk)),
    "notifications_read": on("checker", lambda w: f.NotificationFactory(recipient=w.staff.checker, desk=w.desk)),
    "notifications_read_all": lambda w: Right("checker"),
    "report_subscriptions_create": lambda w: Right(
        "editor", {}, {"desk": "fuzz", "kind": "desk_digest", "recipients": [w.staff.auditor.username]}
    ),
    "report_subscriptions_partial_update": on(
        "editor", lambda w: f.ReportSubscriptionFactory(desk=w.desk, owner=w.staff.editor), {"active": False}
    ),
    "report_subscriptions_send_now": on(
        "editor", lambda w: f.ReportSubscriptionFactory(desk=w.desk, owner=w.staff.editor)
    ),
    "reports_download": lambda w: Right(
        "auditor", {"id": build_document_report(w.story(), by=w.staff.editor).pk, "form": "html"}
    ),
    "sources_create": lambda w: Right("checker", {}, {"desk": "fuzz", "name": "Torvik Council", "kind": "official"}),
    "sources_partial_update": on("editor", World.source, {"country": "NO"}),
    "sources_grade": on("editor", World.source, {"reliability": "B", "reason": "years of being right"}),
    "sources_grant_access": lambda w: Right(
        "desk_chief",
        {"id": w.source(confidential=True).pk},
        {"people_with_access": [w.staff.checker.username]},
    ),
    "sources_open_name": on("desk_chief", lambda w: w.source(confidential=True)),
    "topics_create": lambda w: Right("editor", {}, {"desk": "fuzz", "title": "The flood"}),
    "topics_partial_update": on("editor", lambda w: f.TopicFactory(), {"title": "The flood of Torvik"}),
    "verification_tasks_assign": lambda w: Right(
        "editor", {"id": w.task("unassigned").pk}, {"assignee": w.staff.checker.username}
    ),
    "verification_tasks_block": on("checker", lambda w: w.task("in_progress"), {**NOTE, "waiting_for": "source"}),
    "verification_tasks_cancel": on("editor", World.task, NOTE),
    "verification_tasks_hand_in": on("checker", lambda w: w.task("in_progress")),
    "verification_tasks_reassign": lambda w: Right(
        "editor", {"id": w.task().pk}, {"assignee": w.staff.desk_chief.username}
    ),
    "verification_tasks_reopen": on("reviewer", lambda w: w.task("done"), NOTE),
    "verification_tasks_reschedule": on("editor", World.task, {"due_at": TOMORROW}),
    "verification_tasks_take_up": on("checker", World.task),
    "verification_tasks_unblock": on("checker", lambda w: w.task("blocked")),
    "webhooks_create": lambda w: Right(
        "desk_chief",
        {},
        {"desk": "fuzz", "url": "https://hooks.example/new", "events": ["document_published"]},
    ),
    "webhooks_partial_update": on("desk_chief", lambda w: f.WebhookFactory(desk=w.desk), {"active": False}),
    "webhooks_ping": on("desk_chief", lambda w: f.WebhookFactory(desk=w.desk)),
    "webhooks_retrieve": on("desk_chief", lambda w: f.WebhookFactory(desk=w.desk)),
    "webhooks_list": lambda w: Right("desk_chief"),
    "deliveries_retrieve": lambda w: Right("desk_chief", {"id": delivery(w).pk}),
    "deliveries_list": lambda w: Right("desk_chief"),
}


def delivery(world: World) -> Any:
    hook = f.WebhookFactory(desk=world.desk)
    return models.Delivery.objects.create(webhook=hook, event="document_published", key="k", payload={})
