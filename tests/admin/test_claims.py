"""Claims in the admin: the queue, the page of one in its sentence, and every action through its button's address."""

import pytest
from django.urls import reverse

from factcheck.admin.kit.claim_context import claim_context
from factcheck.models import Claim, Document, Membership, Policy, Role, SignOff, Verdict, VerificationTask
from factcheck.workflow.crosschecks import compare_measure
from factcheck.workflow.verification import assign_claim
from tests.admin.pages import html_of, page
from tests.factories import AnchorFactory, ClaimFactory
from tests.stories import bring_to, file_text, give_evidence, in_hours, registered, revise_text

TEXT = (
    "The river rose overnight.\n\n"
    "The ministry of Sarvenna said on Tuesday that 1,200 homes were flooded in Larkmoor. Boats came at noon.\n\n"
    "About 40 farms were cut off, the mayor said."
)


@pytest.fixture
def document(people):
    return file_text(TEXT, desk=people.desk, by=people.editor, title="The flood")


@pytest.fixture
def claim(document):
    return document.claims.get(text__contains="1,200")


def do(client, user, claim, action, **data):
    """Press a button as somebody who has just looked at the claim."""
    client.force_login(user)
    claim.refresh_from_db()
    response = client.post(page(claim, action), {"version": claim.version, **data})
    claim.refresh_from_db()
    return response


def content_of(client, user, claim):
    client.force_login(user)
    response = client.get(page(claim))
    assert response.status_code == 200
    return html_of(response)


def test_the_claim_stands_in_its_sentence_between_its_neighbours(client, people, claim):
    content = content_of(client, people.checker, claim)
    assert '<mark>The ministry of Sarvenna said on Tuesday that <mark class="fc-figure">1,200' in content
    assert '<span class="fc-muted">The river rose overnight.</span>' in content
    assert '<span class="fc-muted">Boats came at noon.</span>' in content


def test_a_part_of_a_sentence_is_shown_in_the_whole_of_it(client, people, document):
    response = client.post(
        reverse("admin:factcheck_document_action", args=[document.pk, "add_claim"]),
        {"quote": "40 farms were cut off", "claim_type": "event"},
    )
    assert response.status_code == 302
    content = content_of(client, people.checker, document.claims.get(text="40 farms were cut off"))
    assert 'About <mark><mark class="fc-figure">40' in content
    assert "</mark>, the mayor said." in content


def test_a_sentence_without_end_is_cut_with_a_sign(people):
    text = "so " * 2000 + "said the council of Torvik that 40 homes were flooded " + "and so " * 2000 + "on."
    story = file_text(text, desk=people.desk, by=people.editor)
    claim = ClaimFactory(document=story)
    middle = text.index("40 homes")
    AnchorFactory(revision=story.current_revision, claim=claim, start=middle, end=middle + 8, exact="40 homes")
    shown = claim_context(claim)
    assert (shown.after or shown.tail).endswith("…")
    assert len(shown.before + shown.lead + shown.tail + shown.after) < 9000


def test_from_proposal_to_sign_off_through_the_buttons(client, people, claim):
    assert do(client, people.editor, claim, "accept").status_code == 302
    assert do(client, people.checker, claim, "start").status_code == 302
    give_evidence(claim, by=people.checker, use="primary")
    assert do(client, people.checker, claim, "submit", label="supported", note="They say so.").status_code == 302
    assert claim.state == "in_review"
    assert do(client, people.reviewer, claim, "sign_off", attributed_in_copy="on").status_code == 302
    assert claim.state == "signed_off"
    assert SignOff.objects.get().attributed_in_copy is True
    content = " ".join(content_of(client, people.auditor, claim).split())
    assert f"Signed off by {people.reviewer}" in content
    assert "on revision 1" in content
    assert "submitter, signer and author are three people" in content
    assert "The signer confirmed that the copy says who says it." in content


@pytest.mark.parametrize(
    ("role", "action", "state"),
    [
        ("checker", "accept", "proposed"),
        ("reviewer", "accept", "proposed"),
        ("auditor", "start", "open"),
        ("reviewer", "submit", "in_verification"),
        ("editor", "sign_off", "in_review"),
        ("checker", "return", "in_review"),
        ("reviewer", "recall", "in_review"),
        ("auditor", "challenge", "signed_off"),
        ("editor", "waive", "open"),
        ("checker", "dismiss", "open"),
        ("checker", "assign", "open"),
        ("checker", "split", "open"),
    ],
)
def test_who_may_not_is_told_so_beside_the_form_and_nothing_changes(role, action, state, client, people, claim):
    bring_to(claim, state, people)
    data = {
        "note": "My own reasons.",
        "label": "not_enough_evidence",
        "expires_at": f"{in_hours(2):%Y-%m-%dT%H:%M}",
        "assignee": people.checker.pk,
        "method": "check_figure",
        "parts": "The ministry\n1,200 homes",
    }
    response = do(client, getattr(people, role), claim, action, **data)
    assert response.status_code == 403
    assert b"errornote" in response.content
    assert claim.state == state
    if "note" in response.context["form"].fields:
        assert b"My own reasons." in response.content


def test_who_submitted_is_told_why_somebody_else_must_sign(client, people, claim):
    Membership.objects.create(user=people.checker, desk=people.desk, role=Role.REVIEWER)
    bring_to(claim, "in_review", people)
    content = content_of(client, people.checker, claim)
    assert "You submitted this verdict; someone else must sign it off." in content
    assert page(claim, "sign_off") not in content
    assert do(client, people.checker, claim, "sign_off").status_code == 403
    assert claim.state == "in_review"


def test_two_eyes_let_one_person_submit_and_sign(client, people, claim):
    Policy.objects.update_or_create(desk=people.desk, defaults={"eyes": "two"})
    Membership.objects.create(user=people.checker, desk=people.desk, role=Role.REVIEWER)
    bring_to(claim, "in_review", people)
    assert page(claim, "sign_off") in content_of(client, people.checker, claim)
    assert do(client, people.checker, claim, "sign_off").status_code == 302
    assert "Two eyes" in content_of(client, people.auditor, claim)


def test_an_author_is_told_why_they_may_not_sign(client, people, document, claim):
    bring_to(claim, "in_review", people)
    document.authors.add(people.reviewer)
    assert "An author of the document may not decide this." in content_of(client, people.reviewer, claim)
    assert do(client, people.reviewer, claim, "sign_off").status_code == 403


def test_whose_edit_changed_the_words_may_not_sign(client, people, document, claim):
    claim.words_changed_by = people.reviewer
    claim.save()
    bring_to(claim, "in_review", people)
    assert "You last changed these words" in content_of(client, people.reviewer, claim)


def test_a_checker_sees_that_signing_is_for_reviewers(client, people, claim):
    bring_to(claim, "in_review", people)
    assert "This needs the role reviewer or desk chief on the desk." in content_of(client, people.checker, claim)


def test_supported_without_evidence_is_refused_beside_what_was_typed(client, people, claim):
    bring_to(claim, "in_verification", people)
    response = do(client, people.checker, claim, "submit", label="supported", note="I know it.")
    assert response.status_code == 422
    assert "needs 2 independent origins or one primary source; this has 0." in response.content.decode()
    assert "I know it." in response.content.decode()
    assert not Verdict.objects.exists()


def test_a_form_that_says_nothing_is_no_act(client, people, claim):
    bring_to(claim, "in_verification", people)
    for action in ("submit", "dismiss"):
        assert do(client, people.desk_chief, claim, action).status_code == 422
    assert claim.state == "in_verification"


def test_an_act_on_an_older_version_is_refused(client, people, claim):
    bring_to(claim, "open", people)
    client.force_login(people.editor)
    response = client.post(page(claim, "dismiss"), {"version": claim.version - 1, "note": "Idle."})
    assert response.status_code == 409
    assert b"changed since you opened it" in response.content
    assert client.post(page(claim, "dismiss"), {"note": "Idle."}).status_code == 409
    claim.refresh_from_db()
    assert claim.state == "open"


def test_a_verdict_is_returned_with_its_reason_or_taken_back(client, people, claim):
    bring_to(claim, "in_review", people)
    assert do(client, people.reviewer, claim, "return", note="Ring them again.").status_code == 302
    assert claim.state == "in_verification"
    bring_to(claim, "in_review", people)
    assert do(client, people.checker, claim, "recall").status_code == 302
    assert claim.state == "in_verification"


def test_why_a_claim_went_stale_stands_at_the_top(client, people, claim):
    bring_to(claim, "signed_off", people)
    assert do(client, people.checker, claim, "challenge", note="They corrected it at noon.").status_code == 302
    content = content_of(client, people.checker, claim)
    assert content.index("They corrected it at noon.") < content.index('id="fc-sentence"')
    assert "It holds no longer." in content


def test_a_new_word_makes_it_stale_and_the_page_says_which_kind(client, people, document, claim):
    bring_to(claim, "signed_off", people)
    revise_text(document, TEXT.replace("1,200", "1,400"), by=people.editor)
    claim.refresh_from_db()
    assert claim.state == "stale"
    assert claim.stale_reason in content_of(client, people.checker, claim)


def test_a_waiver_needs_a_chief_a_reason_and_an_end(client, people, claim):
    bring_to(claim, "open", people)
    assert do(client, people.desk_chief, claim, "waive", note="Breaking.").status_code == 422
    past = f"{in_hours(-2):%Y-%m-%dT%H:%M}"
    assert do(client, people.desk_chief, claim, "waive", note="Breaking.", expires_at=past).status_code == 422
    later = f"{in_hours(5):%Y-%m-%dT%H:%M}"
    assert do(client, people.desk_chief, claim, "waive", note="Breaking.", expires_at=later).status_code == 302
    assert claim.state == "waived"
    assert "Breaking." in content_of(client, people.editor, claim)
    assert do(client, people.editor, claim, "reopen").status_code == 302
    assert claim.state == "open"


def test_a_claim_is_split_in_its_own_words(client, people, claim):
    bring_to(claim, "open", people)
    assert do(client, people.editor, claim, "split", parts="The ministry\nwords of nobody").status_code == 422
    parts = "The ministry of Sarvenna said on Tuesday\n1,200 homes were flooded"
    assert do(client, people.editor, claim, "split", parts=parts).status_code == 302
    part = claim.parts.get(text="1,200 homes were flooded")
    content = content_of(client, people.editor, part)
    assert "The claim is this part of it: <strong>1,200 homes were flooded</strong>" in content


def test_a_lost_claim_is_placed_by_a_person(client, people, document, claim):
    bring_to(claim, "open", people)
    revise_text(document, "Nothing is known of Larkmoor yet. Some 900 barns were wet.", by=people.editor)
    claim.refresh_from_db()
    assert claim.anchor_state == "orphaned"
    assert "It no longer stands in the text" in content_of(client, people.editor, claim)
    assert do(client, people.editor, claim, "place", quote="not there").status_code == 422
    assert do(client, people.editor, claim, "place").status_code == 422
    assert do(client, people.editor, claim, "place", quote="Some 900 barns were wet.").status_code == 302
    assert claim.text == "Some 900 barns were wet."


def test_a_doubtful_claim_offers_the_places_found(client, people, document, claim):
    bring_to(claim, "open", people)
    sentence = "The ministry of Sarvenna said on Tuesday that 1,200 homes were flooded in Larkmoor."
    revise_text(document, f"{sentence}\n\nSnow fell.\n\n{sentence}", by=people.editor)
    claim.refresh_from_db()
    assert claim.anchor_state == "ambiguous"
    client.force_login(people.editor)
    places = [value for value, _ in client.get(page(claim, "place")).context["form"].fields["where"].choices]
    assert len(places) == 3, "two places, or elsewhere"
    assert do(client, people.editor, claim, "place", where="2-0-4").status_code == 422
    assert do(client, people.editor, claim, "place", where=places[1]).status_code == 302
    assert claim.anchor_state == "moved"
    assert claim.anchors.get(revision__number=2).start > 0


def test_work_is_given_to_somebody_who_may_do_it(client, people, claim):
    bring_to(claim, "open", people)
    client.force_login(people.editor)
    offered = set(client.get(page(claim, "assign")).context["form"].fields["assignee"].queryset)
    assert people.checker in offered
    assert not offered & {people.auditor, people.service, people.outsider, people.reviewer}
    data = {"assignee": people.outsider.pk, "method": "check_figure"}
    assert do(client, people.editor, claim, "assign", **data).status_code == 422
    data = {"assignee": people.checker.pk, "method": "ring_the_source", "due_at": f"{in_hours(3):%Y-%m-%dT%H:%M}"}
    assert do(client, people.editor, claim, "assign", **data).status_code == 302
    work = VerificationTask.objects.get()
    assert (work.assignee, work.method, work.state) == (people.checker, "ring_the_source", "assigned")


def test_comparable_figures_stand_beside_it_as_far_as_one_may_see_them(client, people, document, claim):
    figure = claim.document.figures.get(surface__contains="1,200")
    seen_by_nobody = file_text(
        "The ministry of Sarvenna said on Tuesday that 3,900 homes were flooded in Larkmoor.",
        desk=type(people)().desk,
        by=people.chief_editor,
        title="Of another desk",
    )
    beside = file_text(
        "Rescuers said on Tuesday that 1,900 homes were flooded in Larkmoor.",
        desk=people.desk,
        by=people.editor,
        title="The other paper",
    )
    for other in (seen_by_nobody, beside):
        other.figures.update(measure=figure.measure)
    compare_measure(figure.measure)
    claim.figures.update(claim=None)
    bring_to(claim, "open", people)
    content = content_of(client, people.checker, claim)
    assert "The other paper" in content
    assert "1,900 homes" in content
    assert "3,900" not in content
    assert "Of another desk" not in content


def test_the_count_of_origins_and_what_the_desk_asks_for(client, people, claim):
    bring_to(claim, "in_verification", people)
    agency, paper = registered("Nordwire"), registered("The Vell Post")
    give_evidence(claim, by=people.checker, source=agency)
    give_evidence(claim, by=people.checker, source=paper, derived_from_source=agency)
    content = " ".join(content_of(client, people.checker, claim).split())
    assert "<strong>1 independent origin</strong> supports it: Nordwire." in content
    assert "asks for 2 independent origins or one primary source" in content
    give_evidence(claim, by=people.checker, source=paper)
    assert "<strong>2 independent origins</strong> support it: Nordwire, The Vell Post." in content_of(
        client, people.checker, claim
    )


# the queue
def queue(client, user, **query):
    client.force_login(user)
    response = client.get(reverse("admin:factcheck_claim_changelist"), query)
    assert response.status_code == 200
    return response


def listed(response):
    return [row.pk for row in response.context["cl"].result_list]


def test_the_queue_puts_the_next_deadline_first_then_what_is_worth_checking(client, people, document):
    rows = list(document.claims.order_by("-checkworthiness", "pk"))
    assert listed(queue(client, people.checker)) == [row.pk for row in rows]
    last = bring_to(rows[-1], "open", people)
    assign_claim(last, people.checker, by=people.editor, due_at=in_hours(-1))
    response = queue(client, people.checker)
    assert listed(response)[0] == last.pk
    assert "overdue" in response.content.decode()
    assert str(people.checker) in response.content.decode()


def test_the_queue_is_searched_and_filtered(client, people, document, claim):
    bring_to(claim, "open", people)
    assign_claim(claim, people.checker, by=people.editor, due_at=in_hours(-1))
    for query in ({"q": "ministry of Sarvenna"}, {"state__exact": "open"}, {"work": "mine"}, {"work": "overdue"}):
        assert listed(queue(client, people.checker, **query)) == [claim.pk], query
    assert claim.pk not in listed(queue(client, people.checker, work="nobody"))
    assert listed(queue(client, people.editor, work="mine")) == []
    assert listed(queue(client, people.checker, desk="nonsense")) != []


def test_the_filter_names_the_desks_one_may_see_only(client, people, document):
    hidden = type(people)().desk
    second = type(people)().desk
    Membership.objects.create(user=people.checker, desk=second, role=Role.CHECKER)
    content = queue(client, people.checker).content.decode()
    assert second.name in content
    assert hidden.name not in content
    assert listed(queue(client, people.checker, desk=second.pk)) == []


def chosen(client, claims, action, **data):
    """Actions on several, as somebody who has just looked at the list."""
    rows = [f"{row.pk}.{row.version}" for row in Claim.objects.filter(pk__in=[row.pk for row in claims])]
    return client.post(
        reverse("admin:factcheck_claim_changelist"), {"action": action, "_selected_action": rows, "index": 0, **data}
    )


def test_many_are_accepted_dismissed_or_given_out_at_once(client, people, document):
    rows = list(document.claims.all())
    client.force_login(people.editor)
    chosen(client, rows, "accept")
    assert set(document.claims.values_list("state", flat=True)) == {"open"}
    asked = chosen(client, rows, "assign")
    assert asked.status_code == 200, "it asks to whom"
    chosen(client, rows, "assign", confirmed=1, assignee=people.checker.pk, method="check_figure")
    assert VerificationTask.objects.count() == len(rows)
    assert chosen(client, rows, "dismiss", confirmed=1).status_code == 422, "it asks why"
    chosen(client, rows, "dismiss", confirmed=1, note="Not ours.")
    assert set(document.claims.values_list("state", flat=True)) == {"dismissed"}


def test_what_is_refused_of_many_is_counted_with_its_reason(client, people, document):
    rows = list(document.claims.all())
    bring_to(rows[0], "open", people)
    client.force_login(people.editor)
    data = client.post(
        reverse("admin:factcheck_claim_changelist"),
        {"action": "accept", "_selected_action": [f"{row.pk}.{row.version}" for row in rows], "index": 0},
        follow=True,
    ).content.decode()
    assert f"Accept: {len(rows) - 1} done." in data
    assert "Accept: 1 refused." in data


@pytest.mark.parametrize("role", ["outsider", "superuser"])
def test_who_belongs_to_no_desk_sees_nothing(role, client, people, claim):
    client.force_login(getattr(people, role))
    assert client.get(page(claim)).status_code == 403
    assert client.post(page(claim, "accept"), {"version": claim.version}).status_code == 403


def test_words_from_outside_are_escaped(client, people):
    hostile = "<script>alert(1)</script> said 5,000 homes burned in </mark> Larkmoor on Tuesday."
    document = file_text(hostile, desk=people.desk, by=people.editor, title="</h1><b>x")
    for claim in document.claims.all():
        content = content_of(client, people.checker, claim)
        assert "<script>alert" not in content
        assert "</h1><b>" not in content


def test_a_claim_whose_words_were_erased_is_still_shown(client, people, claim):
    claim.anchors.all().delete()
    claim.text = ""
    claim.save()
    assert "its words were erased" in content_of(client, people.editor, claim)


def test_a_withdrawn_document_keeps_its_claims_to_be_read(client, people, document, claim):
    Document.objects.filter(pk=document.pk).update(state="withdrawn")
    assert "1,200" in content_of(client, people.auditor, claim)
