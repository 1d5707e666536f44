"""Outputs: every text field in every output, with rows of hostile text: nothing live, nothing lost, no answer of 500.

The fields come from the models: a column of text without a line in ``FILLED`` or ``CLOSED`` fails. The outputs come from
the addresses of the site, the formats of reports, the mails, the webhooks and the log. One pass with harmless words says
which output shows which field, and of which elements the site's pages are made; then each row goes into each field.
"""

from __future__ import annotations

import io
import json
import logging
import os
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
from django import forms as form_fields
from django.apps import apps
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.core.mail import EmailMultiAlternatives
from django.db import models
from django.test import Client
from django.urls import get_resolver
from django.utils import timezone

from factcheck.api.urls import router
from factcheck.encryption import encrypt
from factcheck.intake.snapshots import warc_of_upload
from factcheck.intake.text_cleaning import UNUSABLE
from factcheck.mailing import notices_message
from factcheck.models import Delivery, FeedItem, Membership, Notification, Revision, Role, Snapshot, Source
from factcheck.reports.builders import OF_A_DESK
from factcheck.reports.deliver import build_desk_report, build_document_report
from factcheck.reports.mailing import payload_of, report_message
from factcheck.reports.render import formats_of, render
from factcheck.workflow.sources import record_source
from factcheck.workflow.transitions import log
from factcheck.workflow.webhooks import signed_message
from newsroom.logs import logging_config
from newsroom.stories.models import Story
from tests import factories as f
from tests.api.conftest import BASE, Caller
from tests.api.records import make
from tests.attack import hostile_text as hostile
from tests.attack.hostile_text import Output, filled, is_kept
from tests.marks import thorough
from tests.stories import Staff
from tests.test_states import for_the_moment

pytestmark = pytest.mark.django_db

MARK = "zqm"
PASSES = int(os.environ.get("FACTCHECK_ROWS", "2"))
"""So many rows go into each field: the next in turn. ``make attack`` tries all of them."""

# The fields

FILLED = {
    "by a person, in a form or the API": "desk.name topic.title document.title document.publisher_name document.url "
    "document.byline document.source_app document.source_id revision.text claim.text source.name "
    "source.reliability_reason source.encrypted_name sourcename.name sourcedomain.domain discrepancy.resolution_note "
    "webhook.url eventnote.text evidence.url evidence.excerpt evidence.note feed.url feed.folder judgement.note "
    "publication.title publication.byline correction.wording report.title tokengrant.name verdict.note waiver.reason story.headline story.body "
    "story.printed user.username user.first_name user.last_name user.email",
    "by a text from outside, or the engine with words of it": "attribution.cue attribution.party attribution.relay "
    "claim.stale_reason document.state_reason measure.counted measure.place measure.party figure.surface "
    "figure.as_written figure.counted figure.definition figure.scope figure.place figure.party figure.as_of_said figure.machine_reading "
    "anchor.exact anchor.prefix anchor.suffix storedobservation.says storedobservation.scope discrepancy.reason "
    "discrepancy.why_one snapshot.text feeditem.title notification.text",
    "by another machine: a web server, a mail server, whoever sends a file": "snapshot.url snapshot.filename "
    "snapshot.media_type snapshot.charset evidence.error feed.etag feed.last_modified feed.error feeditem.error "
    "delivery.error job.error notification.mail_refused reportdelivery.refused",
    "as words in JSON": "topic.places document.findings revision.reader_notes claim.reasons discrepancy.notes "
    "delivery.payload publication.answer event.facts job.args job.result report.data storedobservation.stated measure.parts",
}
CLOSED = {
    "a slug: letters, digits and hyphens, by its validator": "desk.slug topic.slug source.slug",
    "a name out of the tables of the code": "job.name job.queue event.machine event.record event.action "
    "event.from_state event.to_state erasure.record notification.record delivery.event claim.proposed_by_engine "
    "figure.unit figure.dimension figure.as_of_granularity figure.as_of_basis figure.flags measure.dimension "
    "figureprofile.dimension figureprofile.unit webhook.events reportsubscription.formats tokengrant.scopes",
    "a version of the engine": "revision.engine_version figure.engine_version crosscheck.engine_version "
    "discrepancy.engine_version figureprofile.engine_version",
    "a digest or a key that the code makes, of letters and digits": "document.arrival_key revision.text_sha256 "
    "revision.words_sha256 "
    "revision.bytes_sha256 measure.compared checkpoint.key_name checkpoint.previous checkpoint.digest "
    "checkpoint.marks job.key storedobservation.key discrepancy.a_key discrepancy.b_key delivery.key event.note_digest "
    "event.previous event.digest event.decided eventnote.salt snapshot.sha256 feeditem.guid judgement.a_fingerprint "
    "judgement.b_fingerprint figureprofile.fingerprint figureprofile.wording notification.key report.sha256 "
    "report.slot tokengrant.digest tokengrant.password_digest signoff.words_sha256 idempotencykey.request_hmac",
    "numbers of records": "anchor.changes anchor.candidates crosscheck.left_behind crosscheck.found "
    "storedobservation.sample waiver.covers",
    "a code of a list: time zones, languages, countries, schedules": "document.zone document.language "
    "revision.language source.country reportsubscription.cron reportsubscription.zone preferences.language "
    "preferences.zone",
    "encrypted, and shown once when it was made by the code": "webhook.secret",
    "kept for look-ups and shown nowhere": "sourcename.folded measure.key figureprofile.prepared "
    "topicmatching.stats topicmatching.weights_version topicmatching.scorer matchingweights.version "
    "matchingweights.numbers matchingweights.found idempotencykey.key idempotencykey.answer idempotencykey.headers",
    "hashed": "user.password",
}
STATED = {"unit": "count", "dimension": "count", "value": "40", "low": "40", "high": "40", "step": "1"}
JSON_SHAPES: dict[str, Callable[[str], Any]] = {
    "delivery.payload": lambda words: {"event": "document_published", "document": {"source_id": words}},
    "publication.answer": lambda words: {
        "clear": False,
        "blockers": [{"code": "claim_open", "record": "claim", "record_id": 1, "message": words}],
    },
    "event.facts": lambda words: {"url": words},
    "job.args": lambda words: {"url": words},
    "job.result": lambda words: {"refused": words},
    "storedobservation.stated": lambda words: {**STATED, "counted": words, "definition": words},
    "measure.parts": lambda words: {"concept": words, "noun": words},
}
"""How words stand in a column of JSON; in a list of them where nothing is said."""
IN_PARTS = {"revision.text", "story.printed"}
"""Pages show the paragraph that they are about: the beginning of the first line is what they all have."""
BUILT = {"report.data", "reportdelivery.refused", "event.facts", "eventnote.text", "source.encrypted_name"}
"""Written by an action of its own, and not into a column."""


def text_columns() -> Iterator[Any]:
    """Every column of text of the app, of the stories of the host, and of its users."""
    for model in [*apps.get_app_config("factcheck").get_models(), Story, get_user_model()]:
        for column in model._meta.fields:
            if isinstance(column, models.CharField | models.TextField | models.JSONField) and not column.choices:
                yield column


def name_of(column: Any) -> str:
    return f"{column.model._meta.model_name}.{column.name}"


def named(table: dict[str, str]) -> list[str]:
    return [name for names in table.values() for name in names.split()]


def test_every_column_of_text_is_in_the_tables_and_no_other_is():
    columns = {name_of(column) for column in text_columns()}
    known = named(FILLED) + named(CLOSED)
    unknown = sorted(columns - set(known))
    assert unknown == [], f"Add {unknown} to FILLED with who writes it, or to CLOSED with why nobody outside does."
    assert sorted(known) == sorted(set(known)), "a column stands twice"
    assert set(known) - columns == set(), "a column that there is not any more"


class World:
    """One desk with one record of everything, each field of text filled with a row and a word of its own."""

    def __init__(self, staff: Staff, rows: list[str], turn: int) -> None:
        self.staff, self.rows, self.turn = staff, rows, turn
        self.planted: dict[str, str] = {}
        self.words = {name: f"{MARK}{number:03d}w" for number, name in enumerate(named(FILLED))}
        self.made: dict[str, list[int]] = {}
        self.reports: list[Any] = []

    def text(self, name: str, most: int | None = None) -> str:
        """The words for a field: its row of this turn, as long as the column is."""
        word = self.words[name]
        row = self.rows[(list(self.words).index(name) + self.turn) % len(self.rows)] if self.rows else word
        if "\0" in row or re.search("[\ud800-\udfff]", row):  # no database takes these: see the doors
            row = "@M@ " + row.replace("\0", "").encode("utf-8", "replace").decode()
        if name in BUILT:  # the action refuses what no file can hold
            row = UNUSABLE.sub("", row)
        words = filled(row, word) if self.rows else word
        words = words if most is None or word in words[:most] else (word + words)[:most]
        self.planted[name] = words[:most]
        return self.planted[name]

    def build(self) -> World:
        models_ = [*apps.get_app_config("factcheck").get_models(), Story]
        before = {model: set(model._base_manager.values_list("pk", flat=True)) for model in models_}
        ids = make(self.staff.desk, self.staff.checker)
        self.more_records(ids)
        for model in models_:
            made = model._base_manager.exclude(pk__in=before[model])
            self.made[model._meta.model_name] = sorted(made.values_list("pk", flat=True))
        self.made["desk"] = [self.staff.desk.pk]
        self.made["user"] = [self.staff.checker.pk]
        self.made["membership"] = [Membership.objects.get(user=self.staff.checker).pk]
        self.text("tokengrant.name", 100)  # of the token that asks
        self.text("reportdelivery.refused", 300)  # of a report that is built below
        for column in text_columns():
            if name_of(column) in self.words and name_of(column) not in self.planted:
                self.fill(column)
        self.build_reports(ids)
        return self

    def more_records(self, ids: dict[str, int]) -> None:
        """What the factories do not make, and rows that are written once and so hold their words from the first."""
        staff, now = self.staff, timezone.now()
        document = apps.get_model("factcheck", "Document").objects.get(pk=ids["documents"])
        claim, figure = document.claims.get(), document.figures.first()
        by = {"by": staff.checker, "at": now}
        page = b"<p>The mayor of Torvik said so.</p>"
        snapshot = Snapshot.objects.create(
            desk=staff.desk,
            url=self.text("snapshot.url", 2000),
            filename=self.text("snapshot.filename", 255),
            media_type=self.text("snapshot.media_type", 100),
            charset=self.text("snapshot.charset", 40),
            text=self.text("snapshot.text"),
            sha256="7" * 64,
            size=len(page),
            warc=warc_of_upload(page, "a.html", "text/html", now),
            taken_at=now,
        )
        revision = Revision.objects.create(
            document=document,
            number=2,
            text=self.text("revision.text") + "\n40 houses were flooded.",
            reader_notes=[self.text("revision.reader_notes")],
            text_sha256="7" * 64,
            bytes_sha256="7" * 64,
            snapshot=snapshot,
        )
        for target, start, end in (
            (claim, 0, len(revision.text)),
            (figure, len(revision.text) - 23, len(revision.text) - 21),
        ):
            of = {target._meta.model_name: target}
            f.AnchorFactory(revision=revision, start=start, end=end, exact=revision.text[start:end], **of)
        read = {"value": "41", "counted": self.text("figure.machine_reading")}
        type(figure).objects.filter(pk=figure.pk).update(machine_reading=read, corrected_by=staff.checker)
        get = apps.get_model
        verdict = get("factcheck", "Verdict").objects.create(
            claim=claim, label="supported", revision=revision, note=self.text("verdict.note"), **by
        )
        get("factcheck", "SignOff").objects.create(
            verdict=verdict, revision=revision, words_sha256="0", eyes="three", by=staff.reviewer, at=now
        )
        type(claim).objects.filter(pk=claim.pk).update(state="signed_off")
        waived = f.ClaimFactory(document=document, state="waived")
        for target in (waived, f.ClaimFactory(document=document)):
            f.AnchorFactory(revision=revision, claim=target, start=0, end=5, exact=revision.text[:5])
        get("factcheck", "Waiver").objects.create(
            claim=waived, reason=self.text("waiver.reason"), expires_at=now + timedelta(hours=2), **by
        )
        get("factcheck", "Publication").objects.create(
            document=document,
            revision=revision,
            clear=True,
            title=self.text("publication.title", 500),
            byline=self.text("publication.byline", 500),
            answer={},
            **by,
        )
        published = get("factcheck", "Publication").objects.create(
            document=document, revision=revision, clear=False, answer=self.shaped("publication.answer"), **by
        )
        get("factcheck", "Correction").objects.create(
            publication=published, claim=claim, correction_class="update", wording=self.text("correction.wording"), **by
        )
        get("factcheck", "Evidence").objects.filter(claim=claim).update(
            snapshot=snapshot, stance="supports", state="accepted"
        )
        f.ReportFactory(desk=staff.desk, title=self.text("report.title", 500), data={"any": self.text("report.data")})
        for record, note in ((claim, True), (document, True), (self.staff.desk, True)):
            facts = self.shaped("event.facts")
            log(record, "challenge", by=staff.checker, note=self.text("eventnote.text") if note else "", facts=facts)
        for judged in (True, False):
            prints = {"a_fingerprint": f"a{judged}", "b_fingerprint": f"b{judged}"}
            pair = {"a": figure, "b": document.figures.last()}
            state = "proposed" if judged else "active"
            get("factcheck", "Judgement").objects.create(
                **pair, same=judged, state=state, by=staff.checker, note="x", topic=document.topic, **prints
            )
        feed = get("factcheck", "Feed").objects.get(pk=ids["feeds"])
        f.FeedFactory(desk=staff.desk, url="", folder="x")
        for number in range(2):
            FeedItem.objects.create(feed=feed, guid=str(number), title="x", error="x")
        Delivery.objects.create(
            webhook=f.WebhookFactory(desk=staff.desk), event="document_published", key="x", payload={}
        )
        f.NotificationFactory(recipient=staff.desk_chief, desk=staff.desk)
        story = Story(headline="x", body="x", author=staff.checker, desk=staff.desk)
        story.save()
        models.query.QuerySet(Story).filter(pk=story.pk).update(printed="x")
        secret = record_source("x", "eyewitness", desk=staff.desk, by=staff.desk_chief, confidential=True)
        Source.objects.filter(pk=secret.pk).update(encrypted_name=encrypt(self.text("source.encrypted_name", 200)))
        get("factcheck", "SourceDomain").objects.create(source_id=ids["sources"], domain="x.example")
        get("factcheck", "StoredObservation").objects.update(count=1)

    def shaped(self, name: str) -> Any:
        return JSON_SHAPES.get(name, lambda words: [words])(self.text(name))

    def fill(self, column: Any) -> None:
        """The words of one field into every row of the world, or into the first where no two may be equal."""
        name = name_of(column)
        words = self.text(name, column.max_length)
        value = JSON_SHAPES.get(name, lambda one: [one])(words) if isinstance(column, models.JSONField) else words
        if column.name in ("headline", "printed") and name == "story.printed":
            value = words + "\n\n" + words
        keys = self.made[column.model._meta.model_name] or list(column.model._base_manager.values_list("pk", flat=True))
        single = column.unique or any(
            column.name in row.fields for row in column.model._meta.constraints if hasattr(row, "fields")
        )
        keys = keys[:1] if single else keys
        rows = models.query.QuerySet(column.model).filter(pk__in=keys)
        written = rows if isinstance(column, models.JSONField) else rows.exclude(**{column.name: ""})
        rows = written if written.exists() else rows  # some columns exclude each other
        assert rows.update(**{column.name: value}) > 0, f"nothing was planted in {name}"

    def build_reports(self, ids: dict[str, int]) -> None:
        document = apps.get_model("factcheck", "Document").objects.get(pk=ids["documents"])
        chief = self.staff.desk_chief
        self.reports = [build_document_report(document, by=chief)]
        self.reports += [build_desk_report(self.staff.desk, kind, by=chief) for kind in OF_A_DESK]
        refused = self.planted["reportdelivery.refused"]
        delivery = apps.get_model("factcheck", "ReportDelivery")
        delivery.objects.create(report=self.reports[0], recipient=self.staff.checker, refused=refused)
        self.made["report"] = [report.pk for report in self.reports] + self.made["report"]


# The outputs


def addresses(made: dict[str, list[int]]) -> list[tuple[str, str]]:
    """(name, path) of everything the site answers to a GET, with the numbers of the records."""
    found = []
    for route, pattern in routes():
        if "get" in methods_of(pattern):
            for number, path in enumerate(paths_of(route, made)):
                found.append((f"{route} #{number}", path))
    return found


def routes(resolver: Any = None, before: str = "") -> Iterator[tuple[str, Any]]:
    for pattern in (resolver or get_resolver()).url_patterns:
        route = before + str(pattern.pattern)
        if hasattr(pattern, "url_patterns"):
            yield from routes(pattern, route)
        else:
            yield route, pattern


def methods_of(pattern: Any) -> set[str]:
    actions = getattr(pattern.callback, "actions", None)
    return set(actions) if actions else {"get"}


def paths_of(route: str, made: dict[str, list[int]]) -> list[str]:
    """The paths of a route: one for each record of its kind, action of its page, or format."""
    if "url>" in route or "content_type_id" in route or "logout" in route or route.endswith("v1/"):
        return []
    plain_route = re.sub(r"[$^]|\\Z", "", route)
    named_parts = re.findall(r"\(\?P<(\w+)>[^)]*\)|<(?:\w+:)?(\w+)>", plain_route)
    parts = [one or other for one, other in named_parts]
    model = model_of(plain_route)
    values = [values_of(part, model, plain_route, made) for part in parts]
    paths = [plain_route]
    for part, choices in zip(parts, values, strict=True):
        hole = re.compile(rf"\(\?P<{part}>[^)]*\)|<(?:\w+:)?{part}>")
        paths = [hole.sub(lambda _, choice=choice: str(choice), path, count=1) for path in paths for choice in choices]
    return ["/" + path for path in paths]


def model_of(route: str) -> Any:
    if found := re.match(r"admin/(\w+)/(\w+)/", route):
        return apps.all_models.get(found[1], {}).get(found[2], Story)
    prefix = route.removeprefix("factcheck/api/v1/").split("/")[0]
    view = next((view for name, view, _ in router.registry if name == prefix), None)
    return view.queryset.model if view else Story


def values_of(part: str, model: Any, route: str, made: dict[str, list[int]]) -> list[Any]:
    if part == "action":
        return list(getattr(admin.site._registry[model], "record_actions", {}))
    if part in ("name", "form"):
        return formats_of("document")
    if part == "number":
        return [1, 2]
    if part == "kind":
        return ["assigned"]
    keys = made.get(model._meta.model_name, [])
    many = keys if "/action/" not in route and "/as/" not in route and "form" not in route else keys[:1]
    return many[:2]


class Browser(Client):
    """A client that keeps no copy of what each template was given, which takes longer than the pages."""

    def request(self, **request: Any) -> Any:
        answer = self.handler(self._base_environ(**request))
        self.cookies.update(answer.cookies)
        return answer


def answers(world: World, only: set[str] | None) -> Iterator[tuple[str, Any]]:
    """Every page and every answer of the API, or only these, as somebody who may see all of it."""
    chief = world.staff.desk_chief
    browser, caller = Browser(), Caller(chief)
    caller.client.raise_request_exception = False
    apps.get_model("factcheck", "TokenGrant").objects.update(name=world.planted["tokengrant.name"])
    browser.force_login(chief)
    for name, path in addresses(world.made):
        if only is not None and name not in only:
            continue
        if path.startswith(BASE):
            yield name, caller.get(path.removeprefix(BASE))
        else:
            yield name, browser.get(path)
    for pk in Source.objects.filter(confidential=True).values_list("pk", flat=True):
        yield "an opened name in the API", caller.post(f"sources/{pk}/open_name/")
        yield "an opened name on a page", browser.post(f"/admin/factcheck/source/{pk}/action/open_name/")


def judged_answer(name: str, response: Any) -> list[Output]:
    """An answer of the site, by its kind."""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    kind = response.headers.get("Content-Type", "").split(";")[0]
    if name.split(" #")[0].endswith(("/original/", "/snapshot/$", "/snapshot/")):  # bytes as they came, in a sandbox
        found = [Output(name, "bytes")]
        policy = response.headers.get("Content-Security-Policy", "")
        sealed = re.match(r"sandbox; default-src 'none'", policy) or response.status_code != 200
        found[0].alive += [] if sealed else ["shown without a sandbox"]
    else:
        found = [judged_file(name, kind, body)]
    found[0].alive += (
        [f"an answer of {response.status_code}"] if response.status_code >= 500 and name != "readyz/ #0" else []
    )
    found[0].alive += hostile.judge_headers(response)
    return found


def judged_file(name: str, kind: str, body: bytes) -> Output:
    if kind == "text/html":
        return hostile.judge_html(name, body.decode("utf-8"), MARK)
    if kind == "application/json":
        return hostile.judge_json(name, body)
    if kind == "application/ld+json":
        return hostile.judge_claimreview(name, body)
    if kind in ("application/rss+xml", "application/atom+xml"):
        return hostile.judge_feed(name, body, MARK)
    if kind == "text/csv":
        return hostile.judge_csv(name, body)
    if kind == "application/pdf":
        return hostile.judge_pdf(name, body)
    if "spreadsheet" in kind:
        return hostile.judge_xlsx(name, body)
    return Output(name, "text", hostile.plain(body.decode("utf-8", "replace")))


def files_and_messages(world: World) -> Iterator[tuple[Output, str]]:
    """Reports in every format, their mails, a mail of notices, and the message of a webhook."""
    for report in world.reports:
        for form in formats_of(report.kind):
            file = render(report, form)
            out = judged_file(f"report {report.kind} as {form}", file.media_type.split(";")[0], file.body)
            out.alive += [] if hostile.is_safe_name(file.filename) else [f"a file called {file.filename!r}"]
            yield out, file.body.decode("utf-8", "replace") if form == "html" else ""
        message = report_message(payload_of(report, ["csv"]), "reader@news.example")
        yield from judged_mail(f"mail of {report.kind}", message)
    rows = list(Notification.objects.filter(recipient=world.staff.desk_chief))
    yield from judged_mail("mail of notices", notices_message(world.staff.desk_chief, rows))
    yield from judged_mail("mail of one notice", notices_message(world.staff.desk_chief, rows[:1]))
    for delivery in Delivery.objects.filter(webhook__desk=world.staff.desk):
        delivery.webhook.secret = encrypt("secret")
        body, headers = signed_message(delivery, timezone.now())
        out = hostile.judge_json("message of a webhook", body)
        out.alive += [key for key, value in headers.items() if not value.isprintable()]
        yield out, ""


def judged_mail(name: str, message: EmailMultiAlternatives) -> Iterator[tuple[Output, str]]:
    raw = message.message().as_bytes()
    for out in hostile.judge_mail(name, raw, message.to[0], MARK):
        yield out, str(message.alternatives[0][0]) if out.kind == "html" else ""


class LogLines(logging.Handler):
    """What the site's log would hold, in one of its two forms, and how many records there were."""

    def __init__(self, form: str) -> None:
        super().__init__(logging.INFO)
        line = dict(logging_config(form, "INFO")["formatters"]["line"])
        self.form, self.out, self.count = form, io.StringIO(), 0
        self.setFormatter(line.pop("()")(**line))

    def emit(self, record: logging.LogRecord) -> None:
        self.count += 1
        self.out.write(self.format(record) + "\n")

    def faults(self) -> list[str]:
        """Lines that no record wrote: a traceback is set in, so a line at the margin is a record."""
        lines = [line for line in self.out.getvalue().split("\n") if line and not line.startswith(" ")]
        found = [] if len(lines) == self.count else [f"{len(lines)} lines for {self.count} records ({self.form})"]
        found += [
            f"a line that is no JSON: {line[:60]}"
            for line in lines
            if self.form == "json" and not hostile.is_json(line)
        ]
        odd = [char for char in self.out.getvalue() if char != "\n" and not char.isprintable()]
        return found + ([f"unseen signs in the log: {sorted(set(odd))!r}"] if odd else [])


@pytest.fixture
def log_lines():
    handlers = [LogLines("json"), LogLines("plain")]
    for handler in handlers:
        logging.getLogger().addHandler(handler)
    yield handlers
    for handler in handlers:
        logging.getLogger().removeHandler(handler)


@pytest.fixture
def desk(staff: Staff) -> Staff:
    """The people of a desk, its chief one who may see all there is."""
    chief = staff.desk_chief
    Membership.objects.create(user=chief, desk=None, role=Role.CHIEF_EDITOR)
    chief.is_staff = chief.is_superuser = True
    chief.save()
    return staff


def outputs_of(
    staff: Staff, rows: list[str], turn: int, only: set[str] | None = None
) -> tuple[dict[str, str], dict[str, Output]]:
    """What was planted in one pass, and every output of it, judged. Nothing of it stays."""
    found: dict[str, Output] = {}
    world = World(staff, rows, turn)
    with for_the_moment():
        world.build()
        for name, response in answers(world, only):
            page = response.content.decode("utf-8", "replace") if not response.streaming else ""
            for out in judged_answer(name, response):
                found[out.name] = out
                add_raw_markup(out, page, world)
        for out, page in files_and_messages(world):
            found[out.name] = out
            add_raw_markup(out, page, world)
    return world.planted, found


def add_raw_markup(out: Output, page: str, world: World) -> None:
    if out.kind == "html" and world.rows:
        for name, words in world.planted.items():
            out.alive += [f"{piece} of {name}" for piece in hostile.raw_markup(page, words, MARK)]


def everything_tried(desk: Staff, rows: list[str], turns: range) -> None:
    words, harmless = outputs_of(desk, [], 0)
    shown = {(name, out.name) for out in harmless.values() for name, word in words.items() if word in out.seen}
    site = set().union(*(out.vocabulary for out in harmless.values()))
    assert [(out.name, out.alive) for out in harmless.values() if out.alive] == []
    unseen = set(words) - {name for name, _ in shown}
    carrying = {name for name, out in harmless.items() if MARK in out.seen or out.kind == "bytes"}
    cells, faults = 0, []
    for turn in turns:
        planted, outputs = outputs_of(desk, rows, turn, carrying)
        assert carrying <= set(outputs)
        cells += len(planted) * len(carrying)
        for out in outputs.values():
            faults += [f"{out.name}: {what}" for what in out.alive]
            faults += [f"{out.name}: {what} was born" for what in out.vocabulary - site]
        for name, where in sorted(shown):
            wanted = planted[name].splitlines()[0][:200] if name in IN_PARTS else planted[name]
            if not is_kept(wanted, outputs[where]):
                faults.append(f"{where}: {name} lost {planted[name][:80]!r}")
    print(
        f"{len(harmless)} outputs, of which {len(carrying)} hold words; {len(words)} fields × {len(carrying)} outputs × {len(turns)} of {len(rows)} rows: {cells} cells; "
        f"{len(shown)} of fields × outputs show words, {len(unseen)} fields are shown nowhere; {len(faults)} faults"
    )
    assert faults == [], "\n".join(sorted(set(faults))[:200])


def every_row() -> list[str]:
    return [*hostile.OWN_ROWS, *hostile.rows_from_folder()]


def shares() -> list[range]:
    """The passes, ten to a test: in full they take an hour or more, and every process can take some."""
    return [
        range(first, min(first + 10, PASSES, len(every_row()))) for first in range(0, min(PASSES, len(every_row())), 10)
    ]


@thorough
@pytest.mark.parametrize("turns", shares(), ids=lambda turns: f"rows-{turns.start}-to-{turns.stop - 1}")
def test_hostile_text_in_any_field_is_words_in_every_output(desk, log_lines, turns):
    everything_tried(desk, every_row(), turns)
    assert [fault for handler in log_lines for fault in handler.faults()] == []


# The doors: what is typed, and comes back with a refusal


def forms() -> Iterator[tuple[str, str, Any]]:
    """(model, action or "add", form) of every form of the app's admin that takes words."""
    for model, page in admin.site._registry.items():
        found = {name: action.form for name, action in getattr(page, "record_actions", {}).items()}
        if getattr(page, "add_form", None):
            found["add"] = page.add_form
        for name, form in found.items():
            if any(is_for_words(field) for field in form.base_fields.values()):
                yield model._meta.model_name, name, form


def is_for_words(field: Any) -> bool:
    return isinstance(field, form_fields.CharField) and not isinstance(field, form_fields.ChoiceField)


@thorough
def test_what_is_typed_into_a_form_and_refused_comes_back_as_words(desk, log_lines):
    """Every form with words, sent without the version it was opened with: the page shows what was typed."""
    cells, faults = 0, []
    rows = every_row() if PASSES > 10 else hostile.OWN_ROWS[::7]
    with for_the_moment():
        world = World(desk, [], 0).build()
        browser = Browser()
        browser.force_login(desk.desk_chief)
        for kind, name, form in forms():
            pk = world.made[kind][0] if world.made.get(kind) else 1
            path = f"/admin/factcheck/{kind}/" + ("add/" if name == "add" else f"{pk}/action/{name}/")
            fields = [key for key, field in form.base_fields.items() if is_for_words(field)]
            site = hostile.judge_html("", browser.get(path).content.decode(), MARK).vocabulary
            site |= hostile.judge_html("", browser.post(path, {}).content.decode(), MARK).vocabulary
            for row in rows:
                words = filled(row.encode("utf-8", "replace").decode(), f"{MARK}typed")
                with for_the_moment():
                    answer = browser.post(path, dict.fromkeys(fields, words))
                cells += len(fields)
                page = answer.content.decode()
                out = hostile.judge_html(path, page, MARK)
                out.alive += [f"{answer.status_code}"] if answer.status_code >= 500 else []
                out.alive += hostile.judge_headers(answer) + hostile.raw_markup(page, words, MARK)
                out.alive += [f"{what} was born" for what in out.vocabulary - site if not is_refusal(*what)]
                if answer.status_code in (409, 422) and not is_kept(words, out):
                    out.alive.append(f"lost {words[:60]!r}")
                faults += [f"{path}: {what}" for what in out.alive]
    print(f"{cells} typed words in {len(list(forms()))} forms × {len(rows)} rows; {len(faults)} faults")
    assert faults == [], "\n".join(sorted(set(faults))[:100])
    assert [fault for handler in log_lines for fault in handler.faults()] == []


def is_refusal(tag: str, attribute: str) -> bool:
    """How a page says what was wrong with a form."""
    return tag in ("ul", "li", "p") or attribute in ("aria-invalid", "aria-describedby")


@thorough
def test_no_word_in_an_address_search_or_name_of_a_user_comes_alive(desk, log_lines):
    """What a request carries besides its form: paths, searches, filters, where to go next, and who logs in."""
    browser, caller = Browser(), Caller(desk.desk_chief)
    caller.client.raise_request_exception = False
    browser.force_login(desk.desk_chief)
    stranger = Browser()
    cells, faults = 0, []
    for row in every_row():
        words = filled(row.encode("utf-8", "replace").decode(), f"{MARK}asked")
        path = quote(words.encode(), safe="")
        answers = [
            ("search", browser.get("/admin/factcheck/claim/", {"q": words})),
            ("filter", browser.get("/admin/factcheck/claim/", {"state": words})),
            ("search in the API", caller.client.get(BASE + "claims/", {"search": words})),
            ("filter in the API", caller.client.get(BASE + "claims/", {"state": words, "cursor": words})),
            ("path", browser.get(f"/{path}")),
            ("path in the admin", browser.get(f"/admin/factcheck/claim/{path}/change/")),
            ("path in the API", caller.client.get(f"{BASE}claims/{path}/")),
            ("next", stranger.get("/login/", {"next": words})),
            ("next after a log-in", stranger.get("/admin/login/", {"next": words})),
            ("log-in", stranger.post("/login/", {"username": words, "password": words})),
            ("log-in at the admin", stranger.post("/admin/login/", {"username": words, "password": words})),
            ("log-in at the API", caller.raw("auth/login/", json_of({"username": row, "password": row}))),
            ("body of the API", caller.raw("documents/", json_of({"desk": row, "text": row, row: row}))),
            ("key", caller.post("documents/", {}, **{"Idempotency-Key": path[:100]})),
        ]
        for name, answer in answers:
            cells += 1
            out = judged_answer(name, answer)[0]
            page = answer.content.decode("utf-8", "replace")
            out.alive += hostile.raw_markup(page, words, MARK) if out.kind == "html" else []
            faults += [f"{name}: {what} ({row[:40]!r})" for what in out.alive]
    print(f"{cells} requests; {len(faults)} faults")
    assert faults == [], "\n".join(sorted(set(faults))[:100])
    assert [fault for handler in log_lines for fault in handler.faults()] == []


def json_of(body: dict[str, str]) -> bytes:
    return json.dumps(body).encode()


def test_a_record_of_the_log_is_one_line_whatever_stands_in_it(log_lines, monkeypatch):
    logger, count = logging.getLogger("newsroom.stories"), 0
    monkeypatch.setattr(logger, "propagate", False)  # the runner cannot send on what it captures: lone surrogates
    for handler in log_lines:
        logger.addHandler(handler)
    for row in every_row():
        words = filled(row, f"{MARK}said")
        try:
            raise ValueError(words)
        except ValueError:
            logger.exception("a story could not be printed: %s", words, extra={"user": words})
        logger.warning(words.replace("%", "%%"), extra={"story": words})
        count += 2
    assert [handler.count for handler in log_lines] == [count, count]
    assert [fault for handler in log_lines for fault in handler.faults()] == []
    for handler in log_lines:
        logger.removeHandler(handler)
        assert handler.out.getvalue().count(f"{MARK}said") >= 4 * len(every_row()), "nothing is lost"


def test_a_frozen_report_with_signs_that_no_database_takes_is_a_file_in_every_format(desk):
    """NUL and lone surrogates come in JSON alone: each format says in its own way that there was something."""
    with for_the_moment():
        world = World(desk, [], 0).build()
        for report in world.reports:
            report.data = replaced(report.data, f"{MARK}\0\ud800\ufffe end")
            for form in formats_of(report.kind):
                file = render(report, form)
                out = judged_file(form, file.media_type.split(";")[0], file.body)
                assert out.alive == [], (report.kind, form)
                assert f"{MARK}" in out.seen or form == "claimreview", (report.kind, form)


def replaced(part: Any, words: str) -> Any:
    """The data of a report with other words in place of each planted one."""
    if isinstance(part, dict):
        return {key: replaced(value, words) for key, value in part.items()}
    if isinstance(part, list | tuple):
        return [replaced(value, words) for value in part]
    return words if isinstance(part, str) and MARK in part else part


def test_the_judges_find_what_is_alive():
    """Each judge is shown a bad output and says so: a test that sees nothing proves nothing."""
    page = "<p title='zqm'>zqm</p>"
    assert hostile.judge_html("", page, MARK).alive == []
    for bad in (
        "<p onclick='zqm()'>",
        "<a href='java\tscript:zqm()'>x</a>",
        "<a href='//evil.example/zqm'>x</a>",
        "<script>zqm()</script>",
        "<!-- zqm -->",
        "<input name='zqm'>",
        "<zqm>",
    ):
        assert hostile.judge_html("", page + bad, MARK).alive != [], bad
    assert hostile.judge_csv("", b"a,b\r\nx,\xe2\x80\x8b=1+1\r\n").alive != []
    assert hostile.judge_csv("", b"a,b\r\nx,-5\r\n").alive == []
    assert hostile.judge_claimreview("", b'{"a": "</script>"}').alive != []
    for bad in ("<link>javascript:zqm()</link>", "<description>&lt;b&gt;zqm&lt;/b&gt;</description>", "<zqm/>"):
        assert hostile.judge_feed("", f"<item><title>zqm</title>{bad}</item>".encode(), MARK).alive != [], bad
    assert hostile.judge_feed("", b"<item><description>&amp;lt;zqm&amp;gt;</description></item>", MARK).seen == "<zqm>"
    raw = b"From: a@b.example\nTo: c@d.example\nBcc: e@f.example\nSubject: x\n\nzqm"
    assert hostile.judge_mail("", raw, "c@d.example", MARK)[0].alive == ["the header Bcc"]
    assert not is_kept("zqm <b>bold</b>", Output("", "html", "zqm bold"))
    assert is_kept("zqm001w and much more", Output("", "html", "Title: zqm001w and… next"))
    assert is_kept("zqm032w", Output("", "pdf", "so zqm0\f32w and zqm002w"))
    assert not is_kept("zqm032w", Output("", "pdf", "so zqm031w and zqm002w\fzqm030w"))
    assert not any(map(hostile.is_safe_name, ("../a", "a\u202eb", "con.txt", "", "a\nb", ".a")))
