"""The registry of sources in the hands of people: changed, graded, entrusted."""

from __future__ import annotations

import pytest

from factcheck.actors import Machine
from factcheck.errors import Invalid, NotAllowed, StaleRevision
from factcheck.models import Event, Membership, Source
from factcheck.workflow.desks import add_member, remove_member
from factcheck.workflow.sources import change_source, grade_source, grant_access, open_name, record_source
from tests.factories import TopicFactory
from tests.stories import Staff, person, registered

pytestmark = pytest.mark.django_db


@pytest.fixture
def paper(staff: Staff) -> Source:
    return record_source(
        "The Torvik Mail", "media", desk=staff.desk, by=staff.checker, aliases=["Mail"], domains=["mail.example"]
    )


@pytest.fixture
def hidden(staff: Staff) -> Source:
    return record_source("Jon Vale", "eyewitness", desk=staff.desk, by=staff.checker, confidential=True)


def code_of(action, *args, error=Invalid, **kwargs):
    with pytest.raises(error) as refusal:
        action(*args, **kwargs)
    return refusal.value.code


# Grades


def test_an_editor_grades_a_source_and_says_why(paper, staff):
    grade_source(paper, "B", by=staff.editor, reason=" Corrected twice last year. ", version=paper.version)
    assert (paper.reliability, paper.reliability_reason, paper.version) == ("B", "Corrected twice last year.", 2)
    event = Event.objects.of(paper).last()
    assert (event.action, event.facts, event.note.text) == (
        "grade",
        {"from": "", "to": "B"},
        "Corrected twice last year.",
    )


@pytest.mark.parametrize("role", ["checker", "reviewer", "auditor", "service", "outsider", "superuser"])
def test_nobody_below_an_editor_grades(paper, staff, role):
    assert code_of(grade_source, paper, "A", by=getattr(staff, role), reason="x", error=NotAllowed) == "role_missing"


def test_the_machine_never_grades_nor_opens_a_name(paper, hidden):
    by = Machine("sweep")
    assert code_of(grade_source, paper, "A", by=by, reason="x", error=NotAllowed) == "machine_may_not"
    assert code_of(open_name, hidden, by=by, error=NotAllowed) == "machine_may_not"


def test_a_grade_without_reason_or_outside_the_scale_is_refused(paper, staff):
    assert code_of(grade_source, paper, "B", by=staff.editor, reason=" ") == "reason_missing"
    assert code_of(grade_source, paper, "B", by=staff.editor, reason="x" * 501) == "reason_too_long"
    for grade in ("G", "", "AB", "a"):
        assert code_of(grade_source, paper, grade, by=staff.editor, reason="why") == "reliability_unknown"
    paper.refresh_from_db()
    assert (paper.reliability, paper.version) == ("", 1)


def test_a_grade_given_on_an_old_version_is_refused(paper, staff):
    seen = paper.version
    change_source(paper, by=staff.checker, country="NO")
    assert code_of(grade_source, paper, "A", by=staff.editor, reason="x", version=seen, error=StaleRevision)


# Changes


def test_a_new_name_keeps_the_old_ones_that_copy_still_uses(paper, staff):
    change_source(paper, by=staff.checker, version=1, name="The Torvik Post", country="NO")
    assert (paper.name, paper.country, paper.version) == ("The Torvik Post", "NO", 2)
    for name in ("The Torvik Post", "torvik mail", "Mail"):
        assert Source.objects.named(name) == paper
    assert Event.objects.of(paper).last().facts == {"changed": ["country", "name"]}


def test_aliases_and_domains_are_replaced_as_a_whole(paper, staff):
    change_source(paper, by=staff.checker, aliases=["Evening Mail"], domains=["evening.example"])
    assert set(paper.names.values_list("name", flat=True)) == {"The Torvik Mail", "Evening Mail"}
    assert Source.objects.at_host("www.evening.example") == paper
    assert Source.objects.named("Mail") is None
    assert Source.objects.at_host("mail.example") is None


def test_an_interest_in_a_topic_is_entered(paper, staff):
    topic = TopicFactory()
    change_source(paper, by=staff.checker, party_to=[topic])
    assert list(paper.party_to.all()) == [topic]


def test_what_is_not_named_stays(paper, staff):
    owner = registered("Fjord Holding")
    change_source(paper, by=staff.checker, owner=owner)
    change_source(paper, by=staff.checker, kind="ngo")
    assert (paper.owner, paper.kind, paper.names.count(), paper.domains.count()) == (owner, "ngo", 2, 1)
    change_source(paper, by=staff.checker, owner=None)
    assert paper.owner is None


def test_owners_in_a_circle_are_refused(paper, staff):
    middle, top = registered("Middle"), registered("Top")
    change_source(paper, by=staff.checker, owner=middle)
    change_source(middle, by=staff.checker, owner=top)
    for source, owner in ((paper, paper), (top, paper), (middle, paper)):
        assert code_of(change_source, source, by=staff.checker, owner=owner) == "owner_circle"


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"name": "Herald of Velmora"}, "source_known"),
        ({"aliases": ["the herald OF velmora"]}, "source_known"),
        ({"domains": ["herald.example"]}, "source_known"),
        ({"domains": ["mail.x.com"]}, "domain_platform"),
        ({"domains": ["https://mail.example/"]}, "domain_invalid"),
        ({"kind": "pub"}, "kind_unknown"),
        ({"country": "Norway"}, "country_unknown"),
        ({"name": "  "}, "name_missing"),
        ({"name": "x" * 201}, "name_too_long"),
        ({"name": "Half \ud83d"}, "text_unusable"),
    ],
)
def test_a_change_that_cannot_be_taken_changes_nothing(paper, staff, values, code):
    registered("Herald of Velmora", domains=("herald.example",))
    assert code_of(change_source, paper, by=staff.checker, **{"country": "NO", **values}) == code
    paper.refresh_from_db()
    assert (paper.name, paper.country, paper.version) == ("The Torvik Mail", "", 1)
    assert set(paper.names.values_list("name", flat=True)) == {"The Torvik Mail", "Mail"}
    assert Event.objects.of(paper).count() == 1


def test_a_stale_change_is_refused(paper, staff):
    change_source(paper, by=staff.checker, version=1, country="NO")
    assert code_of(change_source, paper, by=staff.editor, version=1, country="SE", error=StaleRevision)
    assert Source.objects.get(pk=paper.pk).country == "NO"


@pytest.mark.parametrize("role", ["reviewer", "auditor", "service", "outsider", "superuser"])
def test_these_do_not_change_the_registry(paper, staff, role):
    assert code_of(change_source, paper, by=getattr(staff, role), country="NO", error=NotAllowed) == "role_missing"


# Confidential names


def test_a_name_is_open_to_the_chief_of_the_desk_that_entered_it_and_to_who_is_named(hidden, staff):
    assert open_name(hidden, by=staff.desk_chief) == "Jon Vale"
    for who in (staff.editor, staff.checker, staff.chief_editor, staff.superuser, Staff().desk_chief):
        assert code_of(open_name, hidden, by=who, error=NotAllowed) == "name_encrypted"
    grant_access(hidden, [staff.editor], by=staff.desk_chief, version=hidden.version)
    assert open_name(hidden, by=staff.editor) == "Jon Vale"
    openings = Event.objects.of(hidden).filter(action="open_name")
    assert [row.actor for row in openings] == [staff.desk_chief, staff.editor]


def test_a_confidant_who_left_does_not_open_the_name(hidden, staff):
    grant_access(hidden, [staff.editor], by=staff.desk_chief)
    staff.editor.is_active = False
    staff.editor.save()
    assert code_of(open_name, hidden, by=staff.editor, error=NotAllowed) == "name_encrypted"
    grant_access(hidden, [staff.reviewer], by=staff.desk_chief)
    remove_member(Membership.objects.get(user=staff.reviewer), by=staff.desk_chief)
    assert code_of(open_name, hidden, by=staff.reviewer, error=NotAllowed) == "name_encrypted"


def test_a_chief_editor_neither_entrusts_the_name_to_himself_nor_makes_himself_chief_there(hidden, staff):
    chief = staff.chief_editor
    assert code_of(grant_access, hidden, [chief], by=chief, error=NotAllowed) == "role_missing"
    assert code_of(add_member, staff.desk, chief, "desk_chief", by=chief, error=NotAllowed) == "own_role"
    grant_access(hidden, [chief], by=staff.desk_chief)
    assert open_name(hidden, by=chief) == "Jon Vale"


def test_who_was_entrusted_and_who_opened_is_told_to_those_who_may_open(hidden, staff):
    grant_access(hidden, [staff.editor], by=staff.desk_chief)
    open_name(hidden, by=staff.editor)
    second = person("desk_chief", staff.desk)
    strangers = (staff.checker, staff.chief_editor, staff.auditor, Staff().desk_chief)
    actions = {
        who: [row.action for row in Event.objects.of(hidden).without_confidential_access(who)]
        for who in (second, staff.editor, *strangers)
    }
    assert actions.pop(second) == actions.pop(staff.editor) == ["record", "grant_access", "open_name"]
    assert set(map(tuple, actions.values())) == {("record",)}
    assert not any(Event.objects.visible_to(who).filter(action="grant_access").exists() for who in strangers)


def test_what_is_said_of_a_confidential_source_is_changed_and_graded_at_home_only(hidden, paper, staff):
    for who in (staff.checker, Staff().editor, Staff().desk_chief):
        for values in ({"kind": "military"}, {"country": "RU"}, {"owner": paper}, {"party_to": []}):
            assert code_of(change_source, hidden, by=who, error=NotAllowed, **values) == "role_missing"
        assert code_of(grade_source, hidden, "A", by=who, reason="trusted", error=NotAllowed) == "role_missing"
    change_source(hidden, by=staff.editor, owner=paper)
    grade_source(hidden, "B", by=staff.desk_chief, reason="was right twice")
    assert (hidden.owner, hidden.reliability) == (paper, "B")


def test_a_confidential_source_is_entered_under_its_code_whatever_slug_was_said(staff):
    told = {"desk": staff.desk, "by": staff.checker, "confidential": True}
    source = record_source("Jon Vale", "eyewitness", slug="jon-vale", **told)
    assert source.slug == source.name
    for stranger in (staff.outsider, staff.service):
        assert (
            code_of(record_source, "Ola Vind", "eyewitness", people_with_access=[stranger], **told)
            == "person_not_on_desk"
        )
    assert not Source.objects.filter(slug="jon-vale").exists()
    assert Source.objects.count() == 1


def test_confidants_are_named_by_the_chief_of_that_desk(hidden, paper, staff):
    for who in (staff.editor, staff.reviewer, staff.outsider, Staff().desk_chief):
        assert code_of(grant_access, hidden, [who], by=who, error=NotAllowed) == "role_missing"
    assert code_of(grant_access, hidden, [staff.outsider], by=staff.desk_chief) == "person_not_on_desk"
    assert code_of(grant_access, paper, [staff.editor], by=staff.desk_chief) == "not_confidential"
    grant_access(hidden, [staff.editor, person("checker", staff.desk)], by=staff.desk_chief)
    grant_access(hidden, [staff.reviewer], by=staff.desk_chief)
    assert list(hidden.people_with_access.all()) == [staff.reviewer]


def test_nothing_that_tells_who_it_is_is_entered_for_a_confidential_source(hidden, staff):
    for values in ({"name": "Jon"}, {"aliases": ["Jon"]}, {"domains": ["jon.example"]}):
        assert code_of(change_source, hidden, by=staff.editor, **values) == "name_encrypted"
    change_source(hidden, by=staff.editor, kind="official", country="NO")
    assert (hidden.kind, hidden.country) == ("official", "NO")
