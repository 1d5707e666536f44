"""Ways to tamper with the history and with what was decided, as somebody can who owns the database but not the key.

Each kind is a function that takes a source of chance, tampers once, and returns the record a finding has to name.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import timedelta
from random import Random
from typing import Any

from django.db import connection
from django.utils import timezone

from factcheck import models
from factcheck.models import Checkpoint, Erasure, Event, EventNote, record_name
from factcheck.reports.deliver import report_hash
from factcheck.workflow import claims, disputes, evidence, judgements, publications, verification
from factcheck.workflow.desks import create_membership, set_policy
from factcheck.workflow.documents import revise_document
from factcheck.workflow.erased_people import erase_person
from factcheck.workflow.history import erase_document
from factcheck.workflow.metadata import update_metadata
from factcheck.workflow.sources import grade_source
from tests.factories import SourceFactory, TopicFactory, UserFactory
from tests.stories import Staff, bring_to, do_jobs, file_text, in_hours

Located = tuple[str, int]
Kind = Callable[[Random], Located]
KINDS: dict[str, Kind] = {}


def kind(function: Kind) -> Kind:
    KINDS[function.__name__] = function
    return function


# The site that is tampered with


def build_site(staff: Staff) -> None:
    """Stories in every state of their lives, and one that was erased."""
    for number in range(2):
        live_through(staff, TopicFactory(), 40 + number)
    erased = file_text("The mill of Velmora lost 12 horses on Monday.", desk=staff.desk, by=staff.editor)
    claims.dismiss_claim(bring_to(erased.claims.first(), "open", staff), by=staff.editor, note="idle")
    publications.publish_document(erased, by=staff.editor, uncleared_reason="the mill burned")
    erase_document(erased, by=staff.desk_chief, note="a court said so")
    create_membership(staff.desk, UserFactory(), "checker", by=staff.desk_chief)
    erase_person(UserFactory(), by=staff.chief_editor, note="they asked for it")
    set_policy(staff.desk, by=staff.desk_chief, threshold=0.4)
    do_jobs()


def live_through(staff: Staff, topic: Any, count: int) -> None:
    """A story is signed off, published, corrected, challenged; others of its topic are waived, dismissed, disputed."""
    desk, editor = staff.desk, staff.editor
    text = f"The council of Torvik said {count} homes were flooded on Monday. At least 17 people were hurt."
    story = file_text(text, desk=desk, by=editor, topic=topic, authors=(staff.auditor,))
    publications.waive_document(story, by=staff.desk_chief, note="breaking")
    first, second = story.claims.order_by("pk")[:2]
    grade_source(source := SourceFactory(), "B", by=staff.desk_chief, reason="it was right before")
    given = evidence.record_evidence(
        bring_to(first, "open", staff), "call", by=staff.checker, note="rang", source=source
    )
    evidence.link_evidence(given, stance="supports", by=staff.checker)
    task = verification.assign_claim(first, staff.checker, by=editor)
    verification.take_up(task, by=staff.checker)
    bring_to(first, "signed_off", staff)
    verification.waive_claim(
        bring_to(second, "open", staff), by=staff.desk_chief, note="no time", expires_at=in_hours(9)
    )
    publications.publish_document(story, by=editor, uncleared_reason="the rivals have it")
    publications.correct_document(story, by=editor, correction_class="update", wording="It was more.")
    verification.challenge_claim(first, by=staff.checker, note="the council says otherwise")
    rival = file_text(
        f"The fire brigade said {count + 25} homes were flooded on Monday.", desk=desk, by=editor, topic=topic
    )
    for pair in models.Discrepancy.objects.filter(state="open", kind="conflict", measure__topic=topic)[:1]:
        disputes.resolve_dispute(pair, "explained", by=editor, note="counted elsewhere")
    claims.dismiss_claim(rival.claims.first(), by=editor, note="idle")
    other = file_text(
        f"Police said {count - 35} barns in Torvik were flooded on Monday.", desk=desk, by=editor, topic=topic
    )
    judgements.judge_figures(rival.figures.first(), other.figures.first(), False, by=editor, note="barns are no homes")
    update_metadata(other, by=editor, authors=(staff.outsider,))
    revise_document(other, f"Police said {count} barns in Torvik were flooded on Monday.".encode(), by=editor)
    do_jobs()


def drop_all_guards() -> None:
    """What the owner of a database can do."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute(
                "SELECT tgname, tgrelid::regclass FROM pg_trigger WHERE NOT tgisinternal AND tgname LIKE 'factcheck_%'"
            )
            statements = [f"DROP TRIGGER {name} ON {table}" for name, table in cursor.fetchall()]
        else:
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'factcheck_%'")
            statements = [f"DROP TRIGGER {name}" for (name,) in cursor.fetchall()]
        for statement in statements:
            cursor.execute(statement)
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")


# What the kinds share


def one_of(chance: Random, rows: Any) -> Any:
    keys = list(rows.order_by("pk").values_list("pk", flat=True))
    return rows.get(pk=chance.choice(keys))


def chain_of(event: Event) -> Any:
    return Event.objects.filter(record=event.record, record_id=event.record_id).order_by("sequence")


def located(event: Event) -> Located:
    return event.record, event.record_id


def remove(rows: Any) -> None:
    """Take events away with their reasons and lists, as raw SQL does."""
    keys = list(rows.values_list("pk", flat=True))
    for model in (EventNote, Erasure):
        model.objects.filter(event__in=keys)._raw_delete("default")
    Event.objects.filter(pk__in=keys)._raw_delete("default")


def recompute(chain: Any) -> None:
    """Number and chain the events of a record anew, so that the chain holds by itself."""
    previous = ""
    for sequence, event in enumerate(list(chain), 1):
        event.sequence, event.previous = sequence, previous
        previous = event.digest = event.computed_digest()
        event.save()


def alter(model: Any, chance: Random, *, among: Any = None, **values: Any) -> Located:
    """Change one column of one row, where it changes anything."""
    column, value = chance.choice(sorted(values.items()))
    rows = model.objects.all() if among is None else among
    row = one_of(chance, rows.exclude(**{column: value}))
    model.objects.filter(pk=row.pk).update(**{column: value})
    return record_name(model), row.pk


def someone(chance: Random) -> int:
    """A person who decided nothing."""
    return chance.choice([UserFactory().pk for _ in range(2)])


# The events themselves


@kind
def tail_cut(chance: Random) -> Located:
    last = one_of(chance, Event.objects.filter(sequence__gt=1))
    chain = list(chain_of(last).values_list("pk", flat=True))
    remove(Event.objects.filter(pk__in=chain[chance.randrange(1, len(chain)) :]))
    return located(last)


@kind
def chain_removed(chance: Random) -> Located:
    event = one_of(chance, Event.objects.all())
    remove(chain_of(event))
    return located(event)


@kind
def chain_removed_with_its_row(chance: Random) -> Located:
    event = one_of(chance, Event.objects.filter(record__in=["verification_task", "evidence", "judgement"]))
    model = {"verification_task": models.VerificationTask, "evidence": models.Evidence}.get(
        event.record, models.Judgement
    )
    remove(chain_of(event))
    model.objects.filter(pk=event.record_id)._raw_delete("default")
    return located(event)


@kind
def event_altered(chance: Random) -> Located:
    values = {"action": "forged", "to_state": "forged", "facts": {"forged": 1}, "at": timezone.now(), "actor": None}
    event = one_of(chance, Event.objects.exclude(actor=None))
    column, value = chance.choice(sorted(values.items()))
    machine = {"machine": "forged"} if column == "actor" else {}
    Event.objects.filter(pk=event.pk).update(**{column: value}, **machine)
    return located(event)


@kind
def event_altered_and_chain_recomputed(chance: Random) -> Located:
    event = one_of(chance, Event.objects.exclude(actor=None))
    column, value = chance.choice(sorted({"action": "forged", "actor": someone(chance)}.items()))
    Event.objects.filter(pk=event.pk).update(**{"actor_id" if column == "actor" else column: value})
    recompute(chain_of(event))
    return located(event)


@kind
def event_removed_and_chain_recomputed(chance: Random) -> Located:
    event = one_of(chance, Event.objects.filter(sequence__gt=1))
    remove(Event.objects.filter(pk=event.pk))
    recompute(chain_of(event))
    return located(event)


@kind
def events_swapped_and_chain_recomputed(chance: Random) -> Located:
    second = one_of(chance, Event.objects.filter(sequence__gt=1))
    first = chain_of(second).get(sequence=second.sequence - 1)
    for event, sequence in ((first, 10_000), (second, first.sequence), (first, second.sequence)):
        Event.objects.filter(pk=event.pk).update(sequence=sequence)
    recompute(chain_of(second))
    return located(second)


@kind
def event_put_in_and_chain_recomputed(chance: Random) -> Located:
    event = one_of(chance, Event.objects.all())
    last = chain_of(event).last()
    event.pk, event.sequence, event.action = -chance.randrange(1, 10_000), last.sequence + 1, "forged"
    event.note_digest, event.previous = "", last.digest
    event.digest = event.computed_digest()
    event.save(force_insert=True)
    return located(event)


@kind
def decided_row_and_its_events_rewritten_together(chance: Random) -> Located:
    """The whole forgery: the row, what the events hold of it, and the chain."""
    claim = one_of(chance, models.Claim.objects.filter(state="dismissed"))
    models.Claim.objects.filter(pk=claim.pk).update(state="waived")
    event = Event.objects.of(claim).last()
    event.to_state, event.decided = "waived", {"claim": {**event.decided["claim"], "state": "waived"}}
    event.save()
    recompute(chain_of(event))
    return located(event)


# Reasons


@kind
def reason_deleted(chance: Random) -> Located:
    note = one_of(chance, EventNote.objects.all())
    EventNote.objects.filter(pk=note.pk)._raw_delete("default")
    return located(note.event)


@kind
def reason_blanked_as_if_erased(chance: Random) -> Located:
    note = one_of(chance, EventNote.objects.exclude(text=""))
    EventNote.objects.filter(pk=note.pk).update(text="", erased_at=timezone.now())
    return located(note.event)


@kind
def reason_blanked_and_listed(chance: Random) -> Located:
    """The blank reason is put on the list of a real erasing."""
    note = one_of(chance, EventNote.objects.exclude(text=""))
    EventNote.objects.filter(pk=note.pk).update(text="", erased_at=timezone.now())
    erasing = Event.objects.get(record="document", action="erase")
    Erasure.objects.create(event=erasing, record="event_note", record_id=note.pk)
    return located(erasing)


@kind
def reason_blanked_and_listed_elsewhere(chance: Random) -> Located:
    """The blank reason is put on a list of an event that erased nothing."""
    note = one_of(chance, EventNote.objects.exclude(text="").exclude(event__action="erase"))
    EventNote.objects.filter(pk=note.pk).update(text="", erased_at=timezone.now())
    Erasure.objects.create(event=note.event, record="event_note", record_id=note.pk)
    return "event_note", note.pk


@kind
def reason_rewritten(chance: Random) -> Located:
    note = one_of(chance, EventNote.objects.exclude(text=""))
    EventNote.objects.filter(pk=note.pk).update(text=f"a favour to the mayor {chance.random()}")
    return located(note.event)


@kind
def reason_rewritten_and_chain_recomputed(chance: Random) -> Located:
    note = one_of(chance, EventNote.objects.exclude(text=""))
    note.text = "a favour to the mayor"
    note.save()
    Event.objects.filter(pk=note.event_id).update(note_digest=note.computed_digest())
    recompute(chain_of(note.event))
    return located(note.event)


@kind
def reason_put_beside_an_event_without_one(chance: Random) -> Located:
    event = one_of(chance, Event.objects.filter(note_digest=""))
    EventNote.objects.create(event=event, salt="s", text="they agreed")
    return located(event)


@kind
def erased_list_cut(chance: Random) -> Located:
    row = one_of(chance, Erasure.objects.all())
    Erasure.objects.filter(pk=row.pk)._raw_delete("default")
    return located(row.event)


# Decided rows


@kind
def state_of_a_claim_altered(chance: Random) -> Located:
    claim = one_of(chance, models.Claim.objects.filter(pk__in=Event.objects.filter(record="claim").values("record_id")))
    state = chance.choice(sorted({"open", "in_review", "signed_off", "dismissed", "waived"} - {claim.state}))
    models.Claim.objects.filter(pk=claim.pk).update(state=state)
    return "claim", claim.pk


@kind
def state_of_an_untouched_claim_altered(chance: Random) -> Located:
    claim = models.Claim.objects.create(document=models.Document.objects.first(), claim_type="figure", text="x")
    models.Claim.objects.filter(pk=claim.pk).update(state=chance.choice(["signed_off", "dismissed", "waived"]))
    return "claim", claim.pk


@kind
def state_of_a_document_altered(chance: Random) -> Located:
    return alter(models.Document, chance, state="in_check", kind="reference", embargo_until=timezone.now())


@kind
def signer_altered(chance: Random) -> Located:
    return alter(models.SignOff, chance, by=someone(chance))


@kind
def sign_off_altered(chance: Random) -> Located:
    values = {"origins": 9, "words_sha256": "0" * 64, "eyes": "two", "attributed_in_copy": True, "at": timezone.now()}
    return alter(models.SignOff, chance, **values)


@kind
def verdict_altered(chance: Random) -> Located:
    values = {"label": "refuted", "by": someone(chance), "note": "forged", "at": timezone.now()}
    return alter(models.Verdict, chance, **values)


@kind
def verdict_removed(chance: Random) -> Located:
    verdict = one_of(chance, models.Verdict.objects.all())
    models.SignOff.objects.filter(verdict=verdict)._raw_delete("default")
    models.Verdict.objects.filter(pk=verdict.pk)._raw_delete("default")
    return "verdict", verdict.pk


@kind
def verdict_put_in(chance: Random) -> Located:
    verdict = one_of(chance, models.Verdict.objects.all())
    verdict.pk, verdict.label = None, chance.choice(["refuted", "outdated"])
    verdict.save()
    return "verdict", verdict.pk


@kind
def waiver_altered(chance: Random) -> Located:
    long = timezone.now() + timedelta(days=chance.randrange(30, 300))
    return alter(models.Waiver, chance, reason="forged", expires_at=long, by=someone(chance), covers=[{"code": "x"}])


@kind
def waiver_blanked_as_if_erased(chance: Random) -> Located:
    return alter(models.Waiver, chance, reason=models.ERASED)


@kind
def waiver_put_in(chance: Random) -> Located:
    waiver = one_of(chance, models.Waiver.objects.all())
    waiver.pk, waiver.reason = None, "forged"
    waiver.save()
    return "waiver", waiver.pk


@kind
def author_removed(chance: Random) -> Located:
    document = one_of(chance, models.Document.objects.exclude(authors=None).distinct())
    document.authors.clear()
    return "document", document.pk


@kind
def author_added(chance: Random) -> Located:
    document = one_of(chance, models.Document.objects.all())
    document.authors.add(someone(chance))
    return "document", document.pk


@kind
def text_of_a_revision_rewritten(chance: Random) -> Located:
    return alter(models.Revision, chance, among=models.Revision.objects.exclude(text=""), text="Nothing happened.")


@kind
def text_of_a_revision_rewritten_with_its_hash(chance: Random) -> Located:
    revision = one_of(chance, models.Revision.objects.exclude(text=""))
    text = f"Nothing happened on day {chance.randrange(1000)}."
    digest = hashlib.sha256(text.encode()).hexdigest()
    models.Revision.objects.filter(pk=revision.pk).update(text=text, text_sha256=digest)
    return "revision", revision.pk


@kind
def text_of_a_revision_blanked_as_if_erased(chance: Random) -> Located:
    revision = one_of(chance, models.Revision.objects.exclude(text=""))
    models.Revision.objects.filter(pk=revision.pk).update(text="", erased_at=timezone.now())
    return "revision", revision.pk


@kind
def bytes_of_a_snapshot_altered(chance: Random) -> Located:
    rows = models.Snapshot.objects.exclude(warc=b"")
    row, other = one_of(chance, rows), one_of(chance, rows)
    data = bytes(other.warc) if other.sha256 != row.sha256 else bytes(row.warc)[:-9] + b"forged"
    models.Snapshot.objects.filter(pk=row.pk).update(warc=chance.choice([data, b"", b"forged"]))
    return "snapshot", row.pk


@kind
def publication_altered(chance: Random) -> Located:
    publication = one_of(chance, models.Publication.objects.exclude(answer={}))
    answer = {**publication.answer, "clear": not publication.answer["clear"], "blockers": []}
    values = chance.choice([{"clear": not publication.clear}, {"answer": answer}, {"answer": {}}])
    models.Publication.objects.filter(pk=publication.pk).update(**values)
    return "publication", publication.pk


@kind
def correction_altered(chance: Random) -> Located:
    return alter(models.Correction, chance, wording="It was right.", correction_class="clarification")


@kind
def checking_work_altered(chance: Random) -> Located:
    return alter(models.VerificationTask, chance, assignee=someone(chance), due_at=timezone.now(), method="expert")


@kind
def evidence_altered(chance: Random) -> Located:
    return alter(models.Evidence, chance, stance="refutes", note="forged", credibility=1, source_use="primary")


@kind
def discrepancy_altered(chance: Random) -> Located:
    rows = models.Discrepancy.objects.filter(state="resolved")
    return alter(models.Discrepancy, chance, among=rows, state="closed", resolved_by=someone(chance))


@kind
def figure_altered(chance: Random) -> Located:
    rows = models.Figure.objects.filter(pk__in=Event.objects.filter(record="figure").values("record_id"))
    state = chance.choice(["found", "dismissed"])
    return alter(models.Figure, chance, among=rows, state=state)


@kind
def figure_number_altered(chance: Random) -> Located:
    """What somebody corrected, or what stood there when somebody acted on it."""
    rows = models.Figure.objects.filter(pk__in=Event.objects.filter(record="figure").values("record_id"))
    return alter(models.Figure, chance, among=rows, value=chance.randint(10**6, 10**7), hedge="over", unit="USD")


@kind
def judgement_altered(chance: Random) -> Located:
    rows = models.Judgement.objects.filter(origin="judged")
    return alter(models.Judgement, chance, among=rows, same=True, state="withdrawn", by=someone(chance))


@kind
def role_altered(chance: Random) -> Located:
    rows = models.Membership.objects.filter(pk__in=Event.objects.filter(record="membership").values("record_id"))
    return alter(models.Membership, chance, among=rows, role="desk_chief", user=someone(chance))


@kind
def erased_person_altered(chance: Random) -> Located:
    return alter(models.ErasedPerson, chance, user=someone(chance))


@kind
def policy_altered(chance: Random) -> Located:
    return alter(models.Policy, chance, threshold=1.0, minimum_origins=1, eyes="two")


@kind
def grade_of_a_source_altered(chance: Random) -> Located:
    return alter(models.Source, chance, among=models.Source.objects.exclude(reliability=""), reliability="A")


@kind
def report_altered(chance: Random) -> Located:
    report = one_of(chance, models.Report.objects.exclude(data={}))
    values = chance.choice([{"data": {**report.data, "title": "forged"}}, {"data": {}, "title": models.ERASED}])
    models.Report.objects.filter(pk=report.pk).update(**values)
    return "report", report.pk


@kind
def report_rewritten_with_its_hash(chance: Random) -> Located:
    report = one_of(chance, models.Report.objects.exclude(data={}))
    data = {**report.data, "title": f"forged {chance.random()}"}
    models.Report.objects.filter(pk=report.pk).update(data=data, sha256=report_hash(data))
    return "report", report.pk


# Checkpoints


@kind
def checkpoint_altered(chance: Random) -> Located:
    row = one_of(chance, Checkpoint.objects.all())
    values = {"marks": row.marks[:-1], "count": row.count + 1, "at": timezone.now(), "digest": "0" * 64}
    column, value = chance.choice(sorted(values.items()))
    Checkpoint.objects.filter(pk=row.pk).update(**{column: value})
    return "checkpoint", row.number


@kind
def checkpoint_removed(chance: Random) -> Located:
    row = one_of(chance, Checkpoint.objects.exclude(number=Checkpoint.objects.latest("number").number))
    Checkpoint.objects.filter(pk=row.pk)._raw_delete("default")
    return "checkpoint", row.number


@kind
def checkpoint_made_without_the_key(chance: Random) -> Located:
    """An event is cut, and the checkpoint over it is made anew under a key of the forger's own."""
    row = one_of(chance, Checkpoint.objects.all())
    gone = chance.choice(row.marks)[0]
    remove(Event.objects.filter(pk=gone))
    row.marks, row.count = [mark for mark in row.marks if mark[0] != gone], row.count - 1
    row.digest = row.computed_digest(b"a key of the forger's own")
    row.save()
    return "checkpoint", row.number


@kind
def newest_events_cut_with_their_checkpoints(chance: Random) -> Located:
    """All that came after a moment is gone, the checkpoints too; a frozen report printed the last of them."""
    report = models.Report.objects.filter(data__checkpoint__number__gt=0).latest("pk")
    kept = chance.randrange(0, report.data["checkpoint"]["number"])
    last = Checkpoint.objects.filter(number=kept).first()
    remove(Event.objects.filter(pk__gt=last.last_event if last else 0))
    Checkpoint.objects.filter(number__gt=kept)._raw_delete("default")
    return "report", report.pk


@kind
def words_of_a_claim_altered(chance: Random) -> Located:
    return alter(models.Claim, chance, among=models.Claim.objects.exclude(text=""), text="Nothing happened.")


@kind
def words_of_a_figure_altered(chance: Random) -> Located:
    rows = models.Figure.objects.exclude(surface="").exclude(anchor_state="orphaned")
    return alter(models.Figure, chance, among=rows, surface="987654")


@kind
def place_of_a_mark_altered(chance: Random) -> Located:
    anchor = one_of(chance, models.Anchor.objects.exclude(exact="").filter(start__gte=1))
    models.Anchor.objects.filter(pk=anchor.pk).update(start=anchor.start - 1)
    return ("claim", anchor.claim_id) if anchor.claim_id else ("figure", anchor.figure_id)


@kind
def title_of_a_text_altered(chance: Random) -> Located:
    rows = models.Document.objects.exclude(pk__in=Erasure.objects.values("event__record_id"))
    return alter(models.Document, chance, among=rows, title="Calm in Torvik", url="https://forged.example/", byline="X")


@kind
def title_of_a_publication_altered(chance: Random) -> Located:
    return alter(models.Publication, chance, among=models.Publication.objects.exclude(answer={}), title="Calm")
