"""One party under several names is one: in what is compared, in what is listed, and in what was resolved."""

from __future__ import annotations

import pytest

from factcheck.models import Discrepancy, Measure, SourceName, folded
from factcheck.workflow.comparisons import agreements_of
from factcheck.workflow.disputes import disputes, resolve_dispute
from factcheck.workflow.observations import observations_of
from factcheck.workflow.speakers import speakers_of
from tests.factories import AttributionFactory, DocumentFactory, FigureFactory, MeasureFactory, TopicFactory
from tests.stories import TUESDAY, Staff, file_text, registered

pytestmark = pytest.mark.django_db


class Budget:
    """Copies of one story in which parties are named in several ways."""

    def __init__(self, staff: Staff) -> None:
        self.staff, self.topic = staff, TopicFactory()

    def article(self, who: str, number: int) -> None:
        file_text(
            f"{who} said on Monday that {number} bridges were closed.",
            desk=self.staff.desk,
            by=self.staff.editor,
            kind="coverage",
            topic=self.topic,
            published_at=TUESDAY,
        )

    @property
    def states(self) -> list[tuple[str, int]]:
        return sorted((row.observation.says, row.count) for row in observations_of(Measure.objects.get()))


@pytest.fixture
def budget(staff: Staff) -> Budget:
    return Budget(staff)


def test_two_names_of_one_ministry_carry_one_statement(budget):
    budget.article("The Finance Ministry", 40)
    budget.article("Sarvenna's Finance Ministry", 40)
    assert budget.states == [("Finance Ministry", 2)]


def test_copies_that_name_one_party_in_two_ways_rest_on_one_origin(budget):
    budget.article("The Finance Ministry", 40)
    budget.article("Sarvenna's Finance Ministry", 40)
    assert "stands in 2 documents and rests on 1 origin." in agreements_of(Measure.objects.get())[0]


def test_the_ministries_of_two_countries_stay_two(budget):
    budget.article("Velden's Finance Ministry", 40)
    budget.article("Sarvenna's Finance Ministry", 60)
    assert len(budget.states) == 2
    assert Discrepancy.objects.get().two_parties


def test_an_alias_of_the_registry_is_told_by_the_registered_name(budget):
    budget.article("The roads office", 40)
    source = registered("Transport Authority of Sarvenna")
    SourceName.objects.create(source=source, name="roads office", folded=folded("roads office"))
    assert budget.states == [("Transport Authority of Sarvenna", 1)]


def test_an_alias_of_a_confidential_source_opens_no_name(budget):
    budget.article("The roads office", 40)
    source = registered("Source 7", confidential=True, encrypted_name="sealed")
    SourceName.objects.create(source=source, name="roads office", folded=folded("roads office"))
    assert budget.states == [("roads office", 1)]


def test_a_resolution_holds_when_a_later_copy_names_the_party_otherwise(budget):
    budget.article("The Finance Ministry", 40)
    budget.article("The fire brigade", 60)
    resolve_dispute(Discrepancy.objects.get(), "explained", by=budget.staff.editor, note="two counts")
    registered("Sarvenna's Finance Ministry")
    budget.article("Sarvenna's Finance Ministry", 40)
    assert list(Discrepancy.objects.values_list("state", flat=True)) == ["resolved"]
    assert ("Sarvenna's Finance Ministry", 2) in budget.states


def test_the_other_statements_of_a_dispute_are_listed_once_for_each_party(budget):
    budget.article("The fire brigade", 40)
    budget.article("The farmers' union", 41)
    budget.article("The Finance Ministry", 90)
    budget.article("Sarvenna's Finance Ministry", 120)
    (dispute,) = disputes(Discrepancy.objects.filter(kind="conflict"), desks=[budget.staff.desk], statements=True)
    assert [(says, len(rows)) for says, rows in dispute.by_party] == [("Finance Ministry", 2)]


def test_the_registry_is_asked_once_for_one_group_and_for_three(django_assert_num_queries):
    def group():
        measure, document = MeasureFactory(), DocumentFactory()
        return [
            FigureFactory(
                measure=measure, document=document, attribution=AttributionFactory(document=document, party=name)
            )
            for name in ("Finance Ministry", "Sarvenna's Finance Ministry", "police")
        ]

    for groups in ([group()], [group() for _ in range(3)]):
        with django_assert_num_queries(1):
            found = speakers_of(groups)
        assert {speaker.name for speaker in found.values()} == {"Finance Ministry", "police"}
