"""E-mails as files, by the standard library: the words of the mail, whatever they are wrapped in.

Attachments are named and not read, but for a mail within the mail. A page saved as one file (MHTML) is a mail too.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from typing import Any

from factcheck.intake.extracts import Extract, Unreadable
from factcheck.intake.readers.credits import names, title_of
from factcheck.intake.readers.dates import read_stamp
from factcheck.intake.readers.decoding import decoded
from factcheck.intake.readers.formats import MAIL
from factcheck.intake.readers.html import block_text, read_html
from factcheck.intake.text_cleaning import one_line, stored_text

MOST_PARTS = 500
DEEPEST = 20
_ENCRYPTED = ("multipart/encrypted", "application/pkcs7-mime", "application/x-pkcs7-mime")
_MAILBOX = re.compile(rb"\A(?:\xef\xbb\xbf)?\s*From [^\r\n]*\r?\n")
_NEXT_MAIL = re.compile(rb"\r?\n\r?\nFrom \S+ [^\r\n]*\d{4}\r?\n[A-Za-z-]+:")
_SENT = "The date is that on which the e-mail was sent."


@dataclass(slots=True)
class _Found:
    """What the parts of a mail hold."""

    texts: list[str] = field(default_factory=list)
    attachments: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    parts: int = 0


def read_mail(data: bytes) -> Extract:
    """The body of a mail, its plain form where it has two. Raises Unreadable: encrypted, no_text, wrong_type."""
    data = _MAILBOX.sub(b"", data, count=1)
    if _NEXT_MAIL.search(data):
        raise Unreadable("wrong_type", "This is a mailbox with several e-mails. Please save each as .eml.")
    message = BytesParser(policy=policy.default).parsebytes(data)
    if location := _header(message, "Snapshot-Content-Location"):
        return _saved_page(message, location)
    found = _Found()
    _collect(message, found, DEEPEST)
    if not "".join(found.texts).strip():
        named = f" Please send its attachments alone: {_listed(found.attachments)}." if found.attachments else ""
        raise Unreadable("no_text", f"The e-mail has no text of its own.{named}")
    return _extract(message, found)


def _extract(message: Any, found: _Found) -> Extract:
    stamp = read_stamp(_date(message))
    if found.attachments:
        found.notes.append(f"The e-mail has attachments, which are not in the text: {_listed(found.attachments)}.")
    return Extract(
        text="\n\n".join(text.strip("\n") for text in found.texts if text.strip()),
        media_type=MAIL,
        title=title_of(_header(message, "Subject")),
        published_at=stamp.at,
        published_text=stamp.found,
        published_precision=stamp.precision,
        zone=stamp.zone,
        byline=names(re.sub(r"<[^<>]*>", "", _header(message, "From")).replace('"', "")),
        language=one_line(_header(message, "Content-Language"), 35),
        notes=(
            "This is an e-mail; please compare its text.",
            *((_SENT,) if stamp.at else ()),
            *stamp.notes,
            *found.notes,
        ),
    )


def _collect(part: Any, found: _Found, depth: int) -> None:
    """Add what a part of a mail says to what was found."""
    found.parts += 1
    kind = part.get_content_type()
    if kind in _ENCRYPTED:
        raise Unreadable(
            "encrypted", "The e-mail is encrypted. Please open it in your mail program and paste the text."
        )
    if found.parts > MOST_PARTS or depth == 0:
        raise Unreadable("malformed", "The e-mail has more parts than any e-mail needs; not read.")
    if kind == "message/rfc822":
        _mail_within(part, found, depth)
    elif kind == "multipart/alternative":
        found.texts.append(_best_form(part, found, depth))
    elif part.is_multipart():
        for inner in part.get_payload():
            _collect(inner, found, depth - 1)
    elif _is_attachment(part) or kind not in ("text/plain", "text/html"):
        found.attachments.append(_name(part, kind))
    else:
        found.texts.append(_text(part, kind, found.notes))


def _mail_within(part: Any, found: _Found, depth: int) -> None:
    for inner in part.get_payload() if part.is_multipart() else ():
        found.notes.append(f"The text goes on with an attached e-mail: “{one_line(_header(inner, 'Subject'), 80)}”.")
        _collect(inner, found, depth - 1)


def _best_form(part: Any, found: _Found, depth: int) -> str:
    """The plain form of a text, but for one that only points to the other."""
    forms: dict[str, _Found] = {}
    for inner in part.get_payload() if part.is_multipart() else ():
        own = _Found(parts=found.parts)
        _collect(inner, own, depth - 1)
        found.parts = own.parts
        found.attachments += [name for name in own.attachments if name not in found.attachments]
        forms.setdefault("plain" if inner.get_content_type() == "text/plain" else "marked", own)
    texts = {name: "\n\n".join(own.texts) for name, own in forms.items()}
    plain, marked = texts.get("plain", ""), texts.get("marked", "")
    best = "marked" if len(marked) > 2 * len(plain) else "plain"
    found.notes += forms[best].notes if best in forms else []
    return marked if best == "marked" else plain


def _text(part: Any, kind: str, notes: list[str]) -> str:
    characters = decoded(part.get_payload(decode=True) or b"", str(part.get_content_charset() or ""))
    text, _ = stored_text(characters.text)
    notes.extend(characters.notes)
    if kind == "text/html":
        text, remarks = block_text(text)
        notes.extend(remarks)
    elif part.get_param("format") == "flowed":
        text = _unwrapped(text, delsp=part.get_param("delsp") == "yes")
    return text


def _unwrapped(text: str, *, delsp: bool) -> str:
    """Text without the line ends that the mail program put in (RFC 3676): a line that ends in a space goes on."""
    lines: list[str] = []
    goes_on = False
    for line in (stuffed.removeprefix(" ") for stuffed in text.split("\n")):
        if goes_on:
            lines[-1] += line
        else:
            lines.append(line)
        goes_on = line.endswith(" ") and line != "-- "
        if goes_on and delsp:
            lines[-1] = lines[-1][:-1]
    return "\n".join(lines)


def _saved_page(message: EmailMessage, location: str) -> Extract:
    """A page that a browser saved as one file."""
    for part in message.walk():
        if part.get_content_type() == "text/html":
            raw = part.get_payload(decode=True)
            page = decoded(raw if isinstance(raw, bytes) else b"", str(part.get_content_charset() or ""))
            return read_html(stored_text(page.text)[0], one_line(location, 2000))
    raise Unreadable("no_text", "The saved page has no text.")


def _is_attachment(part: Any) -> bool:
    return str(part.get("Content-Disposition", "")).lower().lstrip().startswith("attachment")


def _name(part: Any, kind: str) -> str:
    try:
        name = part.get_filename()
    except (ValueError, TypeError, LookupError):
        name = ""
    return one_line(name, 80) or kind


def _listed(attachments: list[str]) -> str:
    more = f" and {len(attachments) - 10} more" if len(attachments) > 10 else ""
    return ", ".join(attachments[:10]) + more


def _date(message: Any) -> str:
    """The date as it was written: the library takes a zone that it does not know for universal time."""
    return next((str(value) for name, value in message.raw_items() if name.lower() == "date"), "")


def _header(message: Any, name: str) -> str:
    """A header as text, "" where there is none or the library stumbles over it."""
    try:
        return str(message.get(name) or "")
    except Exception:  # the library raises whatever it likes on a header that is damaged; it costs that header
        return ""
