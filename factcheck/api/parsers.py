"""Parsers of request bodies: JSON in UTF-8 and multipart forms, limited in size, with storable characters only."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from rest_framework import parsers
from rest_framework.exceptions import ParseError, ValidationError

from factcheck.intake.extracts import MAX_BYTES
from factcheck.intake.text_cleaning import NONCHARACTERS, UNUSABLE

from .errors import RequestTooLarge

MAX_BODY_BYTES = 4 * MAX_BYTES  # a text may be much longer in JSON escapes than in UTF-8
MAX_DEPTH = 20
DOCUMENT_TEXT = re.compile(r"(text|ninjs)(\..*)?", re.DOTALL)
"""Paths of the body that hold the text of a document. The reader removes control characters from it before storage."""
UNUSABLE_IN_TEXT = re.compile(f"[\0\ud800-\udfff{NONCHARACTERS}]")


def refuse_large_body(context: dict[str, Any]) -> None:
    if int(context["request"].META.get("CONTENT_LENGTH") or 0) > MAX_BODY_BYTES:
        raise RequestTooLarge


def refuse_constant(name: str) -> None:
    raise ParseError(f"{name} is not JSON.")


class JSONParser(parsers.BaseParser):
    """JSON in UTF-8, whatever charset the header names, with a limited depth."""

    media_type = "application/json"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        refuse_large_body(parser_context)
        try:
            data = json.loads(stream.read().decode(), parse_constant=refuse_constant)
        except (ValueError, RecursionError) as error:
            reason = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
            raise ParseError(f"The body is not JSON: {reason}") from None
        for path, string in strings_in(data, ""):
            refuse_unusable_characters(path, string)
        return data


def refuse_unusable_characters(path: str, string: str) -> None:
    """Refuse characters that cannot be stored; the text of a document may hold control characters."""
    if (UNUSABLE_IN_TEXT if DOCUMENT_TEXT.fullmatch(path) else UNUSABLE).search(string):
        message = (
            "It holds a character that no text can hold: a control character, half of a surrogate pair, "
            "or one that Unicode gives to nobody."
        )
        raise ValidationError({UNUSABLE.sub("\ufffd", path) or "body": message}, code="character_unusable")


def strings_in(value: Any, path: str, depth: int = 0) -> Iterator[tuple[str, str]]:
    """Every string in a JSON value, keys included, with its path."""
    if depth > MAX_DEPTH:
        raise ParseError("The body is nested too deeply.")
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield path, key
            yield from strings_in(inner, f"{path}.{key}".lstrip("."), depth + 1)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from strings_in(inner, f"{path}.{index}".lstrip("."), depth + 1)


class MultiPartParser(parsers.MultiPartParser):
    """Multipart forms: files count towards the size limit, and names and values are checked like strings in JSON."""

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        refuse_large_body(parser_context)
        form = super().parse(stream, media_type=media_type, parser_context=parser_context)
        for field, values in form.data.lists():
            for string in (field, *values):
                refuse_unusable_characters(field, string)
        for field, files in form.files.lists():
            for file in files:
                file.charset = decode_charset(file.charset)
                for string in (field, file.name, file.content_type, file.charset):
                    refuse_unusable_characters(field, string or "")
        return form


def decode_charset(charset: str | bytes | None) -> str | None:
    """The charset of a part of a form, which Django leaves as bytes."""
    return charset.decode("latin-1") if isinstance(charset, bytes) else charset
