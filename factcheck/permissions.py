"""Permissions: one table from (record, action) to guards.

A guard is a predicate over (user, record) with a message for whoever it refuses. Rights come from memberships alone;
superuser status and groups grant nothing. Who may *see* a record is ``visible_to`` on the querysets.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
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
    Role,
    Source,
    VerificationTask,
    Webhook,
    documents_of,
    documents_under,
    keys_of_documents,
)
from factcheck.states import DiscrepancyState, FigureState


@dataclass(frozen=True, slots=True)
class Guard:
    """A condition on an action, with the error code and message for a person who fails it."""

    allows: Callable[[Any, Any], bool]
    code: str
    message: str


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


def has_role(*roles: str) -> Guard:
    allowed = {*roles, Role.CHIEF_EDITOR}

    def check(user: Any, record: Any) -> bool:
        return bool(roles_of(user, desks_of(record)) & allowed)

    return Guard(check, "role_missing", f"This needs the role {' or '.join(roles).replace('_', ' ')} on the desk.")


def is_no_author(user: Any, record: Any) -> bool:
    return not Document.objects.filter(pk__in=keys_of_documents(record), authors=user.pk).exists()


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


def may_sign_its_claim(user: Any, figure: Figure) -> bool:
    return figure.claim is not None and refusal(user, figure.claim, "claim", "sign_off") is None


def may_settle_its_disputes(user: Any, figure: Figure) -> bool:
    """Whether a person may end the disputes of a figure by reading it otherwise: where there are any, its editors."""
    disputed = DiscrepancyFigure.objects.filter(figure=figure, discrepancy__state=DiscrepancyState.OPEN)
    return not disputed.exists() or EDITORS.allows(user, figure)


def did_submit(user: Any, claim: Claim) -> bool:
    verdict = claim.verdicts.last()
    return verdict is not None and verdict.by_id == user.pk


def did_last_action(user: Any, claim: Claim) -> bool:
    last = Event.objects.of(claim).last()
    return last is not None and last.actor_id == user.pk


def did_not_change_the_words(user: Any, claim: Claim) -> bool:
    return claim.words_changed_by_id is None or claim.words_changed_by_id != user.pk


def is_filed_by_itself(user: Any, document: Document) -> bool:
    """Whether a service account filed a text for its own system; of a person nothing is asked."""
    own = document.is_of_host and document.created_by_id == user.pk
    return own or Role.SERVICE not in roles_of(user, [document.desk_id])


def is_of_no_other_service(user: Any, document: Document) -> bool:
    """Whether a service account may file new words: not where another one files it; of a person nothing is asked."""
    if document.source_id == "" or document.created_by_id == user.pk:
        return True
    return any(Role.SERVICE not in roles_of(row, [document.desk_id]) for row in (user, document.created_by))


def is_assignee(user: Any, task: VerificationTask) -> bool:
    return task.assignee_id is not None and task.assignee_id == user.pk


def has_role_everywhere(*roles: str) -> Guard:
    allowed = {*roles, Role.CHIEF_EDITOR}

    def check(user: Any, record: Any) -> bool:
        desks = desks_of(record)
        return bool(desks) and all(roles_of(user, [desk]) & allowed for desk in desks)

    return Guard(
        check, "role_missing", f"This needs the role {' or '.join(roles).replace('_', ' ')} on every desk it touches."
    )


def for_all_compared(*, everywhere: bool) -> tuple[Guard, Guard]:
    """Guards for changing a comparison: editor on every desk with figures in it, and author of none of the texts."""

    def edits(user: Any, measure: Measure) -> bool:
        desks = set(documents_compared(measure, everywhere=everywhere).values_list("desk", flat=True))
        able = {Role.EDITOR, Role.DESK_CHIEF, Role.CHIEF_EDITOR}
        return bool(desks) and all(roles_of(user, [desk]) & able for desk in desks)

    def wrote_none(user: Any, measure: Measure) -> bool:
        compared = documents_compared(measure, everywhere=everywhere)
        return not any(
            rows.filter(authors=user.pk).exists() for rows in (compared, embargoed_documents_compared_with([measure]))
        )

    every = EDITORS_EVERYWHERE
    return Guard(edits, every.code, every.message), Guard(wrote_none, NOT_AUTHOR.code, NOT_AUTHOR.message)


def has_role_somewhere(*roles: str) -> Guard:
    """A role on any desk, for records shared by desks: sources and topics."""
    allowed = {*roles, Role.CHIEF_EDITOR}

    def check(user: Any, record: Any) -> bool:
        active = getattr(user, "is_active", False) and user.pk is not None
        return bool(active) and Membership.objects.of(user).filter(role__in=allowed).exists()

    return Guard(check, "role_missing", f"This needs the role {' or '.join(roles).replace('_', ' ')} on a desk.")


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


NOT_AUTHOR = Guard(is_no_author, "four_eyes_author", "An author of the document may not decide this.")
NOT_COMPARED_AUTHOR = Guard(
    is_no_author_of_compared_text,
    "four_eyes_other_side",
    "A figure of it is compared with a text that you wrote; someone else must decide this.",
)
NOT_AUTHOR_AGAINST_DISMISSED = Guard(
    is_no_author_against_dismissed_figures,
    "four_eyes_other_side",
    "A dismissed figure of it would be compared with a text that you wrote; someone else must bring it back.",
)
NOT_AUTHOR_OF_OTHER_SIDE = Guard(
    is_no_author_of_a_differing_text,
    "four_eyes_other_side",
    "It differs from a text that you wrote, or did; someone else must change its words.",
)
NOT_AUTHOR_AGAINST_SOURCE = Guard(
    is_no_author_compared_with_source,
    "four_eyes_other_side",
    "What this source says is compared with a text that you wrote; someone else must change or grade it.",
)
NOT_SUBMITTER = Guard(
    did_not_submit, "four_eyes_submitter", "You submitted this verdict; someone else must sign it off."
)
NOT_LAST_EDITOR = Guard(
    did_not_change_the_words,
    "four_eyes_words",
    "You last changed the words of this claim; someone else must decide it.",
)
NOT_GIVER = Guard(
    did_not_give, "four_eyes_evidence", "You recorded or linked this evidence; someone else must assess it."
)
MAY_SIGN = Guard(may_sign_its_claim, "four_eyes_signer", "This is for someone who may sign off its claim.")
MAY_SETTLE = Guard(may_settle_its_disputes, "in_dispute", "It is in dispute: an editor must say how it is read.")
LAST_ACTOR = Guard(did_last_action, "not_last_actor", "Only the person who did it last may take it back.")
OWN_SUBMISSION = Guard(did_submit, "not_submitter", "Only the person who submitted a verdict may recall it.")
ASSIGNEE = Guard(is_assignee, "not_assignee", "This piece of work is assigned to someone else.")
NOT_JUDGED_AUTHOR = Guard(
    is_no_author_of_judged_texts,
    "four_eyes_author",
    "You wrote a text whose figures these are compared with; someone else decides.",
)
NOT_PROPOSER = Guard(did_not_judge, "four_eyes_judge", "You judged this yourself; someone else must confirm it.")
RECIPIENT = Guard(is_recipient, "not_recipient", "This notice is somebody else's.")
OWNING_DESK_CHIEF = Guard(
    is_chief_of_owning_desk, "role_missing", "This needs the role desk chief on the desk that entered the source."
)
OWNING_DESK = Guard(
    may_update,
    "role_missing",
    "What is said of a confidential source is for editors of the desk that entered it to change.",
)
HAS_ACCESS = Guard(may_open_name, "name_encrypted", "This name is known to the people it was entrusted to only.")
CHIEF_EDITOR = Guard(has_role().allows, "role_missing", "This needs the role chief editor.")
CHIEF = has_role(Role.DESK_CHIEF)
EDITORS_EVERYWHERE = has_role_everywhere(Role.EDITOR, Role.DESK_CHIEF)
EDITORS = has_role(Role.EDITOR, Role.DESK_CHIEF)
CHECKERS = has_role(Role.CHECKER, Role.EDITOR, Role.DESK_CHIEF)
REVIEWERS = has_role(Role.REVIEWER, Role.DESK_CHIEF)
WORKERS = has_role(Role.CHECKER, Role.REVIEWER, Role.EDITOR, Role.DESK_CHIEF)
SERVICE_ACCOUNT = Guard(
    lambda user, desk: Role.SERVICE in roles_of(user, [desk.pk]),
    "service_only",
    "Only a service account of the desk files what belongs to another system; leave its name and number out.",
)
FILED_BY_ITSELF = Guard(
    is_filed_by_itself,
    "not_its_own",
    "A service account records the publication of texts alone that it filed for its own system.",
)
OWN_SYSTEM = Guard(is_of_no_other_service, "source_app_taken", "Another service account files for this system.")
INTAKE = has_role(Role.EDITOR, Role.DESK_CHIEF, Role.SERVICE)
EDITORS_SOMEWHERE = has_role_somewhere(Role.EDITOR, Role.DESK_CHIEF)
CHECKERS_SOMEWHERE = has_role_somewhere(Role.CHECKER, Role.EDITOR, Role.DESK_CHIEF)
ANYONE = has_role(*[role for role in Role.values if role != Role.CHIEF_EDITOR])

PERMISSIONS: dict[tuple[str, str], tuple[Guard, ...]] = {
    ("desk", "ingest"): (INTAKE,),
    ("desk", "file_for_host"): (SERVICE_ACCOUNT,),
    ("desk", "record_source"): (CHECKERS,),
    ("desk", "record_topic"): (EDITORS,),
    ("desk", "crosscheck"): (CHECKERS,),
    ("desk", "build_report"): (ANYONE,),
    ("desk", "subscribe"): (EDITORS,),
    ("report_subscription", "send_now"): (EDITORS,),
    ("desk", "arrange"): (CHIEF,),
    ("desk", "record"): (CHIEF_EDITOR,),
    ("desk", "keep_feed"): (CHIEF,),
    ("desk", "keep_webhook"): (CHIEF,),
    ("membership", "remove"): (CHIEF,),
    ("webhook", "ping"): (CHIEF,),
    ("feed", "poll"): (EDITORS,),
    ("source", "change"): (CHECKERS_SOMEWHERE, OWNING_DESK),
    ("source", "grade"): (EDITORS_SOMEWHERE, OWNING_DESK, NOT_AUTHOR_AGAINST_SOURCE),
    ("source", "grant_access"): (OWNING_DESK_CHIEF,),
    ("source", "open_name"): (HAS_ACCESS,),
    ("topic", "change"): (EDITORS_SOMEWHERE,),
    ("document", "revise"): (INTAKE, OWN_SYSTEM, NOT_AUTHOR_OF_OTHER_SIDE),
    ("document", "fetch"): (INTAKE, OWN_SYSTEM, NOT_AUTHOR_OF_OTHER_SIDE),
    ("document", "confirm"): (EDITORS,),
    ("document", "add_claim"): (CHECKERS,),
    ("document", "read_clearance"): (ANYONE,),
    ("document", "reread"): (EDITORS,),
    ("document", "update_metadata"): (EDITORS,),
    ("document", "strike_author"): (CHIEF,),
    ("document", "set_topic"): (EDITORS, NOT_AUTHOR),
    ("document", "dismiss_idle"): (EDITORS, NOT_AUTHOR),
    ("document", "dismiss_quiet"): (EDITORS, NOT_AUTHOR),
    ("document", "waive"): (CHIEF, NOT_AUTHOR),
    ("document", "publish"): (INTAKE, FILED_BY_ITSELF),
    ("document", "publish_uncleared"): (EDITORS,),
    ("document", "correct"): (EDITORS,),
    ("document", "withdraw"): (EDITORS, NOT_COMPARED_AUTHOR),
    ("document", "erase"): (CHIEF, NOT_COMPARED_AUTHOR),
    ("claim", "accept"): (EDITORS,),
    ("claim", "assign"): (EDITORS,),
    ("claim", "split"): (EDITORS,),
    ("claim", "place"): (EDITORS,),
    ("claim", "record_evidence"): (CHECKERS,),
    ("claim", "start"): (CHECKERS,),
    ("claim", "submit"): (CHECKERS,),
    ("claim", "recall"): (CHECKERS, OWN_SUBMISSION),
    ("claim", "return"): (REVIEWERS,),
    ("claim", "sign_off"): (REVIEWERS, NOT_AUTHOR, NOT_SUBMITTER, NOT_LAST_EDITOR),
    ("claim", "countersign"): (REVIEWERS, NOT_AUTHOR, NOT_SUBMITTER, NOT_LAST_EDITOR),
    ("claim", "challenge"): (WORKERS,),
    ("claim", "dismiss"): (EDITORS, NOT_AUTHOR, NOT_LAST_EDITOR, NOT_COMPARED_AUTHOR),
    ("claim", "waive"): (CHIEF, NOT_AUTHOR, NOT_LAST_EDITOR),
    ("claim", "reopen"): (EDITORS, NOT_AUTHOR_AGAINST_DISMISSED),
    ("claim", "take_back"): (EDITORS, LAST_ACTOR, NOT_AUTHOR_AGAINST_DISMISSED),
    ("figure", "link"): (CHECKERS, NOT_AUTHOR_AGAINST_DISMISSED),
    ("figure", "dismiss"): (EDITORS, NOT_AUTHOR, NOT_COMPARED_AUTHOR),
    ("figure", "reopen"): (EDITORS, NOT_AUTHOR_AGAINST_DISMISSED),
    ("figure", "pin"): (EDITORS, NOT_AUTHOR),
    ("figure", "confirm_as_of"): (REVIEWERS, NOT_AUTHOR, NOT_COMPARED_AUTHOR, MAY_SIGN),
    ("figure", "state_as_of"): (REVIEWERS, NOT_AUTHOR, NOT_COMPARED_AUTHOR, MAY_SIGN),
    ("figure", "correct_reading"): (CHECKERS, NOT_AUTHOR, NOT_COMPARED_AUTHOR, MAY_SETTLE),
    ("figure", "judge"): (EDITORS,),
    ("judgement", "confirm"): (EDITORS_EVERYWHERE, NOT_JUDGED_AUTHOR, NOT_PROPOSER),
    ("judgement", "withdraw"): (EDITORS_EVERYWHERE, NOT_JUDGED_AUTHOR),
    ("measure", "merge"): for_all_compared(everywhere=False),
    ("measure", "split"): for_all_compared(everywhere=False),
    ("measure", "set_general"): for_all_compared(everywhere=True),
    ("verification_task", "assign"): (EDITORS,),
    ("verification_task", "reassign"): (EDITORS,),
    ("verification_task", "reschedule"): (EDITORS,),
    ("verification_task", "take_up"): (CHECKERS, ASSIGNEE),
    ("verification_task", "block"): (CHECKERS, ASSIGNEE),
    ("verification_task", "unblock"): (CHECKERS, ASSIGNEE),
    ("verification_task", "hand_in"): (CHECKERS, ASSIGNEE),
    ("verification_task", "cancel"): (EDITORS,),
    ("verification_task", "reopen"): (REVIEWERS,),
    ("evidence", "capture"): (CHECKERS,),
    ("evidence", "attach"): (CHECKERS,),
    ("evidence", "link"): (CHECKERS,),
    ("evidence", "assess"): (WORKERS, NOT_AUTHOR, NOT_GIVER),
    ("evidence", "drift"): (CHECKERS,),
    ("evidence", "supersede"): (CHECKERS,),
    ("evidence", "withdraw"): (CHECKERS,),
    ("discrepancy", "judge"): (EDITORS_EVERYWHERE,),
    ("discrepancy", "resolve"): (EDITORS_EVERYWHERE, NOT_AUTHOR),
    ("job", "retry"): (EDITORS,),
    ("job", "cancel"): (EDITORS,),
    ("notification", "read"): (RECIPIENT,),
    ("erased_person", "erase"): (CHIEF_EDITOR,),
}

MACHINE_ACTIONS = frozenset(
    {("desk", "ingest"), ("desk", "crosscheck"), ("document", "revise"), ("document", "note_clearance")}
)
"""Actions a job may do besides the machine rows of ``states.TRANSITIONS``."""


def refusal(user: Any, record: Any, kind: str, action: str) -> Guard | None:
    """The first guard that refuses this person this action on this record, or None. Unlisted actions are refused."""
    guards = PERMISSIONS.get((kind, action))
    if guards is None:
        return Guard(lambda user, record: False, "not_allowed", "Nobody may do this.")
    return next((guard for guard in guards if not guard.allows(user, record)), None)


def can_anywhere(user: Any, kind: str, action: str, desks: Iterable[Desk]) -> bool:
    """Whether a membership on one of these desks allows an action, whatever the record: what a list offers."""
    desks, guards = list(desks), PERMISSIONS.get((kind, action), ())
    roles = [guard for guard in guards if guard.code == "role_missing"]
    return bool(guards) and all(any(guard.allows(user, desk) for desk in desks) for guard in roles)
