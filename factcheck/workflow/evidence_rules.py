"""What evidence a verdict needs by a policy: asked when it is submitted, signed off, and loses evidence."""

from __future__ import annotations

from factcheck.errors import Invalid
from factcheck.models import Claim, EvidenceQuerySet, Policy, Stance, VerdictLabel


def require_evidence(label: str, evidence: EvidenceQuerySet, policy: Policy) -> int:
    """Check that evidence supports a verdict; returns the number of independent origins that do.

    ``supported`` needs the policy's number of independent origins, or one primary source with a name, that support it;
    ``refuted`` needs one that refutes it.

    Raises:
        Invalid: with what is missing.
    """
    supporting = evidence.filter(stance=Stance.SUPPORTS)
    origins, wanted = len(supporting.origins()), policy.minimum_origins
    if label == VerdictLabel.SUPPORTED and origins < wanted and not supporting.named_primary().exists():
        raise Invalid(
            f"“Supported” needs {wanted} independent origins or one primary source; this has {origins}.",
            code="origins_missing",
            origins=origins,
            needed=wanted,
        )
    if label == VerdictLabel.REFUTED and not evidence.filter(stance=Stance.REFUTES).exists():
        raise Invalid("“Refuted” needs evidence that refutes the claim.", code="evidence_missing")
    return origins


def is_carried(claim: Claim, label: str, policy: Policy) -> bool:
    """Whether the evidence that counts by a policy still carries a verdict on the claim."""
    try:
        require_evidence(label, claim.evidence.counting(policy), policy)
    except Invalid:
        return False
    return True
