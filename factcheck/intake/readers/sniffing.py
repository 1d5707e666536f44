"""What bytes really are, judged by themselves; and whether that is what their name says.

No reading of contents here beyond what is needed to tell formats apart: `formats` has their names, `containers` looks
into ZIP files, `refusals` says what to do with the rest.
"""

from __future__ import annotations

import mimetypes
import re
import unicodedata

from factcheck.intake.extracts import Unreadable
from factcheck.intake.readers.containers import old_office_refusal, packed_type
from factcheck.intake.readers.formats import (
    ACCEPTED,
    ALSO_NAMED,
    BY_ENDING,
    BY_MEDIA_TYPE,
    CSV,
    HTML,
    MAIL,
    MARKDOWN,
    NAMES,
    NEWSML,
    NINJS,
    NITF,
    PDF,
    PLAIN,
    RTF,
)
from factcheck.intake.readers.refusals import no_text, other_xml, root_name

_ENDING = re.compile(r"\.([a-z0-9]{1,10})\Z", re.IGNORECASE | re.ASCII)
_PAGE = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*|<!--(?:(?!-->).){0,5000}-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.I | re.S
)
_TAG = re.compile(r"</?(?:p|div|span|article|section|h[1-6]|ul|table|br|a|b|em|title|meta|script)\b[^<>]*>", re.I)
_XML = re.compile(
    r"\s*<(?:\?xml\b|!DOCTYPE\s+nitf\b|rss\b|feed\b|svg\b|nitf\b|newsItem\b|newsMessage\b)", re.IGNORECASE
)
_STORIES = {"newsitem": NEWSML, "newsmessage": NEWSML, "nitf": NITF}
_NINJS = re.compile(r'"(?:uri|headlines?|body_?[a-z]*|bodies|version_?created)"\s*:', re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_CONTROL_BYTE = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_WIDE_MARKS = (b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")
_SAMPLE = 200_000
_KNOWN_ENDINGS = mimetypes.MimeTypes(filenames=())
_HEADER = re.compile(rb"([A-Za-z][A-Za-z0-9-]{1,60}):[^\r\n]*\r?\n(?:[ \t][^\r\n]*\r?\n)*")
_OF_MAILS = {b"from", b"to", b"subject", b"date", b"cc", b"reply-to", b"sender"}
_OF_MACHINES = {
    *(b"message-id", b"mime-version", b"received", b"return-path", b"delivered-to", b"dkim-signature", b"x-mailer"),
    *(b"content-type", b"content-transfer-encoding"),
}


def binary_type(data: bytes, charset: str = "", claimed: str = "") -> str:
    """The format of what must not be decoded as a whole, or "". A declared wide `charset` explains zero bytes.

    Raises Unreadable (wrong_type, encrypted, binary) for other formats that announce themselves.
    """
    head = data[:1024].removeprefix(b"\xef\xbb\xbf").lstrip()
    if head.startswith(b"%PDF-"):
        return PDF
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return packed_type(data)
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        raise old_office_refusal(data)
    if head.startswith(b"{\\rtf"):
        return RTF
    if head.startswith(b"%!PS"):
        raise Unreadable("wrong_type", "This is PostScript. Please save it as PDF, or paste the text.")
    if _is_mail(data, claimed):
        return MAIL
    wide = data.startswith(_WIDE_MARKS) or charset.lower().replace("_", "-").startswith(("utf-16", "utf-32"))
    if not wide and _noisy(len(_CONTROL_BYTE.findall(data[:_SAMPLE])), len(data)):
        raise no_text(data)
    return ""


def text_type(text: str, claimed: str) -> str:
    """The format of characters, judged by themselves; `claimed` decides where they leave it open.

    Raises Unreadable: binary where the characters are not a text at all, wrong_type for XML that is no page.
    """
    sample = text[:_SAMPLE]
    if _noisy(len(_CONTROL.findall(sample)), len(sample)):
        raise Unreadable("binary", f"This file is not a text. {ACCEPTED}")
    if _PAGE.match(sample) or (claimed == HTML and _TAG.search(sample)):
        return HTML
    if _XML.match(sample):
        if story := _STORIES.get(root_name(sample).lower()):
            return story
        raise other_xml(sample)
    braces = sample.lstrip()[:1] == "{" and text[-1000:].rstrip()[-1:] == "}"
    if claimed == NINJS or (not claimed and braces and _NINJS.search(sample)):
        return NINJS
    return claimed if claimed in (MARKDOWN, CSV) else PLAIN


def claimed_type(filename: str, media_type: str) -> str:
    """The type that the name says, or else the media type; "" where neither says anything known."""
    return BY_ENDING.get(_ending(filename)) or BY_MEDIA_TYPE.get(_bare(media_type), "")


def check_name(filename: str, found: str) -> None:
    """Raises Unreadable (wrong_type) where the ending of a file name promises something else than was found."""
    ending = _ending(filename)
    expected = BY_ENDING.get(ending, "")
    if expected == found or found in ALSO_NAMED.get(ending, ()):
        return
    if expected or _KNOWN_ENDINGS.guess_type("x." + ending)[0]:
        raise Unreadable("wrong_type", f"The file is named {display_name(filename)} but is {NAMES[found]}. {ACCEPTED}")


def media_type_mismatch(media_type: str, found: str) -> tuple[str, ...]:
    """A note where the stated media type and the bytes disagree; the bytes win."""
    stated = _bare(media_type)
    expected = BY_MEDIA_TYPE.get(stated, PLAIN if stated == PLAIN else "")
    vague = stated in ("", "application/octet-stream", "application/xml", "text/xml", "application/zip")
    if vague or expected == found or {expected, found} in ({PLAIN, MARKDOWN}, {PLAIN, MAIL}):
        return ()
    return (f"The sender called this {stated[:80]!r}, but it is {NAMES[found]}.",)


def display_name(filename: str) -> str:
    """A file name fit for a message: last part only, no control or direction characters, at most 80 long."""
    last = re.split(r"[/\\]", filename)[-1]
    return "".join(char for char in last if unicodedata.category(char)[0] != "C")[:80] or "(no name)"


def _is_mail(data: bytes, claimed: str) -> bool:
    """Whether bytes begin with the headers of a mail: several, and one that only a machine writes."""
    head = re.sub(rb"\AFrom [^\r\n]*\r?\n", b"", data[:20_000].removeprefix(b"\xef\xbb\xbf").lstrip())
    names, place = set[bytes](), 0
    while matched := _HEADER.match(head, place):
        names.add(matched[1].lower())
        place = matched.end()
    known = len(names & (_OF_MAILS | _OF_MACHINES))
    return (known > 0 and claimed == MAIL) or (known > 2 and bool(names & _OF_MACHINES))


def _noisy(controls: int, size: int) -> bool:
    return controls > 8 and controls * 50 > min(size, _SAMPLE)


def _ending(filename: str) -> str:
    found = _ENDING.search(display_name(filename).rstrip(". "))
    return found.group(1).lower() if found else ""


def _bare(media_type: str) -> str:
    return media_type.partition(";")[0].strip().lower()
