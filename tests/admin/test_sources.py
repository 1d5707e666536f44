"""The registry of sources in the admin: searched, entered, graded, changed; confidential names kept sealed."""

import pytest
from django.urls import reverse

from factcheck.models import Event, Source
from factcheck.workflow.sources import record_source
from tests.admin.pages import html_of, page
from tests.factories import TopicFactory
from tests.stories import Staff, registered


@pytest.fixture
def source(people):
    return registered("Nordwire", aliases=("The Nordwire agency",), domains=("nordwire.example",), country="NO")


@pytest.fixture
def sealed(people):
    return record_source(
        "Ola Vind",
        "eyewitness",
        desk=people.desk,
        by=people.checker,
        confidential=True,
        people_with_access=[people.reviewer],
    )


def do(client, user, source, action, **data):
    client.force_login(user)
    source.refresh_from_db()
    response = client.post(page(source, action), {"version": source.version, **data})
    source.refresh_from_db()
    return response


def new(client, user, desk, **data):
    client.force_login(user)
    return client.post(reverse("admin:factcheck_source_add"), {"kind": "media", "desk": desk.pk, **data})


def listed(client, **query):
    response = client.get(reverse("admin:factcheck_source_changelist"), query)
    assert response.status_code == 200
    return [row.name for row in response.context["cl"].result_list]


def test_a_source_is_entered_with_all_that_is_known(client, people, source):
    response = new(
        client,
        people.checker,
        people.desk,
        name="The Vell Post",
        country="NO",
        aliases="Vell Post\nVP",
        domains="vellpost.example",
        owner="Nordwire",
    )
    made = Source.objects.get(name="The Vell Post")
    assert response["Location"] == page(made)
    assert made.owner == source
    content = client.get(page(made)).content.decode()
    for words in ("VP", "vellpost.example", "Nordwire", "not graded"):
        assert words in content, words


@pytest.mark.parametrize(
    ("data", "why"),
    [
        ({"name": "nordwire"}, "already has this name"),
        ({"name": "Other", "domains": "x.com"}, "is a platform"),
        ({"name": "Other", "domains": "not a domain"}, "is not a domain name"),
        ({"name": "Other", "country": "no"}, "two capital letters"),
        ({"name": "Other", "owner": "Nobody"}, "The registry knows nobody by this name."),
        ({"name": ""}, "This field is required."),
        ({"name": "A", "confidential": "on", "aliases": "B"}, "would give a confidential source away"),
    ],
)
def test_what_cannot_be_entered_is_said_and_nothing_is(data, why, client, people, source):
    response = new(client, people.checker, people.desk, **data)
    assert response.status_code == 422
    assert why in response.content.decode()
    assert Source.objects.count() == 1


def test_who_records_for_no_desk_is_not_led_to_the_form(client, people):
    client.force_login(people.auditor)
    assert client.get(reverse("admin:factcheck_source_add")).status_code == 403
    assert new(client, people.auditor, people.desk, name="X").status_code == 403
    assert not Source.objects.exists()
    assert "Add source" not in client.get(reverse("admin:factcheck_source_changelist")).content.decode()


def test_people_grade_and_say_why(client, people, source):
    assert do(client, people.editor, source, "grade", reliability="B").status_code == 422
    assert do(client, people.checker, source, "grade", reliability="B", reason="Ten years.").status_code == 403
    assert source.reliability == ""
    assert do(client, people.editor, source, "grade", reliability="B", reason="Ten years.").status_code == 302
    content = client.get(page(source)).content.decode()
    assert "B: usually reliable" in content
    assert "Ten years." in content


def test_what_the_registry_says_is_changed(client, people, source):
    topic = TopicFactory(title="The flood")
    data = {
        "name": "Nordwire News",
        "kind": "wire_agency",
        "country": "",
        "owner": "",
        "aliases": "NW",
        "domains": "nordwire.example\nnw.example",
        "party_to": [topic.pk],
    }
    assert do(client, people.checker, source, "change", **data).status_code == 302
    assert (source.name, source.kind, source.country) == ("Nordwire News", "wire_agency", "")
    assert list(source.party_to.all()) == [topic]
    content = client.get(page(source)).content.decode()
    for words in ("NW", "nw.example", "The flood"):
        assert words in content, words
    assert do(client, people.auditor, source, "change", **data).status_code == 403


def test_the_form_for_a_change_holds_what_is_so_now(client, people, source):
    client.force_login(people.checker)
    content = client.get(page(source, "change")).content.decode()
    assert "The Nordwire agency" in content
    assert "nordwire.example" in content
    assert 'value="NO"' in content


def test_a_source_is_not_owned_in_a_circle(client, people, source):
    response = do(client, people.checker, source, "change", name="Nordwire", kind="media", owner="Nordwire")
    assert response.status_code == 422
    assert b"cannot be owned by itself" in response.content


def test_a_change_of_an_older_version_is_refused(client, people, source):
    client.force_login(people.editor)
    content = source.version
    do(client, people.editor, source, "grade", reliability="B", reason="Ten years.")
    response = client.post(page(source, "grade"), {"version": content, "reliability": "E", "reason": "Not at all."})
    assert response.status_code == 409
    source.refresh_from_db()
    assert source.reliability == "B"


def test_the_registry_is_searched_by_any_name_and_filtered(client, people, source):
    registered("Vell Institute", kind="think_tank", country="SE", reliability="A", reliability_reason="Known.")
    for query in ({"q": "nordwire agency"}, {"q": "nordwire.example"}, {"country": "NO"}, {"grade": "none"}):
        assert listed(client, **query) == ["Nordwire"], query
    assert listed(client, grade="A") == ["Vell Institute"]
    assert listed(client, kind__exact="think_tank") == ["Vell Institute"]
    assert listed(client, confidential__exact="1") == []


def test_a_confidential_name_is_opened_by_whom_it_was_entrusted_to(client, people, sealed):
    for user in (people.reviewer, people.desk_chief):
        response = do(client, user, sealed, "open_name")
        assert response.status_code == 200
        assert b"Ola Vind" in response.content
        assert "no-store" in response["Cache-Control"]
    assert Event.objects.of(sealed).filter(action="open_name").count() == 2
    assert b"Ola Vind" not in client.get(page(sealed)).content


@pytest.mark.parametrize("role", ["editor", "auditor", "chief_editor", "checker"])
def test_nobody_else_opens_it(role, client, people, sealed):
    user = getattr(people, role)
    client.force_login(user)
    assert page(sealed, "open_name") not in client.get(page(sealed)).content.decode()
    response = do(client, user, sealed, "open_name")
    assert response.status_code == 403
    assert b"Ola Vind" not in response.content
    assert b"known to the people it was entrusted to only" in response.content
    assert not Event.objects.of(sealed).filter(action="open_name").exists()


def test_a_name_is_opened_by_a_button_never_by_a_link(client, people, sealed):
    client.force_login(people.reviewer)
    assert client.get(page(sealed, "open_name")).status_code == 403
    assert not Event.objects.of(sealed).filter(action="open_name").exists()


def test_the_chief_of_the_desk_entrusts_a_name(client, people, sealed):
    assert do(client, people.checker, sealed, "grant_access", people_with_access=[people.editor.pk]).status_code == 403
    assert (
        do(client, people.desk_chief, sealed, "grant_access", people_with_access=[people.editor.pk]).status_code == 302
    )
    assert list(sealed.people_with_access.all()) == [people.editor]
    assert (
        do(client, people.desk_chief, sealed, "grant_access", people_with_access=[Staff().editor.pk]).status_code == 422
    )


def test_who_it_is_entrusted_to_is_told_to_them_alone(client, people, sealed):
    client.force_login(people.desk_chief)
    assert f"Entrusted to {people.reviewer}" in html_of(client.get(page(sealed)))
    client.force_login(people.editor)
    assert "Entrusted to" not in html_of(client.get(page(sealed)))


def test_a_confidential_source_is_entered_under_a_code(client, people):
    data = {"name": "Ola Vind", "kind": "eyewitness", "confidential": "on", "people_with_access": [people.editor.pk]}
    response = new(client, people.checker, people.desk, **data)
    made = Source.objects.get()
    assert response["Location"] == page(made)
    assert made.name.startswith("source-")
    assert "Vind" not in made.encrypted_name
    data = {"name": "Ola Vind", "kind": "media"}
    assert do(client, people.editor, made, "change", **data).status_code == 302
    assert made.name.startswith("source-"), "the form has no field for the name"
