"""What bytes really are, judged by themselves; and whether that is what their name says.

No reading of contents here beyond what is needed to tell formats apart.
"""

from __future__ import annotations

import mimetypes
import re
import unicodedata

import puremagic

from factcheck.intake.extracts import Unreadable
from factcheck.intake.readers.containers import DOCX, old_office_refusal, packed_type

PLAIN = "text/plain"
MARKDOWN = "text/markdown"
HTML = "text/html"
PDF = "application/pdf"
NINJS = "application/json"

_NAMES = {
    PLAIN: "plain text",
    MARKDOWN: "Markdown",
    HTML: "a web page (HTML)",
    PDF: "a PDF",
    DOCX: "a Word document (DOCX)",
    NINJS: "JSON",
}
_BY_ENDING = {
    **dict.fromkeys(["txt", "text"], PLAIN),
    **dict.fromkeys(["md", "markdown", "mdown", "mmd"], MARKDOWN),
    **dict.fromkeys(["html", "htm", "xhtml"], HTML),
    **dict.fromkeys(["json", "ninjs"], NINJS),
    "pdf": PDF,
    **dict.fromkeys(["docx", "docm", "dotx", "dotm"], DOCX),
}
_BY_MEDIA_TYPE = {
    **{media_type: media_type for media_type in (MARKDOWN, HTML, PDF, DOCX, NINJS)},
    "text/x-markdown": MARKDOWN,
    "application/xhtml+xml": HTML,
    "application/x-pdf": PDF,
    "application/ninjs+json": NINJS,
    "application/vnd.iptc.ninjs+json": NINJS,
    "text/json": NINJS,
}
ACCEPTED = "Accepted are plain text, Markdown, HTML, PDF, Word (.docx) and ninjs."

_ENDING = re.compile(r"\.([a-z0-9]{1,10})\Z", re.IGNORECASE | re.ASCII)
_PAGE = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*|<!--(?:(?!-->).){0,5000}-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.I | re.S
)
_TAG = re.compile(r"</?(?:p|div|span|article|section|h[1-6]|ul|table|br|a|b|em|title|meta|script)\b[^<>]*>", re.I)
_OTHER_XML = re.compile(r"\s*<(?:\?xml|rss|feed|svg)\b", re.IGNORECASE)
_NINJS = re.compile(r'"(?:uri|headlines?|body_?[a-z]*|bodies|version_?created)"\s*:', re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_CONTROL_BYTE = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_WIDE_MARKS = (b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")
_SAMPLE = 200_000
_KNOWN_ENDINGS = mimetypes.MimeTypes(filenames=())


def binary_type(data: bytes, charset: str = "") -> str:
    """PDF or DOCX by their bytes, or "" for what must be text. A declared wide `charset` explains zero bytes.

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
        raise Unreadable("wrong_type", f"This is rich text (RTF). Please save it as .docx. {ACCEPTED}")
    wide = data.startswith(_WIDE_MARKS) or charset.lower().replace("_", "-").startswith(("utf-16", "utf-32"))
    if not wide and _noisy(len(_CONTROL_BYTE.findall(data[:_SAMPLE])), len(data)):
        raise Unreadable("binary", f"This file is not a text{_guess(data)}. {ACCEPTED}")
    return ""


def text_type(text: str, claimed: str) -> str:
    """HTML, JSON, Markdown or plain text, judged by the characters; `claimed` decides where they leave it open.

    Raises Unreadable: binary where the characters are not a text at all, wrong_type for XML that is no page.
    """
    sample = text[:_SAMPLE]
    if _noisy(len(_CONTROL.findall(sample)), len(sample)):
        raise Unreadable("binary", f"This file is not a text. {ACCEPTED}")
    if _PAGE.match(sample) or (claimed == HTML and _TAG.search(sample)):
        return HTML
    if _OTHER_XML.match(sample):
        raise Unreadable("wrong_type", f"This is XML, such as a feed or a picture, and not an article. {ACCEPTED}")
    braces = sample.lstrip()[:1] == "{" and text[-1000:].rstrip()[-1:] == "}"
    if claimed == NINJS or (not claimed and braces and _NINJS.search(sample)):
        return NINJS
    return MARKDOWN if claimed == MARKDOWN else PLAIN


def claimed_type(filename: str, media_type: str) -> str:
    """The type that the name says, or else the media type; "" where neither says anything known."""
    return _BY_ENDING.get(_ending(filename)) or _BY_MEDIA_TYPE.get(_bare(media_type), "")


def check_name(filename: str, found: str) -> None:
    """Raises Unreadable (wrong_type) where the ending of a file name promises something else than was found."""
    ending = _ending(filename)
    expected = _BY_ENDING.get(ending, "")
    if expected == found or (expected == MARKDOWN and found == PLAIN):
        return
    if expected or _KNOWN_ENDINGS.guess_type("x." + ending)[0]:
        raise Unreadable("wrong_type", f"The file is named {display_name(filename)} but is {_NAMES[found]}. {ACCEPTED}")


def media_type_mismatch(media_type: str, found: str) -> tuple[str, ...]:
    """A note where the stated media type and the bytes disagree; the bytes win."""
    stated = _bare(media_type)
    expected = _BY_MEDIA_TYPE.get(stated, PLAIN if stated == PLAIN else "")
    if (
        not stated
        or expected == found
        or {expected, found} == {PLAIN, MARKDOWN}
        or stated == "application/octet-stream"
    ):
        return ()
    return (f"The sender called this {stated[:80]!r}, but it is {_NAMES[found]}.",)


def display_name(filename: str) -> str:
    """A file name fit for a message: last part only, no control or direction characters, at most 80 long."""
    last = re.split(r"[/\\]", filename)[-1]
    return "".join(char for char in last if unicodedata.category(char)[0] != "C")[:80] or "(no name)"


def _noisy(controls: int, size: int) -> bool:
    return controls > 8 and controls * 50 > min(size, _SAMPLE)


def _guess(data: bytes) -> str:
    try:
        kind = puremagic.from_string(data[:4096], mime=True)
    except (puremagic.PureError, ValueError):
        return ""
    return f" (it looks like {kind})" if kind else ""


def _ending(filename: str) -> str:
    found = _ENDING.search(display_name(filename).rstrip(". "))
    return found.group(1).lower() if found else ""


def _bare(media_type: str) -> str:
    return media_type.partition(";")[0].strip().lower()
