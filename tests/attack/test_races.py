"""Who is a moment faster gains nothing: people and workers act on one claim or document at the same moment.

After each race nobody met an error, the history holds, no claim is signed off on other words than were signed, and
nothing went out as clear that was not. ``FACTCHECK_RACES`` says how many are run; one of each kind where it is not set.
"""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Callable, Iterator
from random import Random

import pytest
from django.db import connection

from factcheck.models import Claim, Document, Membership, VerificationTask
from factcheck.workflow.history_checks import verify_history
from factcheck.workflow.rechecks import recheck_documents
from factcheck.workflow.verification import submit_verdict, waive_claim
from tests.factories import TopicFactory
from tests.stories import Staff, bring_to, clear_document, file_text, give_evidence, in_hours

from .racing import (
    Outcome,
    after,
    broken_by,
    broken_in,
    committing_database,
    do_all_work,
    race,
    request_of,
    worker,
)

HOMES = "The council of Torvik said 40 homes were flooded on Monday."
REWORDED = "The council of Torvik said 60 homes were flooded on Monday."
OTHERS = "The fire brigade of Torvik said 60 homes were flooded on Monday."
SECOND = 1 / 3600
RACES: dict[str, Callable[[Staff, Random], list[Outcome]]] = {}
"""By its name: a race from its first record to what came of it."""


def kind(function: Callable[[Staff, Random], list[Outcome]]) -> Callable[[Staff, Random], list[Outcome]]:
    RACES[function.__name__] = function
    return function


@pytest.fixture(scope="module")
def database(django_db_blocker, tmp_path_factory) -> Iterator[None]:
    with django_db_blocker.unblock(), committing_database(tmp_path_factory.mktemp("races")):
        yield


def filed(staff: Staff, text: str = HOMES, **known) -> tuple[Document, Claim]:
    document = file_text(text, desk=staff.desk, by=staff.editor, **known)
    return document, document.claims.get()


def in_review(staff: Staff) -> tuple[Document, Claim]:
    document, claim = filed(staff)
    return document, bring_to(claim, "in_review", staff)


def cleared(staff: Staff, **known) -> tuple[Document, Claim]:
    document, claim = filed(staff, **known)
    clear_document(document, staff)
    do_all_work()
    document.refresh_from_db()
    return document, claim


def signing(claim: Claim, by, **sent) -> Callable[[], Outcome]:
    return request_of(by, f"claims/{claim.pk}/sign_off/", **sent)


def publishing(document: Document, by) -> Callable[[], Outcome]:
    return request_of(by, f"documents/{document.pk}/publish/")


def winners(outcomes: list[Outcome]) -> int:
    return sum(row.won for row in outcomes)


@kind
def two_reviewers_sign_one_claim(staff, chance):
    _, claim = in_review(staff)
    outcomes = race(chance, signing(claim, staff.reviewer), signing(claim, staff.desk_chief))
    assert winners(outcomes) == 1
    return outcomes


@kind
def a_claim_is_signed_while_its_words_are_revised(staff, chance):
    document, claim = in_review(staff)
    assert request_of(staff.editor, f"documents/{document.pk}/revise/", {"text": REWORDED})().won
    outcomes = race(chance, signing(claim, staff.reviewer), after(chance.random() * 0.15, worker))
    do_all_work()
    claim.refresh_from_db()
    assert claim.state in ("in_verification", "stale")
    return outcomes


@kind
def a_claim_is_signed_while_another_reviewer_returns_it(staff, chance):
    _, claim = in_review(staff)
    returning = request_of(staff.desk_chief, f"claims/{claim.pk}/return/", {"note": "call them again"})
    outcomes = race(chance, signing(claim, staff.reviewer), returning)
    assert winners(outcomes) == 1
    return outcomes


@kind
def a_claim_is_signed_while_its_evidence_is_withdrawn(staff, chance):
    _, claim = filed(staff)
    bring_to(claim, "in_verification", staff)
    evidence = give_evidence(claim, by=staff.checker, use="primary", accepted_by=staff.desk_chief)
    submit_verdict(claim, "supported", by=staff.checker)
    withdrawing = request_of(staff.checker, f"evidence/{evidence.pk}/withdraw/", {"note": "they take it back"})
    return race(chance, signing(claim, staff.reviewer), withdrawing)


@kind
def a_claim_is_signed_while_its_evidence_is_rejected(staff, chance):
    _, claim = in_review(staff)
    evidence = claim.evidence.get()
    rejecting = request_of(staff.desk_chief, f"evidence/{evidence.pk}/assess/", {"accepted": False, "note": "hearsay"})
    return race(chance, signing(claim, staff.reviewer), rejecting)


@kind
def a_claim_is_signed_while_a_figure_of_it_is_dismissed(staff, chance):
    _, claim = in_review(staff)
    figure = claim.figures.get()
    dismissing = request_of(staff.editor, f"figures/{figure.pk}/dismiss/", {"note": "background"})
    return race(chance, signing(claim, staff.reviewer), dismissing)


@kind
def a_claim_is_signed_while_it_is_waived(staff, chance):
    _, claim = in_review(staff)
    body = {"note": "breaking", "expires_at": in_hours(1).isoformat()}
    outcomes = race(
        chance, signing(claim, staff.reviewer), request_of(staff.desk_chief, f"claims/{claim.pk}/waive/", body)
    )
    assert winners(outcomes) == 1
    return outcomes


@kind
def a_role_is_taken_while_its_person_signs(staff, chance):
    _, claim = in_review(staff)
    membership = Membership.objects.get(user=staff.reviewer, role="reviewer")
    removing = request_of(staff.desk_chief, f"memberships/{membership.pk}/remove/")
    outcomes = race(chance, signing(claim, staff.reviewer), removing)
    assert outcomes[1].won
    return outcomes


@kind
def two_editors_publish_one_document(staff, chance):
    document, _ = cleared(staff)
    outcomes = race(chance, publishing(document, staff.editor), publishing(document, staff.desk_chief))
    assert (winners(outcomes), document.publications.count()) == (1, 1)
    return outcomes


@kind
def a_document_is_published_while_a_sign_off_is_challenged(staff, chance):
    document, claim = cleared(staff)
    challenging = request_of(staff.checker, f"claims/{claim.pk}/challenge/", {"note": "a reader wrote in"})
    outcomes = race(chance, publishing(document, staff.editor), challenging)
    assert outcomes[1].won
    return outcomes


@kind
def a_document_is_published_while_a_waiver_ends(staff, chance):
    document, claim = filed(staff)
    waive_claim(claim, by=staff.desk_chief, note="breaking", expires_at=in_hours(SECOND))
    clear_document(document, staff)
    do_all_work()
    left = (claim.waivers.get().expires_at - in_hours(0)).total_seconds()
    moment = max(0.0, left - chance.random() * 0.2)
    publishers = [after(moment, publishing(document, by)) for by in (staff.editor, staff.desk_chief)]
    outcomes = race(chance, *publishers)
    assert winners(outcomes) <= 1
    time.sleep(max(0.0, (claim.waivers.get().expires_at - in_hours(0)).total_seconds()))
    recheck_documents([document.pk])  # as the sweep does every hour: people are told of the waiver that ran out
    return outcomes


@kind
def a_document_is_published_while_a_dispute_opens(staff, chance):
    topic = TopicFactory()
    document, _ = cleared(staff, topic=topic)
    file_text(OTHERS, desk=staff.desk, by=staff.editor, kind="coverage", topic=topic, publisher_name="Mail", read=False)
    outcomes = race(chance, after(chance.random() * 0.3, publishing(document, staff.editor)), worker)
    do_all_work()
    document.refresh_from_db()
    published = document.publications.first()
    if published is None:
        assert outcomes[0].code == "not_cleared"
    else:
        assert published.clear
        assert document.clear is False, "people are told of a dispute that opened after it went out"
    return outcomes


@kind
def one_claim_is_assigned_twice(staff, chance):
    _, claim = filed(staff)
    bring_to(claim, "open", staff)
    body = {"assignee": staff.checker.username}
    outcomes = race(
        chance,
        *(
            request_of(by, f"claims/{claim.pk}/assign/", body, version=claim.version)
            for by in (staff.editor, staff.desk_chief)
        ),
    )
    assert (winners(outcomes), VerificationTask.objects.filter(claim=claim).count()) == (1, 1)
    return outcomes


@kind
def one_request_is_sent_twice_at_once_under_its_key(staff, chance):
    _, claim = in_review(staff)
    key = {"Idempotency-Key": f"sign-{claim.pk}"}
    outcomes = race(chance, *(signing(claim, staff.reviewer, **key) for _ in range(2)))
    assert winners(outcomes) in (1, 2)
    replayed = [row.answer.get("Idempotency-Replayed") for row in outcomes if row.won]
    assert replayed.count("true") == winners(outcomes) - 1
    assert {row.code for row in outcomes if not row.won} <= {"idempotency_key_under_way"}
    assert claim.verdicts.get().sign_offs.count() == 1
    return outcomes


TRIES = -(-int(os.environ.get("FACTCHECK_RACES", len(RACES))) // len(RACES))
"""How often each kind is run."""


@pytest.mark.parametrize("name", RACES)
def test_whoever_is_faster_the_rules_hold(name, database):
    seen: Counter[str] = Counter()
    broken: list[str] = []
    for number in range(TRIES):
        staff = Staff()
        outcomes = RACES[name](staff, Random(number))
        do_all_work()
        broken += [f"race {number}: {what}" for what in (*broken_by(outcomes), *broken_in(staff.desk))]
        seen[" and ".join("done" if row.won else row.code for row in outcomes)] += 1
    print(f"{TRIES} races on {connection.vendor}: {name}: {dict(seen)}")
    assert broken == []
    assert not list(verify_history())
