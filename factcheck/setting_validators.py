"""What a setting may be: each form in words, for the page of settings, and as a test of one value."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email.utils import getaddresses
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import urlsplit

from cryptography.fernet import Fernet
from django.core.exceptions import ValidationError
from django.core.validators import validate_email


@dataclass(frozen=True)
class ValueValidator:
    """One value: ``words`` end the sentence "it must be …"."""

    words: str
    holds: Callable[[Any], bool]


@dataclass(frozen=True)
class EntriesValidator:
    """A dict or a list whose entries are looked at one by one; ``holds`` takes a key, or a place, and its value."""

    words: str
    holds: Callable[[Any, Any], bool]

    def refused(self, value: Any) -> Iterator[str]:
        """What must not stand in it: by its key, or by its place, for what stands in a list may be a secret."""
        pairs = value.items() if isinstance(value, dict) else enumerate(value, 1)
        for key, entry in pairs:
            if not self.holds(key, entry):
                yield repr(key) if isinstance(value, dict) else f"entry {key}"


def number_between(least: float, most: float) -> ValueValidator:
    """A number in a range, both ends included; what is no number at all is in none."""
    return ValueValidator(f"a number from {least:g} to {most}", lambda value: least <= value <= most)


def or_empty(words: str, holds: Callable[[str], bool]) -> ValueValidator:
    return ValueValidator(f"{words}, or empty", lambda value: not value or holds(value))


def keys_matching(words: str, pattern: str) -> EntriesValidator:
    """Entries by a name of this form."""
    return EntriesValidator(words, lambda key, _: isinstance(key, str) and re.fullmatch(pattern, key) is not None)


def is_site_url(value: str) -> bool:
    """An address to put a path after: a scheme of the web and a host, and nothing behind the path."""
    if re.search(r"[\s?#@\\\x00-\x1f]", value):
        return False
    try:
        parts = urlsplit(value)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def is_absolute_path(value: str) -> bool:
    return PurePosixPath(value).is_absolute() and "\0" not in value


def is_dotted_path(value: str) -> bool:
    """A dotted path to something in a module."""
    return re.fullmatch(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)+", value) is not None


def is_mail_sender(value: str) -> bool:
    """One address, with or without a name before it, that can stand in the head of a mail."""
    found = getaddresses([value])
    try:
        validate_email(found[0][1])
    except ValidationError:
        return False
    return len(found) == 1 and value.isprintable()


def is_encryption_key(_: int, value: Any) -> bool:
    try:
        return isinstance(value, str) and bool(Fernet(value))
    except ValueError:
        return False
