"""Permissions: one table from (record, action) to guards.

A guard is a predicate over (user, record) with a message for whoever it refuses. Rights come from memberships alone;
superuser status and groups grant nothing. Who may *see* a record is ``visible_to`` on the querysets.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from factcheck.models import Desk, DiscrepancyFigure, Figure, Measure, Membership, Role
from factcheck.states import DiscrepancyState

from .relations import (
    desks_of,
    did_last_action,
    did_not_change_the_words,
    did_not_give,
    did_not_judge,
    did_not_submit,
    did_submit,
    documents_compared,
    embargoed_documents_compared_with,
    is_assignee,
    is_chief_of_owning_desk,
    is_filed_by_itself,
    is_no_author,
    is_no_author_against_dismissed_figures,
    is_no_author_compared_with_source,
    is_no_author_of_a_differing_text,
    is_no_author_of_compared_text,
    is_no_author_of_judged_texts,
    is_of_a_system,
    is_of_no_other_service,
    is_recipient,
    may_open_name,
    may_update,
    roles_of,
)


@dataclass(frozen=True, slots=True)
class Guard:
    """A condition on an action, with the error code and message for a person who fails it."""

    allows: Callable[[Any, Any], bool]
    code: str
    message: str


def has_role(*roles: str) -> Guard:
    allowed = {*roles, Role.CHIEF_EDITOR}

    def check(user: Any, record: Any) -> bool:
        return bool(roles_of(user, desks_of(record)) & allowed)

    return Guard(check, "role_missing", f"This needs the role {' or '.join(roles).replace('_', ' ')} on the desk.")


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


def may_sign_its_claim(user: Any, figure: Figure) -> bool:
    return figure.claim is not None and refusal(user, figure.claim, "claim", "sign_off") is None


def may_settle_its_disputes(user: Any, figure: Figure) -> bool:
    """Whether a person may end the disputes of a figure by reading it otherwise: where there are any, its editors."""
    disputed = DiscrepancyFigure.objects.filter(figure=figure, discrepancy__state=DiscrepancyState.OPEN)
    return not disputed.exists() or EDITORS.allows(user, figure)


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
    "You last changed these words; someone else must decide on them.",
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
OF_A_SYSTEM = Guard(
    is_of_a_system, "not_its_own", "A service account files new words for what it, or its system, brought in alone."
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
    ("document", "revise"): (INTAKE, OWN_SYSTEM, OF_A_SYSTEM, NOT_AUTHOR_OF_OTHER_SIDE),
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
    ("figure", "dismiss"): (EDITORS, NOT_AUTHOR, NOT_COMPARED_AUTHOR, NOT_LAST_EDITOR),
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
