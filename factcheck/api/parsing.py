"""How a request's body becomes Python: JSON in UTF-8 and forms, capped in size, with storable characters only."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from rest_framework import parsers
from rest_framework.exceptions import ParseError, ValidationError

from factcheck.intake.extracts import MAX_BYTES
from factcheck.intake.text_cleaning import NONCHARACTERS, UNUSABLE

from .errors import TooLarge

MAX_BODY = 4 * MAX_BYTES  # a text may be a good deal longer in JSON escapes than in UTF-8
DEEPEST = 20
UNREADABLE = re.compile(f"[\0\ud800-\udfff{NONCHARACTERS}]")
READ_FIRST = re.compile(r"(text|ninjs)(\..*)?", re.DOTALL)
"""What a reader cleans before it is kept: a new page or a bell in it is no reason to refuse it."""


def refuse_large(context: dict[str, Any]) -> None:
    if int(context["request"].META.get("CONTENT_LENGTH") or 0) > MAX_BODY:
        raise TooLarge


def refuse_constant(name: str) -> None:
    raise ParseError(f"{name} is not JSON.")


class JSONParser(parsers.BaseParser):
    """JSON that names no charset but UTF-8, is no deeper than any body of ours, and holds no half characters."""

    media_type = "application/json"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        refuse_large(parser_context)
        try:
            found = json.loads(stream.read().decode(), parse_constant=refuse_constant)
        except (ValueError, RecursionError) as error:
            reason = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
            raise ParseError(f"The body is not JSON: {reason}") from None
        for path, words in strings_of(found, ""):
            refuse_unstorable(path, words)
        return found


def refuse_unstorable(path: str, words: str) -> None:
    """Refuse what no text can hold; a text that is read first may hold the controls that reading takes out."""
    if (UNREADABLE if READ_FIRST.fullmatch(path) else UNUSABLE).search(words):
        message = (
            "It holds a character that no text can hold: a control character, half of a surrogate pair, "
            "or one that Unicode gives to nobody."
        )
        raise ValidationError({UNUSABLE.sub("\ufffd", path) or "body": message}, code="character_unusable")


def strings_of(value: Any, path: str, depth: int = 0) -> Iterator[tuple[str, str]]:
    """Every string in a JSON value, keys included, with where it stands."""
    if depth > DEEPEST:
        raise ParseError("The body is nested too deeply.")
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield path, key
            yield from strings_of(inner, f"{path}.{key}".lstrip("."), depth + 1)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from strings_of(inner, f"{path}.{index}".lstrip("."), depth + 1)


class FormParser(parsers.MultiPartParser):
    """Forms with files: the same limit, files and all, and the same characters as in a JSON body."""

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        refuse_large(parser_context)
        found = super().parse(stream, media_type=media_type, parser_context=parser_context)
        for field, values in found.data.lists():
            for words in (field, *values):
                refuse_unstorable(field, words)
        for field, files in found.files.lists():
            for file in files:
                file.charset = said(file.charset)
                for words in (field, file.name, file.content_type, file.charset):
                    refuse_unstorable(field, words or "")
        return found


def said(charset: str | bytes | None) -> str | None:
    """The encoding a part of a form names, which Django leaves as bytes."""
    return charset.decode("latin-1") if isinstance(charset, bytes) else charset
