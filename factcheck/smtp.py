"""Where a person is mailed, how any mail is handed to the mail server, and what its answer means for the recipient."""

from __future__ import annotations

from contextlib import suppress
from smtplib import (
    SMTPDataError,
    SMTPHeloError,
    SMTPNotSupportedError,
    SMTPRecipientsRefused,
    SMTPSenderRefused,
)
from typing import Any

from django.core.mail import EmailMultiAlternatives, get_connection

REFUSALS = (SMTPHeloError, SMTPNotSupportedError, SMTPSenderRefused, SMTPRecipientsRefused, SMTPDataError)
"""The answers by which a mail server says that it did not take a mail."""


MAY_HAVE_ARRIVED = "the mail may have arrived"


class DeliveryUnknown(Exception):
    """The mail server fell silent while it was given a mail: it may have it, so it is not sent again."""

    def __init__(self) -> None:
        super().__init__(f"the mail server broke off in the middle; {MAY_HAVE_ARRIVED}")


def mail_address_of(person: Any) -> str:
    """The mail address of an account, by whatever name the host's user model has it; empty where there is none."""
    return str(getattr(person, type(person).get_email_field_name(), "") or "")


def subject_line(text: str, longest: int) -> str:
    """A text as the subject of a mail: one line, and no encoded word that a reader's program would open.

    >>> subject_line("The river\nrises =?", 12)
    'The river r…'
    """
    line = " ".join("".join(char if char.isprintable() else " " for char in text).split())
    line = line.replace("=?", "\N{FULLWIDTH EQUALS SIGN}?")
    return line if len(line) <= longest else f"{line[: longest - 1].rstrip()}…"


def send(message: EmailMultiAlternatives) -> None:
    """Hand one mail to the mail server.

    Raises:
        DeliveryUnknown: it broke off, and nobody knows whether it has the mail.
        OSError, SMTPException, ValueError: it has not; ``refusal_reason`` tells whether it ever will.
    """
    message.connection = get_connection()
    message.connection.open()
    try:
        message.send()
    except OSError as error:  # that of smtplib are among them
        if isinstance(error, REFUSALS):
            raise
        raise DeliveryUnknown from error
    finally:
        with suppress(OSError):  # the mail is delivered, whatever the server says on closing
            message.connection.close()


def refusal_reason(error: Exception) -> str:
    """Why this mail will never be taken for this address, or nothing where it may be later."""
    if isinstance(error, SMTPSenderRefused):  # it is our own address: nobody will get it until that is fixed
        return ""
    if isinstance(error, SMTPRecipientsRefused):
        code, words = next(iter(error.recipients.values()), (0, b""))
        return f"refused by the mail server: {code} {reply_text(words)}" if code >= 500 else ""
    if isinstance(error, SMTPDataError):
        return (
            f"refused by the mail server: {error.smtp_code} {reply_text(error.smtp_error)}"
            if error.smtp_code >= 500
            else ""
        )
    if isinstance(error, (SMTPNotSupportedError, ValueError)):
        return f"has an address that cannot be written to: {error}"
    return ""


def reply_text(words: bytes | str) -> str:
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    return " ".join(text.split())
