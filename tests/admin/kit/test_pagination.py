"""Long lists: nobody waits for a count of more rows than anybody turns to, and what is urgent still comes first."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from factcheck.admin.kit import pagination
from factcheck.models import VerificationTask
from tests import factories as f

pytestmark = pytest.mark.django_db


@pytest.fixture
def queue(client, people, monkeypatch):
    """Pages of the claims as an editor sees them, four to a page: their ids, and the page itself."""
    monkeypatch.setattr("factcheck.admin.claims.ClaimAdmin.list_per_page", 4)

    def ask(**query):
        response = client.get(reverse("admin:factcheck_claim_changelist"), query)
        return [row.pk for row in response.context["cl"].result_list], response.content.decode()

    return ask


@pytest.fixture
def claims(people):
    document = f.DocumentFactory(desk=people.desk)
    return [
        f.ClaimFactory(document=document, checkworthiness=number / 10, text=f"Claim {number}.") for number in range(10)
    ]


def due(claim, hours, state="unassigned"):
    at = timezone.now() + timedelta(hours=hours)
    return VerificationTask.objects.create(claim=claim, due_at=at, state=state, method="check_figure")


def test_each_claim_is_on_one_page_those_with_a_deadline_first_by_it(queue, claims):
    due(claims[2], 5)
    due(claims[0], 9)
    due(claims[0], 1)
    due(claims[5], 3, state="cancelled")
    pages = [queue(p=number)[0] for number in (1, 2, 3)]
    assert [len(page) for page in pages] == [4, 4, 2]
    wanted = [claims[number].pk for number in (0, 2, 9, 8, 7, 6, 5, 4, 3, 1)]
    assert [pk for page in pages for pk in page] == wanted


def test_pages_that_claims_with_a_deadline_fill_lead_over_to_the_others(queue, claims):
    for number in range(6):
        due(claims[number], 10 - number)
    wanted = [claims[number].pk for number in (5, 4, 3, 2, 1, 0, 9, 8, 7, 6)]
    assert [pk for number in (1, 2, 3) for pk in queue(p=number)[0]] == wanted


def test_a_reader_who_chooses_a_column_has_the_whole_list_in_its_order(queue, claims):
    due(claims[2], 5)
    assert queue(o="3")[0] == [row.pk for row in claims[:4]]


def test_a_list_that_is_longer_than_is_counted_says_so(queue, claims, monkeypatch):
    assert "10 claims" in " ".join(queue()[1].split())
    assert "More than" not in queue()[1]
    monkeypatch.setattr(pagination, "MOST_COUNTED", 6)
    rows, page = queue(p=2)
    assert rows == [claims[5].pk, claims[4].pk]
    assert "More than 6 claims: search or filter to find those beyond" in " ".join(page.split())
