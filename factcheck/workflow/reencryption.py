"""Encrypt anew, under the newest key, what older keys of the site open, so that these can be retired."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Model

from factcheck.actors import Machine
from factcheck.encryption import decrypt, encrypt, key_index
from factcheck.models import Source, Webhook

from .transitions import change, log

ENCRYPTED: tuple[tuple[type[Model], str], ...] = ((Source, "encrypted_name"), (Webhook, "secret"))
"""The columns that hold encrypted words."""


@dataclass(frozen=True, slots=True)
class KeyUse:
    """How many encrypted words each sort of key opens."""

    newest: int = 0
    older: int = 0
    missing: int = 0


def encrypted_rows() -> Iterator[tuple[Model, str, int | None]]:
    """Every encrypted word as its record, its column, and which key opens it."""
    for model, column in ENCRYPTED:
        for record in model._default_manager.exclude(**{column: ""}).order_by("pk").iterator():
            yield record, column, key_index(getattr(record, column))


def count_key_use() -> KeyUse:
    """How many encrypted words the newest key opens, how many an older one, and how many none."""
    keys = [key for _, _, key in encrypted_rows()]
    missing = keys.count(None)
    return KeyUse(newest=keys.count(0), older=len(keys) - keys.count(0) - missing, missing=missing)


def reencrypt(*, by: Machine) -> int:
    """Encrypt anew what an older key opens; returns how many. What no key opens is left as it is."""
    count = 0
    for record, column, key in list(encrypted_rows()):
        if key:
            values: dict[str, Any] = {column: encrypt(decrypt(getattr(record, column)))}
            change(record, **values)
            log(record, "reencrypt", by=by)
            count += 1
    return count
