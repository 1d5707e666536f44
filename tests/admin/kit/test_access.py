"""What is not one's to do is not shown: no form, no button, no way to one; and the reason is told in a sentence."""

import pytest
from django.urls import reverse

from factcheck.workflow.sources import record_source
from tests.factories import FeedFactory, ReportSubscriptionFactory, WebhookFactory
from tests.stories import file_text

TEXT = "The ministry of Sarvenna said on Tuesday that 1,200 homes were flooded in Larkmoor."


@pytest.fixture
def document(people):
    return file_text(TEXT, desk=people.desk, by=people.editor, title="The flood")


def action(record, name):
    return reverse(f"admin:factcheck_{record._meta.model_name}_action", args=[record.pk, name])


def test_the_form_of_a_name_s_confidants_is_shown_to_nobody_else(client, people):
    source = record_source(
        "Jane Roe",
        "official",
        desk=people.desk,
        by=people.desk_chief,
        confidential=True,
        people_with_access=[people.reviewer],
    )
    client.force_login(people.checker)
    for response in (
        client.get(action(source, "grant_access")),
        client.post(action(source, "grant_access"), {"people_with_access": "x"}),
    ):
        assert response.status_code == 403
        assert b"This needs the role desk chief on the desk that entered the source." in response.content
        assert b"checkbox" not in response.content
    client.force_login(people.desk_chief)
    assert client.get(action(source, "grant_access")).status_code == 200


@pytest.mark.parametrize(
    ("name", "opened"),
    [
        ("publish", {"editor", "desk_chief", "chief_editor"}),
        ("waive", {"desk_chief", "chief_editor"}),
        ("erase", {"desk_chief", "chief_editor"}),
        ("add_claim", {"editor", "checker", "desk_chief", "chief_editor"}),
    ],
)
def test_an_act_s_page_opens_to_those_whose_act_it_is(name, opened, client, document, people):
    roles = ("editor", "checker", "reviewer", "desk_chief", "auditor", "chief_editor")
    found = set()
    for role in roles:
        client.force_login(getattr(people, role))
        response = client.get(action(document, name))
        found |= {(role, response.status_code)}
    assert found == {(role, 200 if role in opened else 403) for role in roles}


def test_a_wrong_state_is_still_told_in_words(client, document, people):
    assert client.get(action(document, "confirm")).status_code == 200
    response = client.post(action(document, "confirm"), {"version": document.version, "title": ""})
    assert response.status_code == 409
    assert b"not possible while the document is in check" in response.content


@pytest.mark.parametrize(
    ("make", "refused"), [(FeedFactory, 403), (WebhookFactory, 404), (ReportSubscriptionFactory, 403)]
)
def test_what_a_desk_keeps_is_changed_by_those_who_keep_it(make, refused, client, people):
    record = make(desk=people.desk)
    client.force_login(people.checker)
    assert client.get(action(record, "change")).status_code == refused
    client.force_login(people.desk_chief)
    assert client.get(action(record, "change")).status_code == 200


@pytest.mark.parametrize(
    ("noun", "led"),
    [
        ("document", {"editor", "desk_chief", "chief_editor"}),
        ("topic", {"editor", "desk_chief", "chief_editor"}),
        ("crosscheck", {"editor", "checker", "desk_chief", "chief_editor"}),
        ("report", {"editor", "checker", "reviewer", "desk_chief", "auditor", "chief_editor"}),
    ],
)
def test_only_whoever_may_make_one_is_led_to_the_form(noun, led, client, people):
    add = reverse(f"admin:factcheck_{noun}_add")
    for role in ("editor", "checker", "reviewer", "desk_chief", "auditor", "chief_editor"):
        client.force_login(getattr(people, role))
        assert (client.get(add).status_code == 200) == (role in led), role
        assert (add in client.get(reverse(f"admin:factcheck_{noun}_changelist")).content.decode()) == (role in led)


def test_the_desk_s_page_leads_to_a_new_document_those_who_may_file(client, people):
    assert b"New document" in client.get(reverse("admin:factcheck_dashboard")).content
    client.force_login(people.checker)
    assert b"New document" not in client.get(reverse("admin:factcheck_dashboard")).content


def test_a_desk_chief_erases_a_text_by_its_button(client, document, people):
    page = reverse("admin:factcheck_document_change", args=[document.pk])
    assert "Erase the text" not in client.get(page).content.decode()
    client.force_login(people.desk_chief)
    assert action(document, "erase") in client.get(page).content.decode()
    assert client.post(action(document, "erase"), {"version": document.version, "note": ""}).status_code == 422
    data = {"version": document.version, "note": "A court said so."}
    assert client.post(action(document, "erase"), data).status_code == 302
    assert document.revisions.get().text == ""
    assert action(document, "erase") not in client.get(page).content.decode()


@pytest.mark.parametrize("field", ["published_at", "embargo_until"])
@pytest.mark.parametrize("at", ["0001-01-01T00:00", "9999-12-31T23:59", "1399-12-31T00:00"])
@pytest.mark.parametrize("zone", ["Asia/Tokyo", "America/New_York"])
def test_a_date_of_no_newsroom_is_refused_in_a_sentence(field, at, zone, client, document, people):
    data = {
        "desk": people.desk.pk,
        "kind": "story",
        "zone": zone,
        "written_by": "me",
        "text": "Other words.",
        field: at,
    }
    response = client.post(reverse("admin:factcheck_document_add"), data)
    assert response.status_code == 422
    assert b"The year must lie between 1400 and next year." in response.content
    described = {"version": document.version, "zone": zone, field: at}
    assert client.post(action(document, "update_metadata"), described).status_code == 422


def test_a_number_no_database_holds_is_no_choice(client, people):
    huge = ["9" * 30]
    data = {"name": "New", "kind": "media", "desk": people.desk.pk, "confidential": "on", "people_with_access": huge}
    assert client.post(reverse("admin:factcheck_source_add"), data).status_code == 422
    source = record_source("The board", "official", desk=people.desk, by=people.editor)
    data = {"version": source.version, "name": "The board", "kind": "official", "party_to": huge}
    assert client.post(action(source, "change"), data).status_code == 422
