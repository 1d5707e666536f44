"""Validators for the values of settings, each with a description for messages and docs/settings.md."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from email.utils import getaddresses
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import urlsplit

from cryptography.fernet import Fernet
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from factcheck.intake.addresses import AllowedHosts


@dataclass(frozen=True)
class ValueValidator:
    """Validates one value; ``description`` completes the sentence "it must be …"."""

    description: str
    is_valid: Callable[[Any], bool]


@dataclass(frozen=True)
class EntriesValidator:
    """Validates the entries of a dict or list one by one; ``is_valid`` takes a key or index and the value."""

    description: str
    is_valid: Callable[[Any, Any], bool]

    def refused(self, value: Any) -> Iterator[str]:
        """The invalid entries: by key, or in a list by position, since its values may be secrets."""
        pairs = value.items() if isinstance(value, dict) else enumerate(value, 1)
        for key, entry in pairs:
            if not self.is_valid(key, entry):
                yield repr(key) if isinstance(value, dict) else f"entry {key}"


def number_between(least: float, most: float) -> ValueValidator:
    """A number in a range, both ends included."""
    return ValueValidator(f"a number from {least:g} to {most}", lambda value: least <= value <= most)


def or_empty(description: str, is_valid: Callable[[str], bool]) -> ValueValidator:
    return ValueValidator(f"{description}, or empty", lambda value: not value or is_valid(value))


def keys_matching(description: str, pattern: str) -> EntriesValidator:
    """Entries whose keys match a pattern."""
    return EntriesValidator(description, lambda key, _: isinstance(key, str) and re.fullmatch(pattern, key) is not None)


def is_site_url(value: str) -> bool:
    """A base URL to append a path to: http(s) and a host, no query or fragment."""
    if re.search(r"[\s?#@\\\x00-\x1f]", value):
        return False
    try:
        parts = urlsplit(value)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def is_host_or_network(index: int, value: Any) -> bool:
    """A name of a host, with a port or without, or a network without bits of hosts."""
    try:
        return isinstance(value, str) and bool(AllowedHosts.of([value]))
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


def is_group_name(_: int, value: Any) -> bool:
    """A name that a group of Django can have."""
    return isinstance(value, str) and bool(value.strip()) and len(value) <= 150


def is_role_on_desk(value: Any, roles: Collection[str]) -> bool:
    """The slug of a desk, and one of these roles."""
    if not isinstance(value, list | tuple) or len(value) != 2 or not all(isinstance(part, str) for part in value):
        return False
    return re.fullmatch(r"[-\w]{1,50}", value[0]) is not None and value[1] in roles


def is_history_key(_: int, value: Any) -> bool:
    """Long enough that nobody tries all of them."""
    return isinstance(value, str) and len(value.strip()) >= 32 and len(value) <= 200
