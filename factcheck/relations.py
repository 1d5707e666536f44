"""How a person stands to a record: who wrote it, who stands on the other side of a comparison, who gave it.

The questions that the guards of ``permissions`` ask; each answers from the database as it is now.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from factcheck.models import (
    GIVING,
    Anchor,
    Assessment,
    Claim,
    Desk,
    Discrepancy,
    DiscrepancyFigure,
    DiscrepancyKind,
    Document,
    DocumentKind,
    Event,
    Evidence,
    Eyes,
    Feed,
    Figure,
    Job,
    Judgement,
    Measure,
    Membership,
    Notification,
    Policy,
    Report,
    ReportSubscription,
    Revision,
    Role,
    Source,
    VerificationTask,
    Webhook,
    documents_of,
    documents_under,
    keys_of_documents,
    sentences_of,
)
from factcheck.states import FigureState


def documents_compared(measure: Measure, *, everywhere: bool) -> QuerySet[Document]:
    """The documents compared under a measure; of all topics where a measure with its key is general."""
    wide = everywhere or Measure.objects.filter(key=measure.key, general=True).exists()
    same = {"figures__measure__key": measure.key} if wide else {"figures__measure": measure}
    return Document.objects.filter(**same).distinct()


def desks_of(record: Any) -> set[int | None]:
    """The ids of the desks a record belongs to."""
    if isinstance(record, Desk):
        return {record.pk}
    if isinstance(record, (Job, Report, ReportSubscription, Feed, Policy, Webhook, Membership, Notification)):
        return {record.desk_id}
    if isinstance(record, (Measure, Discrepancy)):
        return set(documents_under(record).order_by("desk").values_list("desk", flat=True).distinct())
    return {document.desk_id for document in documents_of(record)}


def roles_of(user: Any, desks: Iterable[int | None]) -> set[str]:
    """A person's roles on any of these desks, and the chief editor's, which spans all."""
    if not getattr(user, "is_active", False) or user.pk is None:
        return set()
    wanted = set(desks)
    rows = Membership.objects.of(user).values_list("role", "desk")
    return {role for role, desk in rows if role == Role.CHIEF_EDITOR or (desk is not None and desk in wanted)}


def is_no_author(user: Any, record: Any) -> bool:
    """Whether a person wrote neither the texts of a record nor one with the same text, under whatever name it came."""
    keys = keys_of_documents(record)
    own = Document.objects.filter(authors=user.pk)
    texts = Revision.objects.filter(document__in=keys).exclude(words_sha256="").values("words_sha256")
    return not (own.filter(pk__in=keys).exists() or own.filter(revisions__words_sha256__in=texts).exists())


def figures_affected_by(record: Any) -> QuerySet[Figure]:
    """The figures whose comparison an action on this record may end."""
    if isinstance(record, Figure):
        return Figure.objects.filter(pk=record.pk)
    if isinstance(record, Claim):
        return figures_inside(record)
    return Figure.objects.filter(document__in=keys_of_documents(record))


def figures_inside(claim: Claim) -> QuerySet[Figure]:
    """The figures linked to a claim, and those that stand in its sentences and belong to no other."""
    place = claim.anchors.order_by("-revision__number").first()
    inside = Anchor.objects.none()
    if place is not None and place.start is not None:
        inside = Anchor.objects.filter(revision=place.revision, start__gte=place.start, end__lte=place.end)
    return Figure.objects.filter(Q(claim=claim) | Q(claim=None, pk__in=inside.values("figure")))


def of_one_measure_with(figures: QuerySet[Figure]) -> Q:
    """A filter for figures compared with these; a general measure reaches into every topic.

    A text under embargo is compared with what it is held against, and its author knows of both.
    """
    keys = Measure.objects.filter(general=True, key__in=figures.values("measure__key")).values("key")
    own = figures.values("measure")
    embargoed = Q(measure__held_against__in=own) | Q(measure__embargoed_beside__in=own)
    return Q(measure__in=own) | Q(measure__key__in=keys) | embargoed


def is_no_author_against_dismissed_figures(user: Any, record: Any) -> bool:
    """Whether a person may bring back what was dismissed: not a figure that would be compared with one of theirs."""
    back = figures_affected_by(record).filter(state=FigureState.DISMISSED).exclude(measure=None)
    own = Figure.objects.filter(of_one_measure_with(back), document__authors=user.pk)
    return not own.exclude(document__in=back.values("document")).exists()


def are_compared_with_own(user: Any, figures: QuerySet[Figure]) -> bool:
    """Whether one of these figures is compared with a figure of another text, and the person wrote that one.

    Figures of earlier revisions count too, so that nobody can remove their own for a moment.
    """
    compared = Figure.objects.compared().filter(pk__in=figures.values("pk")).exclude(measure=None)
    own = Figure.objects.filter(of_one_measure_with(compared), document__authors=user.pk)
    return own.exclude(document__in=figures.values("document")).exists()


def is_no_author_of_compared_text(user: Any, record: Any) -> bool:
    return not are_compared_with_own(user, figures_affected_by(record))


def is_no_author_of_a_differing_text(user: Any, document: Document) -> bool:
    """Whether a person may change a document's text: not where it differs or ever differed from a text of theirs.

    Their own story is theirs to correct, whatever it differs from.
    """
    if document.kind == DocumentKind.STORY and document.authors.filter(pk=user.pk).exists():
        return True
    sides = DiscrepancyFigure.objects.exclude(discrepancy__kind=DiscrepancyKind.NOT_COMPARABLE)
    own = sides.filter(figure__document__authors=user.pk, discrepancy=OuterRef("discrepancy"))
    other = own.exclude(figure__document=document).exclude(side=OuterRef("side"))
    return not sides.filter(Exists(other), figure__document=document).exists()


def is_no_author_compared_with_source(user: Any, source: Source) -> bool:
    voiced = Figure.objects.filter(Q(attribution__source=source) | Q(document__publisher=source))
    return not are_compared_with_own(user, voiced.exclude(document__authors=user.pk))


def did_not_submit(user: Any, claim: Claim) -> bool:
    return Policy.for_document(claim.document).eyes == Eyes.TWO or not did_submit(user, claim)


def did_not_give(user: Any, evidence: Evidence) -> bool:
    if Policy.for_document(evidence.claim.document).assessed_by == Assessment.SELF:
        return True
    given = Event.objects.of(evidence).filter(actor=user.pk, action__in=GIVING)
    return evidence.created_by_id != user.pk and not given.exists()


def did_submit(user: Any, claim: Claim) -> bool:
    verdict = claim.verdicts.last()
    return verdict is not None and verdict.by_id == user.pk


def did_last_action(user: Any, claim: Claim) -> bool:
    last = Event.objects.of(claim).last()
    return last is not None and last.actor_id == user.pk


def did_not_change_the_words(user: Any, record: Claim | Figure) -> bool:
    if isinstance(record, Figure):
        return not brought_in_words_of(user, [record])
    return record.words_changed_by_id is None or record.words_changed_by_id != user.pk


def brought_in_words_of(user: Any, figures: Sequence[Figure]) -> bool:
    """Whether one of these figures stands in words that a person brought into its text by revising it."""
    if Claim.objects.filter(pk__in={row.claim_id for row in figures}, words_changed_by=user.pk).exists():
        return True
    keys: dict[int, list[int]] = {}
    for row in figures:
        keys.setdefault(row.document_id, []).append(row.pk)
    revised = Document.objects.filter(pk__in=keys, revisions__created_by=user.pk, revisions__number__gt=1).distinct()
    return any(
        document.writer_of(str(sentence)) == user
        for document in revised
        for sentence in sentences_of(keys[document.pk]).values()
    )


def is_filed_by_itself(user: Any, document: Document) -> bool:
    """Whether a service account filed a text for its own system; of a person nothing is asked."""
    own = document.is_of_host and document.created_by_id == user.pk
    return own or Role.SERVICE not in roles_of(user, [document.desk_id])


def is_of_no_other_service(user: Any, document: Document) -> bool:
    """Whether a service account may file new words: not where another one files it; of a person nothing is asked."""
    if document.source_id == "" or document.created_by_id == user.pk:
        return True
    return any(Role.SERVICE not in roles_of(row, [document.desk_id]) for row in (user, document.created_by))


def is_of_a_system(user: Any, document: Document) -> bool:
    """Whether a service account may file new words: where it filed the text, or a system knows it by a number."""
    own = document.source_id != "" or document.created_by_id == user.pk
    return own or Role.SERVICE not in roles_of(user, [document.desk_id])


def is_assignee(user: Any, task: VerificationTask) -> bool:
    return task.assignee_id is not None and task.assignee_id == user.pk


def is_recipient(user: Any, notification: Notification) -> bool:
    return bool(notification.recipient_id == user.pk)


def has_access(user: Any, source: Source) -> bool:
    works = getattr(user, "is_active", False) and Membership.objects.of(user).exclude(role=Role.SERVICE).exists()
    return bool(works) and source.people_with_access.filter(pk=user.pk).exists()


def roles_on_owning_desk(user: Any, source: Source) -> set[str]:
    """A person's roles on the desk that entered a source. Sources are shared; the history says whose it is."""
    entered = Event.objects.of(source).filter(action="record").first()
    return roles_of(user, [entered.facts.get("desk")] if entered else [])


def is_chief_of_owning_desk(user: Any, source: Source) -> bool:
    return Role.DESK_CHIEF in roles_on_owning_desk(user, source)


def may_update(user: Any, source: Source) -> bool:
    able = {Role.EDITOR, Role.DESK_CHIEF, Role.CHIEF_EDITOR}
    return not source.confidential or bool(roles_on_owning_desk(user, source) & able)


def may_open_name(user: Any, source: Source) -> bool:
    return Role.DESK_CHIEF in roles_on_owning_desk(user, source) or bool(has_access(user, source))


def wrote_one_compared(user: Any, figures: QuerySet[Figure]) -> bool:
    """Whether a person wrote one of the texts whose figures these are compared with, or their own."""
    texts = Document.objects.filter(pk__in=figures.values("document"))
    measures = list(Measure.objects.filter(pk__in=figures.values("measure")))
    compared = (documents_compared(measure, everywhere=False) for measure in measures)
    return any(
        rows.filter(authors=user.pk).exists()
        for rows in (texts, *compared, embargoed_documents_compared_with(measures))
    )


def embargoed_documents_compared_with(measures: Iterable[Measure]) -> QuerySet[Document]:
    """The texts under embargo that are compared with these measures, seen by their own desks alone."""
    keys = [measure.pk for measure in measures]
    against = Q(figures__measure__held_against__in=keys) | Q(figures__measure__embargoed_beside__in=keys)
    return Document.objects.filter(against).distinct()


def is_no_author_of_judged_texts(user: Any, judgement: Judgement) -> bool:
    return not wrote_one_compared(user, Figure.objects.filter(pk__in=[judgement.a_id, judgement.b_id]))


def did_not_judge(user: Any, judgement: Judgement) -> bool:
    return bool(judgement.by_id != user.pk)
