"""What an assessment says of evidence."""

import pytest

from factcheck.errors import Invalid, NotAllowed
from factcheck.workflow.evidence import assess_evidence, link_evidence
from tests.factories import EvidenceFactory


@pytest.fixture
def evidence(staff):
    made = EvidenceFactory(claim__document__desk=staff.desk)
    link_evidence(made, stance="supports", by=staff.checker)
    return made


def test_an_assessment_may_grade_the_credibility(evidence, staff):
    assess_evidence(evidence, accepted=True, credibility=2, by=staff.reviewer)
    assert (evidence.state, evidence.credibility) == ("accepted", 2)
    assess_evidence(evidence, accepted=True, by=staff.reviewer)
    assert evidence.credibility == 2, "where none is given it stays"


@pytest.mark.parametrize("credibility", [0, 7, -1])
def test_credibility_runs_from_1_to_6(credibility, evidence, staff):
    with pytest.raises(Invalid, match="Credibility runs from 1 to 6"):
        assess_evidence(evidence, accepted=True, credibility=credibility, by=staff.reviewer)
    assert evidence.state == "linked"


def test_who_may_not_assess_is_told_that_first(evidence, staff):
    with pytest.raises(NotAllowed):
        assess_evidence(evidence, accepted=True, credibility=9, by=staff.auditor)
