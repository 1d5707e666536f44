"""Files that are no text and XML that is no article: what each is, and what its sender can do instead."""

from __future__ import annotations

import re

import puremagic

from factcheck.intake.extracts import Unreadable
from factcheck.intake.readers.formats import ACCEPTED

_ARCHIVES = ("gzip", "x-7z", "rar", "x-tar", "bzip", "x-xz", "zstd", "x-compress")
_ROOT = re.compile(r"<(?:[\w.-]+:)?([A-Za-z][\w.-]{0,40})[\s/>]")
_XML = {
    "rss": "This is a feed (RSS). Please enter its address under feeds, or send one article.",
    "feed": "This is a feed (Atom). Please enter its address under feeds, or send one article.",
    "rdf": "This is a feed (RDF). Please enter its address under feeds, or send one article.",
    "svg": "This is a picture (SVG). Please paste the words that are to be checked.",
    "newsml": "This is a wire story in NewsML 1. Please send it as NewsML-G2, NITF or ninjs, or paste the text.",
    "packageitem": "This is a packageItem of NewsML-G2, a list of stories. Please send the stories (newsItem).",
    "conceptitem": "This is a conceptItem of NewsML-G2, not a story. Please send the story (newsItem).",
    "knowledgeitem": "This is a knowledgeItem of NewsML-G2, not a story. Please send the story (newsItem).",
}


def no_text(data: bytes) -> Unreadable:
    """Why bytes that are not characters are refused."""
    kind = _guessed(data)
    if kind.startswith("image/"):
        message = f"This is a picture ({kind}); words in pictures are not read. Please type or paste them."
    elif kind.startswith(("audio/", "video/")):
        message = f"This is a recording ({kind}). Please send a transcript."
    elif any(word in kind for word in _ARCHIVES):
        message = f"This is an archive ({kind}). Please unpack it and send each file alone."
    else:
        message = f"This file is not a text{f' (it looks like {kind})' if kind else ''}. {ACCEPTED}"
    return Unreadable("binary", message)


def other_xml(sample: str) -> Unreadable:
    """Why XML that is neither a page nor a wire story is refused."""
    found = root_name(sample)
    known = _XML.get(found.lower())
    said = f"This is XML (<{found}>), not an article. Please paste the text. {ACCEPTED}"
    return Unreadable("wrong_type", known or said)


def root_name(sample: str) -> str:
    """The name of the outermost element of XML, without its prefix; "" where none is found."""
    without = re.sub(
        r"<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^>\[]*(?:\[[^\]]*\])?[^>]*>", "", sample[:20_000], flags=re.DOTALL
    )
    found = _ROOT.match(without.lstrip())
    return found[1] if found else ""


def _guessed(data: bytes) -> str:
    try:
        return str(puremagic.from_string(data[:4096], mime=True) or "")
    except (puremagic.PureError, ValueError):
        return ""
