"""Erase who a person was: what names them goes, what they decided stays under a pseudonym, and the history verifies.

The account itself stays, for the history and some twenty tables hold its id. What else may name the person is told
by ``what_remains``.
"""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.contrib.auth import get_user_model
from django.contrib.contenttypes.models import ContentType
from django.db import IntegrityError, models, transaction

from factcheck import signals
from factcheck.actors import Person
from factcheck.errors import Invalid, NotAllowed, WrongState
from factcheck.jobs.keys import job_key
from factcheck.models import (
    ErasedPerson,
    IdempotencyKey,
    Job,
    Membership,
    NoticeChoice,
    Notification,
    Preferences,
    ReportDelivery,
    ReportSubscription,
    VerificationTask,
)
from factcheck.smtp import MAY_HAVE_ARRIVED, mail_address_of

from .access import end_access, sessions_of
from .desks import delete_membership, refuse_last_chief
from .transitions import change, check_permission, log, require_note, require_storable

NO_DOMAIN = "erased.invalid"
"""The domain of pseudonyms where a log-in name or a mail address must be one; no mail is ever delivered there."""
REFUSAL_ERASED = "it was not sent; what the mail server said was erased"
REMAINS = (
    "names in texts, bylines, claims, evidence and reasons (erase a document to blank what was said of it)",
    "the names of who decided in frozen reports and in the answers that publications hold",
    "what has left the site: mails, webhooks, downloads, printed pages",
    "logs, and backups until they run out",
    "the id of the account in the history and in everything the person did",
)


def erase_person(user: Any, *, by: Person, note: str) -> ErasedPerson:
    """Make an account nameless for good: deactivated, under a pseudonym, without roles, tokens, sessions and notices.

    What the person did stays, by the id of the account. There is no way back.

    Raises:
        NotAllowed: only a chief editor erases, and never themselves.
        Invalid: no reason, or a column of the host's user model that takes no pseudonym.
        WrongState: it was erased already, or a desk would be left without a chief.
    """
    check_erasing(user, by=by, note=note)
    called, address = user.get_username(), mail_address_of(user)
    with transaction.atomic():
        type(user)._default_manager.select_for_update(no_key=True).get(pk=user.pk)
        try:
            with transaction.atomic():
                erased = ErasedPerson.objects.create(user=user)
        except IntegrityError:
            raise WrongState("This account was erased already.", code="erased_already") from None
        facts = what_goes(user)
        for membership in Membership.objects.filter(user=user).order_by("pk"):
            delete_membership(membership, by=by)
        end_subscriptions(user, by=by)
        erase_notices(user, address)
        make_nameless(user, erased.pseudonym)
        end_access(user)
        log(erased, "erase", by=by, note=require_note(note), facts=facts)
        signals.announce(signals.person_erased, type(user), user=user, log_in_name=called)
    return erased


def check_erasing(user: Any, *, by: Person, note: str) -> None:
    """Refuse what ``erase_person`` would refuse, and write nothing.

    Raises:
        NotAllowed, Invalid, WrongState: as for it.
    """
    check_permission(by, ErasedPerson(user=user), "erase")
    if by.pk == user.pk:
        raise NotAllowed("Somebody else erases your account.", code="own_account")
    require_storable(require_note(note))
    if ErasedPerson.objects.filter(user=user).exists():
        raise WrongState("This account was erased already.", code="erased_already")
    for membership in Membership.objects.filter(user=user).order_by("pk"):
        refuse_last_chief(membership)
    columns = {field.name: field for field in own_columns(type(user))}
    if not isinstance(columns.get(user.USERNAME_FIELD), models.CharField):
        raise Invalid("The log-in name of this user model takes no pseudonym.", code="no_pseudonym")
    longest = ErasedPerson(pk=2**63 - 1, user=user).pseudonym
    for field, value in nameless_values(type(user), longest).items():
        if isinstance(value, str) and field.max_length is not None and len(value) > field.max_length:
            words = f"The column “{field.name}” of the user model is too short for a pseudonym."
            raise Invalid(words, code="no_pseudonym")


def what_goes(user: Any) -> dict[str, int]:
    """How many rows of each kind an erasing takes from a person."""
    return {
        "roles": Membership.objects.filter(user=user).count(),
        "tokens": user.auth_token_set.count(),
        "sessions": sum(1 for _ in sessions_of(user)),
        "subscriptions": ReportSubscription.objects.filter(recipients=user).count(),
        "notices": Notification.objects.filter(recipient=user).count(),
    }


def what_remains(user: Any) -> list[str]:
    """What still tells of the person after an erasing, and what somebody must still do; for people to read."""
    kept = [field.name for field in own_columns(type(user)) if field not in nameless_values(type(user), "")]
    columns = [f"the columns {', '.join(kept)} of the account"] if kept else []
    count = VerificationTask.objects.unfinished().filter(assignee=user).count()
    pieces = "1 piece" if count == 1 else f"{count} pieces"
    return [*REMAINS, *columns, *([f"{pieces} of checking work assigned to the account: reassign it"] if count else [])]


def end_subscriptions(user: Any, *, by: Person) -> None:
    """No report is mailed to the person any more; a subscription without another recipient is switched off."""
    for row in ReportSubscription.objects.filter(recipients=user).order_by("pk"):
        row.recipients.remove(user)
        values = {} if row.recipients.exists() else {"active": False}
        change(row, **values)
        log(row, "change", by=by, facts={"changed": sorted(["recipients", *values])})


def erase_notices(user: Any, address: str) -> None:
    """Delete the person's notices and answers kept for them; their mail address goes from what failed."""
    Notification.objects.filter(recipient=user).delete()
    NoticeChoice.objects.filter(user=user).delete()
    Preferences.objects.filter(user=user).delete()
    IdempotencyKey.objects.filter(user=user).delete()
    refused = ReportDelivery.objects.filter(recipient=user).exclude(refused="")
    refused.exclude(refused__endswith=MAY_HAVE_ARRIVED).update(refused=REFUSAL_ERASED)
    jobs = models.Q(key=job_key(user)) | (models.Q(error__icontains=address) if address else models.Q())
    Job.objects.filter(jobs).exclude(error="").update(error="The reason was erased.")


def make_nameless(user: Any, pseudonym: str) -> None:
    """Deactivate an account, with its columns of words and whatever may be empty replaced."""
    for field, value in nameless_values(type(user), pseudonym).items():
        setattr(user, field.attname, value)
    for right in ("is_active", "is_staff", "is_superuser"):
        if hasattr(user, right):
            setattr(user, right, False)
    user.set_unusable_password()
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError:
        raise WrongState(f"Another account is called {pseudonym} already; rename it first.") from None
    for field in user._meta.many_to_many:
        getattr(user, field.name).clear()
    if apps.is_installed("django.contrib.admin"):  # its log repeats the name of what was changed
        entries = apps.get_model("admin", "LogEntry").objects
        of_users = ContentType.objects.get_for_model(get_user_model())
        entries.filter(content_type=of_users, object_id=str(user.pk)).update(object_repr=pseudonym, change_message="")


def nameless_values(model: Any, pseudonym: str) -> dict[Any, Any]:
    """What each column of the user model becomes that is words, a file, or may be empty."""
    values: dict[Any, Any] = {}
    for field in own_columns(model):
        words = isinstance(field, models.CharField | models.TextField | models.FileField)
        if field.name == model.USERNAME_FIELD or (words and field.unique):
            values[field] = f"{pseudonym}@{NO_DOMAIN}" if isinstance(field, models.EmailField) else pseudonym
        elif field.null:
            values[field] = None
        elif words and not field.choices:
            values[field] = ""
    return values


def own_columns(model: Any) -> list[Any]:
    """The columns of the user model that may tell who somebody is: no key, password, right or yes and no."""
    return [
        field
        for field in model._meta.concrete_fields
        if not (field.primary_key or field.name == "password" or isinstance(field, models.BooleanField))
    ]
