"""Sources and evidence: who says what of a claim, captured, linked to its words, and assessed.

Counting origins is a queryset method of the Evidence model. The bytes of a page are fetched by a job.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings as django_settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.text import slugify

from factcheck.conf import settings
from factcheck.errors import Invalid
from factcheck.intake.fetching import Fetched
from factcheck.intake.snapshots import sha256_of, warc_of, warc_of_upload
from factcheck.models import (
    Claim,
    Desk,
    Evidence,
    EvidenceKind,
    Snapshot,
    Source,
    SourceDomain,
    SourceKind,
    SourceName,
    SourceUse,
    Stance,
    folded,
)
from factcheck.permissions import MACHINE
from factcheck.queue import JobName, enqueue
from factcheck.states import EvidenceState

from .transitions import log, move, require, require_storable

PLATFORMS = frozenset(
    [
        "x.com",
        "twitter.com",
        "facebook.com",
        "fb.com",
        "instagram.com",
        "t.me",
        "telegram.org",
        "telegram.me",
        "youtube.com",
        "youtu.be",
        "tiktok.com",
        "vk.com",
        "ok.ru",
        "reddit.com",
        "linkedin.com",
        "threads.net",
        "bsky.app",
        "medium.com",
        "substack.com",
        "wordpress.com",
        "blogspot.com",
    ]
)


def record_source(
    name: str,
    kind: str,
    *,
    desk: Desk,
    by: Any,
    slug: str = "",
    country: str = "",
    aliases: Iterable[str] = (),
    domains: Iterable[str] = (),
    owner: Source | None = None,
    confidential: bool = False,
    confidants: Iterable[Any] = (),
) -> Source:
    """Enter an organisation or person in the registry. No grade is given here; people grade.

    A confidential source is stored under a code; its name is sealed and opened for its confidants only.

    Raises:
        Invalid: a name or domain another source already has, a platform, or an unknown kind.
    """
    require(by, desk, "record_source")
    if kind not in SourceKind.values:
        raise Invalid("That is not a kind of source.", code="kind_unknown")
    require_storable(name, *aliases)
    if not name.strip():
        raise Invalid("A source needs a name.", code="name_missing")
    wanted = {clean_domain(domain) for domain in domains}
    if confidential:
        code = f"source-{hashlib.sha256(seal(name).encode()).hexdigest()[:8]}"
        shown, sealed, aliases, wanted = code, seal(name), (), set()
    else:
        shown, sealed = name.strip(), ""
    try:
        with transaction.atomic():
            source = Source.objects.create(
                slug=slug or slugify(shown)[:100] or f"source-{sha256_of(shown.encode())[:12]}",
                name=shown[:200],
                kind=kind,
                country=country,
                owner=owner,
                confidential=confidential,
                sealed_name=sealed,
            )
            names = {folded(alias): alias.strip()[:200] for alias in (shown, *aliases) if alias.strip()}
            SourceName.objects.bulk_create(
                SourceName(source=source, name=alias, folded=key[:200]) for key, alias in names.items()
            )
            SourceDomain.objects.bulk_create(SourceDomain(source=source, domain=domain) for domain in sorted(wanted))
            source.confidants.set(confidants)
            log(source, "record", by=by, facts={"kind": kind, "desk": desk.pk})
    except IntegrityError:
        raise Invalid("Another source already has this name, alias or domain.", code="source_known") from None
    return source


def load_registry(rows: Iterable[dict[str, Any]], *, by: MACHINE) -> int:
    """Enter the starter registry: organisations without grades. Known ones stay as people left them.

    Returns how many were new.
    """
    listed = list(rows)
    known = set(Source.objects.values_list("slug", flat=True))
    fresh = [row for row in listed if row["slug"] not in known]
    with transaction.atomic():
        for row in fresh:
            source = Source.objects.create(slug=row["slug"], name=row["name"], kind=row["kind"], country=row["country"])
            names = {folded(name): name for name in (row["name"], *row["aliases"])}
            taken = set(SourceName.objects.filter(folded__in=names).values_list("folded", flat=True))
            SourceName.objects.bulk_create(
                SourceName(source=source, name=name, folded=key) for key, name in names.items() if key not in taken
            )
            SourceDomain.objects.bulk_create(
                (SourceDomain(source=source, domain=domain) for domain in row["domains"]), ignore_conflicts=True
            )
            log(source, "record", by=by, facts={"kind": row["kind"]})
        slugs = dict(Source.objects.values_list("slug", "pk"))
        for row in fresh:
            if row["owner"]:
                Source.objects.filter(slug=row["slug"]).update(owner=slugs[row["owner"]])
    return len(fresh)


def clean_domain(domain: str) -> str:
    """A domain as it is kept: lower case, in its ASCII form, no platform.

    Raises:
        Invalid: for an address, a platform, or something that is no domain.
    """
    try:
        plain = domain.strip().rstrip(".").encode("idna").decode().casefold()
    except UnicodeError:
        plain = ""
    if "." not in plain or "/" in plain or ":" in plain or len(plain) > 253:
        raise Invalid(f"“{domain[:80]}” is not a domain name.", code="domain_invalid")
    if any(plain == platform or plain.endswith(f".{platform}") for platform in PLATFORMS):
        raise Invalid(f"{plain} is a platform; whoever posts there is the source.", code="domain_platform")
    return plain


def seals() -> MultiFernet:
    """The keys that seal confidential names: the host's, or one derived from its secret key."""
    derived = base64.urlsafe_b64encode(hashlib.sha256(f"factcheck seal {django_settings.SECRET_KEY}".encode()).digest())
    return MultiFernet([Fernet(key) for key in [*map(str.encode, settings().SEAL_KEYS), derived]])


def seal(name: str) -> str:
    return seals().encrypt(name.strip().encode()).decode()


def open_name(source: Source, *, by: Any, desk: Desk) -> str:
    """The name of a confidential source, for its confidants; every opening is written down.

    Raises:
        Invalid: the person is not one of them.
    """
    if not source.confidential:
        return source.name
    if isinstance(by, MACHINE) or not source.confidants.filter(pk=by.pk).exists():
        raise Invalid("This name is known to the people it was entrusted to only.", code="name_sealed")
    log(source, "open_name", by=by, facts={"desk": desk.pk})
    return seals().decrypt(source.sealed_name.encode()).decode()


def record_evidence(
    claim: Claim, kind: str, *, by: Any, source: Source | None = None, url: str = "", note: str = "",
    source_use: str = SourceUse.SECONDARY, credibility: int | None = None, derived_from: Evidence | None = None,
    derived_from_source: Source | None = None,
) -> Evidence:  # fmt: skip
    """Note that a source has something to say of a claim. A web page is captured by a job.

    The source of a web page is found by its domain where none is named. Calls, interviews and observations
    need a note of what was said or seen, and are captured by it.

    Raises:
        Invalid: what such evidence needs is missing, or it is derived from itself or another claim's.
    """
    require(by, claim, "record_evidence")
    check_evidence(claim, kind, url, note, source_use, credibility, derived_from)
    if source is None and url:
        source = Source.objects.at_host(urlsplit(url).hostname or "")
    with transaction.atomic():
        evidence = Evidence.objects.create(
            claim=claim,
            source=source,
            kind=kind,
            url=url,
            note=note.strip(),
            source_use=source_use,
            credibility=credibility,
            derived_from=derived_from,
            derived_from_source=derived_from_source,
            created_by=by,
        )
        log(
            evidence,
            "record",
            by=by,
            to_state=evidence.state,
            facts={"claim": claim.pk, "source": source.pk if source else None},
        )
        if kind == EvidenceKind.WEB:
            ask_for_capture(evidence, by=by)
        elif kind != EvidenceKind.UPLOAD:
            move(evidence, "attach", by=by)
    return evidence


def check_evidence(
    claim: Claim,
    kind: str,
    url: str,
    note: str,
    source_use: str,
    credibility: int | None,
    derived_from: Evidence | None,
) -> None:
    if kind not in EvidenceKind.values:
        raise Invalid("That is not a kind of evidence.", code="kind_unknown")
    if source_use not in SourceUse.values:
        raise Invalid("A source is used as primary or secondary.", code="source_use_unknown")
    if kind == EvidenceKind.WEB and (urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname):
        raise Invalid("Web evidence needs the address of the page.", code="url_missing")
    if kind not in (EvidenceKind.WEB, EvidenceKind.UPLOAD) and not note.strip():
        raise Invalid("Please note what was said or seen.", code="note_missing")
    require_storable(url, note)
    if len(url) > 2000:
        raise Invalid("The address is longer than 2,000 characters.", code="url_too_long")
    if credibility is not None and not 1 <= credibility <= 6:
        raise Invalid("Credibility runs from 1 to 6.", code="credibility_range")
    if derived_from is not None and derived_from.claim.document.desk_id != claim.document.desk_id:
        raise Invalid("Evidence repeats evidence of the same desk.", code="derived_elsewhere")


def ask_for_capture(evidence: Evidence, *, by: Any) -> None:
    enqueue(
        JobName.CAPTURE_EVIDENCE, f"evidence:{evidence.pk}:{evidence.version}", {"evidence": evidence.pk},
        by=None if isinstance(by, MACHINE) else by, desk=evidence.claim.document.desk, priority=3,
    )  # fmt: skip


def store_capture(evidence: Evidence, fetched: Fetched, text: str, *, by: Any) -> None:
    """Keep what a job fetched: WARC, SHA-256 and the text read from it."""
    with transaction.atomic():
        snapshot = Snapshot.objects.create(
            desk=evidence.claim.document.desk, url=fetched.url[:2000], media_type=fetched.media_type[:100],
            charset=(fetched.charset or "")[:40], sha256=sha256_of(fetched.body), size=len(fetched.body),
            warc=warc_of(fetched), text=text, taken_at=fetched.fetched_at,
        )  # fmt: skip
        move(
            evidence,
            "capture",
            to=EvidenceState.CAPTURED,
            by=by,
            snapshot=snapshot,
            error="",
            facts={"sha256": snapshot.sha256},
        )


def fail_capture(evidence: Evidence, reason: str, *, by: Any) -> None:
    """The page could not be had: say why, on the evidence."""
    move(evidence, "capture", to=EvidenceState.CAPTURE_FAILED, by=by, note=reason, error=reason[:500])


def capture_again(evidence: Evidence, *, by: Any, version: int | None = None) -> None:
    """Ask for a failed capture once more."""
    with transaction.atomic():
        move(evidence, "capture", by=by, version=version)
        ask_for_capture(evidence, by=by)


def attach_evidence(
    evidence: Evidence,
    *,
    by: Any,
    data: bytes = b"",
    filename: str = "",
    text: str = "",
    note: str = "",
    version: int | None = None,
) -> None:
    """Put a file or a note in the place of what could not be captured.

    Raises:
        Invalid: neither is given.
    """
    require(by, evidence, "attach")
    if not data and not note.strip():
        raise Invalid("Attach a file or a note.", code="attachment_missing")
    with transaction.atomic():
        values: dict[str, Any] = {"note": note.strip()} if note.strip() else {}
        if data:
            now = timezone.now()
            values["snapshot"] = Snapshot.objects.create(
                desk=evidence.claim.document.desk,
                filename=filename[:255],
                sha256=sha256_of(data),
                size=len(data),
                text=text,
                warc=warc_of_upload(data, filename, "application/octet-stream", now),
                taken_at=now,
            )
        move(evidence, "attach", by=by, version=version, error="", **values)


def link_evidence(evidence: Evidence, *, stance: str, by: Any, quote: str = "", version: int | None = None) -> None:
    """Say what the evidence makes of the claim, with the words it rests on.

    Raises:
        Invalid: the stance is unknown, or the quote is not in what was captured.
    """
    require(by, evidence, "link")
    if stance not in Stance.values:
        raise Invalid("Evidence supports, refutes or gives context.", code="stance_unknown")
    held = evidence.snapshot.text if evidence.snapshot else evidence.note
    start = held.find(quote) if quote else -1
    if evidence.snapshot and evidence.snapshot.text and start < 0:
        raise Invalid("The quote is not in the captured text.", code="quote_mismatch")
    move(
        evidence,
        "link",
        by=by,
        version=version,
        stance=stance,
        excerpt=quote,
        excerpt_start=start if start >= 0 else None,
        facts={"stance": stance},
    )


def assess_evidence(evidence: Evidence, *, accepted: bool, by: Any, note: str = "", version: int | None = None) -> None:
    """Accept linked evidence, or reject it for a reason."""
    to = EvidenceState.ACCEPTED if accepted else EvidenceState.REJECTED
    move(evidence, "assess", to=to, by=by, note=note, version=version)


def retire_evidence(evidence: Evidence, act: str, *, by: Any, note: str, version: int | None = None) -> None:
    """Accepted evidence drifted, was superseded, or was withdrawn by its source."""
    if act not in ("drift", "supersede", "withdraw"):
        raise LookupError(act)
    move(evidence, act, by=by, note=note, version=version)
