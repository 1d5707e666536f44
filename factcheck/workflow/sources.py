"""The registry of sources: who evidence comes from, entered, changed and graded by people.

What a source says of a claim is in ``evidence``.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.text import slugify

from factcheck.actors import Actor, Machine
from factcheck.encryption import decrypt, encrypt
from factcheck.errors import Invalid, NotAllowed
from factcheck.intake.snapshots import sha256_of
from factcheck.models import Desk, Figure, Role, Source, SourceDomain, SourceKind, SourceName, Topic, folded
from factcheck.permissions import NOT_AUTHOR_AGAINST_SOURCE
from factcheck.relations import of_one_measure_with

from .rechecks import documents_resting_on, recheck_documents
from .transitions import change, check_permission, log, require_note, require_storable

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
    by: Actor,
    slug: str = "",
    country: str = "",
    aliases: Iterable[str] = (),
    domains: Iterable[str] = (),
    owner: Source | None = None,
    confidential: bool = False,
    people_with_access: Iterable[Any] = (),
) -> Source:
    """Enter an organisation or person in the registry. No grade is given here; people grade.

    A confidential source is stored under a code; its name is encrypted and opened for the people with access only.

    Raises:
        Invalid: a name or domain another source already has, a platform, or an unknown kind.
        NotAllowed: its names would make one party of two that differ, one of them in the person's own text.
    """
    check_permission(by, desk, "record_source")
    if kind not in SourceKind.values:
        raise Invalid("That is not a kind of source.", code="kind_unknown")
    aliases = list(aliases)
    check_source_details(name, country, owner, aliases)
    wanted = {clean_domain(domain) for domain in domains}
    people = list(people_with_access)
    refuse_strangers(people)
    refuse_names_of_both_sides(by, (name, *aliases))
    if confidential:
        code = f"source-{hashlib.sha256(encrypt(name).encode()).hexdigest()[:8]}"
        display_name, encrypted, slug, aliases, wanted = code, encrypt(name), code, (), set()
    else:
        display_name, encrypted = name.strip(), ""
    try:
        with transaction.atomic():
            source = Source.objects.create(
                slug=slug or slugify(display_name)[:100] or f"source-{sha256_of(display_name.encode())[:12]}",
                name=display_name[:200],
                kind=kind,
                country=country,
                owner=owner,
                confidential=confidential,
                encrypted_name=encrypted,
            )
            names = {folded(alias): alias.strip()[:200] for alias in (display_name, *aliases) if alias.strip()}
            SourceName.objects.bulk_create(
                SourceName(source=source, name=alias, folded=key[:200]) for key, alias in names.items()
            )
            SourceDomain.objects.bulk_create(SourceDomain(source=source, domain=domain) for domain in sorted(wanted))
            source.people_with_access.set(people)
            log(source, "record", by=by, facts={"kind": kind, "desk": desk.pk})
    except IntegrityError:
        raise Invalid("Another source already has this name, alias or domain.", code="source_known") from None
    return source


def check_source_details(name: str, country: str, owner: Source | None, texts: Iterable[str]) -> None:
    """Hold what people enter of a source to what can be kept.

    Raises:
        Invalid: naming what cannot.
    """
    require_storable(name, *texts)
    if not name.strip():
        raise Invalid("A source needs a name.", code="name_missing")
    if any(len(text.strip()) > 200 for text in (name, *texts)):
        raise Invalid("A name has 200 characters at most.", code="name_too_long")
    if country and not re.fullmatch("[A-Z]{2}", country):
        raise Invalid("A country is two capital letters, such as NO.", code="country_unknown")
    if owner is not None and owner.confidential:
        raise Invalid("A confidential source owns nothing here.", code="owner_confidential")


KEEP: Any = object()
"""Leaves the owner as it is, where None means no owner."""


def change_source(
    source: Source,
    *,
    by: Actor,
    version: int | None = None,
    name: str | None = None,
    kind: str | None = None,
    country: str | None = None,
    owner: Source | None = KEEP,
    aliases: Iterable[str] | None = None,
    domains: Iterable[str] | None = None,
    party_to: Iterable[Topic] | None = None,
) -> None:
    """Change what the registry says of a source; what is not named stays.

    A new name joins the old ones, under which copy still refers to the source; ``aliases`` replaces all of
    them but the name itself. The grade is an action of its own, and a confidential name never changes.

    Raises:
        Invalid: a name or domain another source has, a platform, an unknown kind, or owners in a circle.
        StaleRevision: the source has changed since ``version``.
        NotAllowed: names or owner of a source that differs from the person's own text, or would no longer.
    """
    check_permission(by, source, "change")
    texts = None if aliases is None else [alias.strip() for alias in aliases if alias.strip()]
    display_name = source.name if name is None else name.strip()
    check_source_details(display_name, country or "", None if owner is KEEP else owner, texts or [])
    if kind is not None and kind not in SourceKind.values:
        raise Invalid("That is not a kind of source.", code="kind_unknown")
    if source.confidential and (name is not None or texts is not None or domains is not None):
        raise Invalid("Names, aliases and domains would give a confidential source away.", code="name_encrypted")
    if owner is not KEEP:
        refuse_circle(source, owner)
    refuse_author_against_source(
        by, source, name=display_name, owner=source.owner if owner is KEEP else owner, aliases=texts
    )
    details = {"name": None if name is None else display_name, "kind": kind, "country": country}
    values: dict[str, Any] = {key: value for key, value in details.items() if value is not None}
    if owner is not KEEP:
        values["owner"] = owner
    wanted = None if domains is None else {clean_domain(domain) for domain in domains}
    try:
        with transaction.atomic():
            change(source, version=version, **values)
            if name is not None or texts is not None:
                _set_names(source, texts)
            _set_domains(source, wanted)
            _set_interests(source, party_to)
            related = {"aliases": texts, "domains": wanted, "party_to": party_to}
            changed = [*values, *(key for key, value in related.items() if value is not None)]
            log(source, "change", by=by, facts={"changed": sorted(changed)})
            if owner is not KEEP:
                recheck_documents(documents_resting_on(source))
    except IntegrityError:
        source.refresh_from_db()
        raise Invalid("Another source already has this name, alias or domain.", code="source_known") from None


def refuse_author_against_source(
    by: Actor, source: Source, *, name: str, owner: Source | None, aliases: Iterable[str] | None
) -> None:
    """Refuse a change of names or owner to an author whose text is compared with this source.

    Raises:
        NotAllowed: what it says is compared with a text of the person, or would be said by one party with that text.
    """
    before = {row.folded for row in source.names.all()}
    after = {folded(text) for text in (name, *aliases)} if aliases is not None else before | {folded(name)}
    if before == after and name == source.name and owner == source.owner:
        return
    if not isinstance(by, Machine) and not NOT_AUTHOR_AGAINST_SOURCE.allows(by, source):
        raise NotAllowed(NOT_AUTHOR_AGAINST_SOURCE.message, code=NOT_AUTHOR_AGAINST_SOURCE.code)
    if before != after:
        refuse_names_of_both_sides(by, before | after)


def refuse_names_of_both_sides(by: Actor, names: Iterable[str]) -> None:
    """Refuse an author who would make one party of two that differ, one of them in the author's text.

    Raises:
        NotAllowed: these are names of both.
    """
    if not isinstance(by, Machine) and would_merge_compared_sources(by, {folded(name) for name in names}):
        raise NotAllowed(NOT_AUTHOR_AGAINST_SOURCE.message, code=NOT_AUTHOR_AGAINST_SOURCE.code)


def would_merge_compared_sources(user: Any, names: set[str]) -> bool:
    """Whether two of these folded names give figures compared with each other, in a text of the person and another.

    Names of one source count as one party, so changing them decides who differs from whom.
    """
    own = Figure.objects.filter(document__authors=user.pk).exclude(measure=None)
    others = Figure.objects.compared().filter(of_one_measure_with(own)).exclude(document__authors=user.pk)
    theirs = names & names_that_say(others)
    return bool(theirs) and len(theirs | (names & names_that_say(own))) > 1


def names_that_say(figures: QuerySet[Figure]) -> set[str]:
    """The folded names of who gives these figures: the attributed party, else the publisher."""
    party = ("attribution__source__name", "attribution__party", "document__publisher__name", "document__publisher_name")
    return {folded(next(filter(None, row), "")) for row in figures.values_list(*party).distinct()} - {""}


def refuse_circle(source: Source, owner: Source | None) -> None:
    """Refuse an owner that would make the chain of owners circular.

    Raises:
        Invalid: it would be.
    """
    owners = dict(Source.objects.values_list("pk", "owner"))
    at, seen = owner.pk if owner else None, set[int]()
    while at is not None and at not in seen:
        if at == source.pk:
            raise Invalid("A source cannot be owned by itself, nor by one it owns.", code="owner_circle")
        seen.add(at)
        at = owners.get(at)


def _set_names(source: Source, aliases: list[str] | None) -> None:
    wanted = {folded(alias)[:200]: alias for alias in (source.name, *(aliases or []))}
    known = {row.folded: row for row in source.names.all()}
    if aliases is not None:
        source.names.exclude(folded__in=wanted).delete()
    SourceName.objects.bulk_create(
        SourceName(source=source, name=name, folded=key) for key, name in wanted.items() if key not in known
    )


def _set_domains(source: Source, wanted: set[str] | None) -> None:
    if wanted is None:
        return
    known = set(source.domains.values_list("domain", flat=True))
    source.domains.exclude(domain__in=wanted).delete()
    SourceDomain.objects.bulk_create(SourceDomain(source=source, domain=domain) for domain in sorted(wanted - known))


def _set_interests(source: Source, topics: Iterable[Topic] | None) -> None:
    if topics is not None:
        source.party_to.set(topics)


def grade_source(source: Source, reliability: str, *, by: Actor, reason: str, version: int | None = None) -> None:
    """Grade how reliable a source has been, A to F, and say why. Grades are entered by people only.

    Raises:
        Invalid: no such grade, or no reason. StaleRevision: the source has changed since ``version``.
    """
    check_permission(by, source, "grade")
    if reliability not in tuple("ABCDEF"):
        raise Invalid("Reliability is graded A to F.", code="reliability_unknown")
    reason = require_note(reason)
    if len(reason) > 500:
        raise Invalid("Please keep the reason under 500 characters.", code="reason_too_long")
    with transaction.atomic():
        before = source.reliability
        change(source, version=version, reliability=reliability, reliability_reason=reason)
        log(source, "grade", by=by, note=reason, facts={"from": before, "to": reliability})


def grant_access(source: Source, people_with_access: Iterable[Any], *, by: Actor, version: int | None = None) -> None:
    """Say who besides the chief of the desk that entered a confidential source may open its name.

    Raises:
        Invalid: the source is not confidential, or a person works on no desk.
    """
    check_permission(by, source, "grant_access")
    people = list(people_with_access)
    if not source.confidential:
        raise Invalid("This source is not confidential.", code="not_confidential")
    refuse_strangers(people)
    with transaction.atomic():
        change(source, version=version)
        source.people_with_access.set(people)
        log(source, "grant_access", by=by, facts={"people_with_access": sorted(person.pk for person in people)})


def refuse_strangers(people: Iterable[Any]) -> None:
    """Refuse people who may not be given access to a confidential name.

    Raises:
        Invalid: somebody who works on no desk, or a service account.
    """
    for person in people:
        roles = set(person.factcheck_memberships.values_list("role", flat=True))
        if not person.is_active or not roles or Role.SERVICE in roles:
            raise Invalid("A name is entrusted to people who work on a desk.", code="person_not_on_desk")


def load_registry(rows: Iterable[dict[str, Any]], *, by: Machine) -> int:
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


def open_name(source: Source, *, by: Actor) -> str:
    """The name of a confidential source, for people with access; every opening is logged.

    Raises:
        NotAllowed: the person has no access to the name and is not chief of the desk that entered the source.
        WrongState: the key is missing; nothing is logged as opened.
    """
    if not source.confidential:
        return source.name
    check_permission(by, source, "open_name")
    name = decrypt(source.encrypted_name)
    log(source, "open_name", by=by)
    return name
