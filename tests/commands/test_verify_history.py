"""Whoever owns the database and not the key tampers with nothing unseen: each way is found, and the record named.

``FACTCHECK_TAMPERINGS`` says how many are tried; a few of each kind where it is not set.
"""

from __future__ import annotations

import os
import tracemalloc
from collections import Counter
from io import StringIO
from random import Random

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.utils import timezone

from factcheck.jobs.checkpoints import write_checkpoint
from factcheck.models import Checkpoint, Event, EventNote, Report
from factcheck.reports.deliver import altered_reports, build_desk_report
from factcheck.workflow.history_checks import verify_history
from tests.commands.tampering import KINDS, build_site, drop_all_guards
from tests.stories import Staff

pytestmark = pytest.mark.django_db

NAMED_AT_MOST = {
    "newest_events_cut_with_their_checkpoints": 1000,
    "tail_cut": 12,
    "chain_removed": 12,
    "event_removed_and_chain_recomputed": 12,
}
"""How many records a finding names: five, more where events of many or many decisions are gone, or that of an erasing,
without which all that it blanked is named too."""
TRIES = int(os.environ.get("FACTCHECK_TAMPERINGS", 2 * len(KINDS)))


@pytest.fixture
def site(staff: Staff) -> Staff:
    build_site(staff)
    keys = list(Event.objects.order_by("pk").values_list("pk", flat=True))
    for place in (len(keys) // 3, len(keys) // 2, len(keys) - 1):
        assert write_checkpoint(keys[place])
    build_desk_report(staff.desk, "overdue", by=staff.desk_chief)
    drop_all_guards()
    return staff


def findings() -> list[tuple[str, int]]:
    return [(row.record, row.record_id) for row in (*verify_history(), *altered_reports())]


class Undo(Exception):
    """Ends a tampering, so that the next one meets the site as it was."""


def test_every_tampering_is_found_and_the_record_named(site):
    assert findings() == []
    found, unseen = Counter(), []
    for number in range(TRIES):
        name = list(KINDS)[number % len(KINDS)]
        with pytest.raises(Undo), transaction.atomic():
            wanted, named = KINDS[name](Random(number)), findings()
            if wanted in named and len(set(named)) <= NAMED_AT_MOST.get(name, 5):
                found[name] += 1
            else:
                unseen.append((name, number, wanted, named[:5]))
            raise Undo
    assert unseen == []
    assert sum(found.values()) == TRIES
    assert findings() == []


def long_history(first: int, count: int) -> None:
    """Many events with reasons, four of each record, and their checkpoints."""
    events, notes, previous = [], [], ""
    for number in range(first, first + count):
        note = EventNote(salt=str(number), text=f"because of {number}")
        sequence = number % 4 + 1
        event = Event(at=timezone.now(), machine="test", record="topic", record_id=number // 4, sequence=sequence)
        event.action, event.note_digest = "change", note.computed_digest()
        event.previous = previous if sequence > 1 else ""
        previous = event.digest = event.computed_digest()
        note.event = event
        events.append(event)
        notes.append(note)
    Event.objects.bulk_create(events, batch_size=500)
    EventNote.objects.bulk_create(notes, batch_size=500)
    while write_checkpoint(Event.objects.latest("pk").pk):
        pass


def peak_of_a_check() -> int:
    tracemalloc.start()
    assert next(verify_history(), None) is None
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak


def test_a_longer_history_takes_no_more_memory(db):
    long_history(0, 2000)
    peak_of_a_check()
    short = peak_of_a_check()
    long_history(2000, 8000)
    assert Event.objects.count() == 10_000
    assert peak_of_a_check() < 1.3 * short


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("verify_history", *arguments, stdout=out)
    return out.getvalue()


def test_the_command_names_each_record_and_fails(site):
    assert f"All {Event.objects.count()} events verify." in run()
    wanted = KINDS["signer_altered"](Random(1))
    out = StringIO()
    with pytest.raises(CommandError, match="1 finding"):
        call_command("verify_history", stdout=out)
    assert out.getvalue().startswith(f"sign_off {wanted[1]}: “by” of the sign off {wanted[1]} is not what event")


def test_a_checkpoint_kept_elsewhere_shows_a_cut_of_everything_since(site):
    last = Checkpoint.objects.latest("number")
    assert f"{last.number}:{last.digest}" in run()
    assert run("--checkpoint", str(last))
    Report.objects.all()._raw_delete("default")
    Event.objects.filter(record="report")._raw_delete("default")
    Checkpoint.objects.filter(pk=last.pk)._raw_delete("default")
    assert run()
    with pytest.raises(CommandError, match="1 finding"):
        run("--checkpoint", str(last))
