"""Every noun can be listed and retrieved by those who may see it, at a constant price, and by nobody else."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from factcheck.models import Discrepancy, Feed, FeedItem, Topic
from factcheck.workflow.crosschecks import compare_measure
from tests import factories as f

from .records import NOUNS, SHARED, make

pytestmark = pytest.mark.django_db
EACH = {"figures": 2, "anchors": 3, "waivers": 2}
"""How many rows of a noun one call of ``make`` makes, where it is not one."""


@pytest.fixture
def ids(desk, people):
    return make(desk, people["editor"])


@pytest.mark.parametrize("noun", NOUNS + SHARED)
def test_a_member_lists_and_retrieves(api, ids, noun):
    listed = api.auditor.get(f"{noun}/")
    assert listed.status_code == 200, listed.content
    assert ids[noun] in [row["id"] for row in listed.json()["results"]]
    shown = api.auditor.get(f"{noun}/{ids[noun]}/")
    assert shown.status_code == 200, shown.content
    assert shown.json()["id"] == ids[noun]
    assert shown["ETag"].startswith('"')


@pytest.mark.parametrize("noun", NOUNS)
@pytest.mark.parametrize("who", ["stranger", "superuser"])
def test_who_is_not_on_the_desk_sees_nothing(api, ids, noun, who):
    caller = getattr(api, who)
    assert caller.get(f"{noun}/").json()["results"] == []
    assert caller.get(f"{noun}/{ids[noun]}/").status_code == 404


@pytest.mark.parametrize("noun", [*NOUNS, *SHARED, "desks", "events"])
def test_without_a_token_there_is_nothing(api, ids, noun):
    response = api.nobody.get(f"{noun}/")
    assert response.status_code == 401
    assert response["WWW-Authenticate"] == "Token"


@pytest.mark.parametrize("noun", NOUNS + SHARED)
def test_a_list_costs_the_same_for_one_and_for_three(api, desk, people, noun):
    def price():
        with CaptureQueriesContext(connection) as seen:
            assert api.auditor.get(f"{noun}/").status_code == 200
        return len(seen)

    make(desk, people["editor"])
    api.auditor.get(f"{noun}/")
    first = price()
    make(desk, people["editor"])
    make(desk, people["editor"])
    assert len(api.auditor.get(f"{noun}/").json()["results"]) == 3 * EACH.get(noun, 1)
    assert price() == first


def test_a_claim_costs_the_same_however_much_hangs_on_it(api, desk, people):
    claim = make(desk, people["editor"])["claims"]

    def price():
        with CaptureQueriesContext(connection) as seen:
            assert api.auditor.get(f"claims/{claim}/").status_code == 200
        return len(seen)

    first = price()
    for _ in range(2):
        f.EvidenceFactory(claim_id=claim)
        f.VerificationTaskFactory(claim_id=claim)
    assert price() == first


def test_a_measure_costs_the_same_for_one_state_and_for_thirty(api, desk, people):
    measure, prices, done = f.MeasureFactory(topic=f.TopicFactory()), [], 0
    for count in (1, 3, 30):
        for value in range(done, count):
            for _ in range(2):
                f.FigureFactory(document__desk=desk, measure=measure, value=100 + value)
        done = count
        compare_measure(measure)
        with CaptureQueriesContext(connection) as seen:
            data = api.editor.get(f"measures/{measure.pk}/").json()
        assert [len(state["documents"]) for state in data["states"]] == [2] * count
        prices.append(len(seen))
    assert prices[0] == prices[1] == prices[2]


def test_the_chief_editor_sees_every_desk(api, ids):
    assert api.chief_editor.get(f"documents/{ids['documents']}/").status_code == 200
    assert len(api.chief_editor.get("desks/").json()["results"]) == 2


def test_desks_say_my_roles(api):
    assert [(row["slug"], row["roles"]) for row in api.editor.get("desks/").json()["results"]] == [
        ("metro", ["editor"])
    ]


def test_a_superuser_without_membership_may_do_nothing(api, ids, desk):
    assert api.superuser.post(f"claims/{ids['claims']}/accept/").status_code == 404
    assert api.superuser.post("documents/", {"desk": desk.slug, "text": "Words."}).status_code == 422
    assert api.superuser.get("topics/").json()["results"] == []
    assert api.superuser.get("sources/").json()["results"] == []


def test_an_inactive_person_is_refused(api, people, ids):
    people["editor"].is_active = False
    people["editor"].save()
    assert api.editor.get("documents/").status_code == 401


def test_both_sides_of_a_discrepancy_stand_in_their_sentences(api, ids):
    row = api.editor.get("discrepancies/?kind=conflict&state=open").json()["results"][0]
    assert [len(row["a"]), len(row["b"])] == [1, 1]
    assert row["a"][0]["sentence"] == "The mayor of Oberfurt said 40 houses were flooded."
    assert row["a"][0]["document"]["id"] == ids["documents"]


def test_a_discrepancy_shows_only_the_figures_one_may_see(api, ids, desk):
    row = Discrepancy.objects.get()
    hidden = f.FigureFactory(measure=row.measure)
    f.carry(row, a=hidden)
    shown = api.editor.get(f"discrepancies/{row.pk}/").json()
    assert hidden.pk not in [part["figure"] for part in shown["a"]]
    assert len(api.chief_editor.get(f"discrepancies/{row.pk}/").json()["a"]) == 2
    assert api.editor.get(f"discrepancies/?document={hidden.document_id}").json()["results"] == []
    measure = api.editor.get(f"measures/{row.measure_id}/").json()
    assert [document["id"] for state in measure["states"] for document in state["documents"]] == [ids["documents"]]


def two_against(row: Discrepancy) -> list[Discrepancy]:
    """Two more statements against the first side of a pair."""
    first, made = row.sides.get(side="a").figure, []
    for number, who in ((60, "fire brigade"), (70, "")):
        pair = f.DiscrepancyFactory(measure=row.measure, a_key=row.a_key, b_key=f"b of {number}", distance=number)
        attribution = f.AttributionFactory(document=first.document, party=who) if who else None
        figure = f.FigureFactory(
            document=first.document, measure=row.measure, value=number, surface=str(number), attribution=attribution
        )
        f.carry(pair, a=first, b=figure)
        made.append(pair)
    return made


def test_all_pairs_of_a_measure_are_one_dispute_with_what_others_say(api, ids):
    first = Discrepancy.objects.get()
    two_against(first)
    assert len(api.editor.get("discrepancies/").json()["results"]) == 3
    (row,) = api.editor.get("disputes/?state=open").json()["results"]
    assert (row["id"], row["more"], len(row["a"]), len(row["b"])) == (first.pk, 2, 1, 1)
    assert row["told"] == f"{first.reason} (and 2 more statements of it)"
    assert sorted(one["statements"][0]["surface"] for one in row["others"]) == ["60", "70"]
    assert "fire brigade" in [one["says"] for one in row["others"]]
    assert api.editor.get(f"disputes/{first.pk}/").json()["others"] == row["others"]
    assert api.stranger.get("disputes/").json()["results"] == []


def test_a_dispute_shows_only_the_figures_one_may_see(api, ids):
    pair = two_against(Discrepancy.objects.get())[0]
    hidden = f.FigureFactory(measure=pair.measure)
    f.carry(pair, b=hidden)
    for caller, shown in ((api.editor, False), (api.chief_editor, True)):
        data = caller.get("disputes/").json()["results"][0]["others"]
        assert (
            hidden.pk in [pk for party in data for statement in party["statements"] for pk in statement["figures"]]
        ) is shown


def test_a_client_resolves_the_pairs_it_saw_and_no_later_one(api, ids):
    first = Discrepancy.objects.get()
    seen, later = two_against(first)
    response = api.editor.post(
        f"discrepancies/{first.pk}/resolve/", {"resolution": "explained", "note": "two counts", "newest": seen.pk}
    )
    assert response.status_code == 200, response.content
    states = dict(Discrepancy.objects.values_list("pk", "state"))
    assert states == {first.pk: "resolved", seen.pk: "resolved", later.pk: "open"}
    assert [row["state"] for row in api.editor.get("disputes/").json()["results"]] == ["open", "resolved"]


FILTERS = [
    ("documents/?desk=metro&topic={topic}&kind=story&state=in_check&search=oberfurt", 1),
    ("documents/?search=nothing", 0),
    ("claims/?document={documents}&state=proposed&claim_type=figure&checkworthiness=0.5", 1),
    ("claims/?checkworthiness=0.9", 0),
    ("claims/?assignee=me&ordering=-checkworthiness", 1),
    ("claims/?assignee=auditor", 0),
    ("figures/?document={documents}&measure={measures}&state=found", 2),
    ("measures/?topic={topic}&document={documents}", 1),
    ("discrepancies/?topic={topic}&document={documents}&kind=conflict&state=open", 1),
    ("disputes/?topic={topic}&document={documents}&kind=conflict&state=open", 1),
    ("disputes/?state=resolved", 0),
    ("verification-tasks/?assignee=me&state=assigned&overdue=true", 1),
    ("verification-tasks/?overdue=false", 0),
    ("sources/?search=SOURCE&kind=media", 1),
    ("evidence/?claim={claims}&kind=call&state=captured", 1),
    ("jobs/?state=failed&name=crosscheck&desk=metro", 1),
    ("crosschecks/?document={documents}&scope=document", 1),
    ("reports/?kind=desk_digest&desk=metro", 1),
    ("memberships/?desk=metro&user=me&role=editor", 1),
    ("anchors/?document={documents}&revision=1&claim={claims}&anchor_state=exact", 1),
    ("anchors/?figure={figures}", 1),
    ("attributions/?document={documents}&source=nobody", 0),
    ("verdicts/?claim={claims}&document={documents}&label=supported", 1),
    ("verdicts/?label=refuted", 0),
    ("sign-offs/?claim={claims}&document={documents}&verdict={verdicts}", 1),
    ("waivers/?claim={claims}", 1),
    ("waivers/?document={documents}", 2),
    ("publications/?document={documents}&desk=metro&clear=false", 1),
    ("publications/?clear=true", 0),
    ("corrections/?publication={publications}&document={documents}&claim={claims}&correction_class=update", 1),
    ("corrections/?desk=elsewhere", 0),
]


@pytest.mark.parametrize(("path", "count"), FILTERS)
def test_a_list_can_be_narrowed(api, ids, path, count):
    response = api.editor.get(path.format(topic=Topic.objects.get().slug, **ids))
    assert response.status_code == 200, response.content
    assert len(response.json()["results"]) == count


def test_pages_are_walked_by_cursor(api, desk, people):
    for _ in range(5):
        make(desk, people["editor"])
    seen, path = [], "claims/?page_size=2&ordering=-checkworthiness"
    while path:
        page = api.auditor.get(path).json()
        seen += [row["id"] for row in page["results"]]
        path = page["next"] and page["next"].split("/api/v1/")[1]
    assert len(seen) == len(set(seen)) == 5
    path, seen = "verification-tasks/?page_size=2", []
    while path:
        page = api.auditor.get(path).json()
        seen += [row["id"] for row in page["results"]]
        path = page["next"] and page["next"].split("/api/v1/")[1]
    assert len(seen) == len(set(seen)) == 5


def test_the_history_of_a_record_is_for_those_who_see_the_record(api, ids):
    claim = ids["claims"]
    assert api.editor.post(f"claims/{claim}/accept/").status_code == 200
    rows = api.auditor.get(f"events/?record=claim&record_id={claim}").json()["results"]
    assert [(row["action"], row["actor"], row["from_state"], row["to_state"]) for row in rows] == [
        ("accept", "editor", "proposed", "open")
    ]
    assert api.stranger.get(f"events/?record=claim&record_id={claim}").status_code == 404
    assert api.editor.get("events/?record=user&record_id=1").status_code == 422
    assert api.editor.get("events/?record=claim&record_id=x").status_code == 422


def test_the_history_of_a_desk_is_for_its_people_newest_first(api, desk, people, ids):
    api.editor.post(f"claims/{ids['claims']}/accept/")
    feed = api.desk_chief.post("feeds/", {"desk": "metro", "url": "https://news.example/feed"}).json()["id"]
    hook = api.desk_chief.post(
        "webhooks/", {"desk": "metro", "url": "https://cms.example/hook", "events": ["document_published"]}
    ).json()["id"]
    left = people["reviewer"].factcheck_memberships.get().pk
    assert api.desk_chief.post(f"memberships/{left}/remove/").status_code == 204

    def history(caller, query=""):
        response = caller.get(f"events/?desk=metro{query}")
        assert response.status_code == 200, response.content
        return [(row["record"], row["record_id"], row["action"]) for row in response.json()["results"]]

    assert history(api.auditor)[:3] == [
        ("membership", left, "remove"),
        ("webhook", hook, "record"),
        ("feed", feed, "record"),
    ]
    assert ("claim", ids["claims"], "accept") in history(api.auditor)
    assert history(api.auditor, "&record=membership") == [("membership", left, "remove")]
    assert ("webhook", hook, "record") not in history(api.editor), "an address of a webhook is for chiefs and auditors"
    assert api.stranger.get("events/?desk=metro").status_code == 404
    assert api.editor.get("events/?desk=%00").status_code == 404
    assert api.editor.get("events/?desk=metro&record=gossip").status_code == 422
    for record, pk in (("feed", feed), ("webhook", hook)):
        rows = api.auditor.get(f"events/?record={record}&record_id={pk}").json()["results"]
        assert [row["action"] for row in rows] == ["record"]
    assert api.editor.get(f"events/?record=webhook&record_id={hook}").status_code == 404


def test_the_history_of_a_desk_costs_the_same_for_one_and_for_three(api, desk, people):
    def price():
        with CaptureQueriesContext(connection) as seen:
            assert api.auditor.get("events/?desk=metro").status_code == 200
        return len(seen)

    def dismiss():
        claim = make(desk, people["chief_editor"])["claims"]
        assert api.editor.post(f"claims/{claim}/dismiss/", {"note": "Idle."}).status_code == 200

    dismiss()
    api.auditor.get("events/?desk=metro")
    first = price()
    dismiss()
    dismiss()
    assert price() == first


def test_all_that_a_feed_brought_is_walked_page_by_page(api, ids):
    feed = Feed.objects.get(pk=ids["feeds"])
    rows = [FeedItem(feed=feed, guid=f"{turn:064}", title=f"No. {turn}") for turn in range(60)]
    FeedItem.objects.bulk_create(rows)
    assert len(api.auditor.get(f"feeds/{feed.pk}/").json()["items"]) == 50
    with CaptureQueriesContext(connection) as seen:
        page = api.auditor.get(f"feeds/{feed.pk}/items/?page_size=1").json()
    few = len(seen)
    titles, path = [], f"feeds/{feed.pk}/items/"
    with CaptureQueriesContext(connection) as seen:
        page = api.auditor.get(path).json()
    assert len(seen) == few
    while page:
        titles += [row["title"] for row in page["results"]]
        page = page["next"] and api.auditor.get(page["next"].split("/api/v1/")[1]).json()
    assert titles == [f"No. {turn}" for turn in reversed(range(60))]
    assert api.stranger.get(path).status_code == 404


def test_an_unchanged_record_is_not_sent_again(api, ids):
    path = f"claims/{ids['claims']}/"
    tag = api.editor.get(path)["ETag"]
    again = api.editor.get(path, **{"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")
    api.checker.post("evidence/", {"claim": ids["claims"], "kind": "call", "note": "Rang the town hall."})
    assert api.editor.get(path, **{"If-None-Match": tag}).status_code == 200


def test_what_is_no_address_is_answered_in_the_one_shape(api):
    for path in ("nonsense/", "claims/1/state/", "claims/abc/", "documents/9999999999999999999999/"):
        response = api.editor.get(path)
        assert response.status_code == 404
        assert response.json()["errors"][0]["code"] == "not_found"
    assert "documents" in api.editor.get("").json()
