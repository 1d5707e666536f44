"""What a reading marks in a revision: claims, figures, attributions and anchors, by the machine.

Old claims and figures are found again in the new text first; only then are new ones proposed. Nothing a
person touched is removed or changed. What people do with a claim is in ``workflow.claims``.

- `anchoring`     the records of the text before, found in this one
- `claims`        new claims, and what edited ones say now
- `figures`       new figures and their measures; findings of the text
- `attributions`  who says it
"""

from __future__ import annotations

from factcheck.actors import Machine
from factcheck.models import Document, Revision
from factcheck.text import Reading

from ..locks import lock_claims_of
from ..transitions import log
from .anchoring import CarriedMarks, carry_claims, known_marks, place_figures
from .attributions import Attributions
from .claims import ClaimMarker
from .figures import FigureMarker


def mark_revision(revision: Revision, reading: Reading, *, previous: Revision | None, by: Machine) -> dict[str, int]:
    """Carry the old marks over, propose new ones, and void the sign-offs whose words changed.

    Returns how many claims and figures were proposed and how many sign-offs were voided.
    """
    document = revision.document
    lock_claims_of(document)
    attributions = Attributions(document)
    claim_marker = ClaimMarker(revision, previous, attributions)
    figure_marker = FigureMarker(revision, previous, attributions)
    found = CarriedMarks()
    voided = 0
    if previous is not None:
        voided = carry_claims(previous, revision, found, by=by)
        place_figures(previous, revision, found)
    else:
        known_marks(revision, found)
    claim_marker.refresh(reading, found)
    claims = claim_marker.propose(reading, found)
    figures = figure_marker.propose(reading, found, claims)
    counts = {"claims": len(claims) - len(found.claims), "figures": figures, "voided": voided}
    revision.engine_version, revision.language = reading.engine_version, reading.language
    Revision.objects.filter(pk=revision.pk).update(engine_version=reading.engine_version, language=reading.language)
    document.findings = figure_marker.findings(reading)
    Document.objects.filter(pk=document.pk).update(findings=document.findings)
    log(document, "mark", by=by, facts={"revision": revision.number, "engine": reading.engine_version, **counts})
    return counts
