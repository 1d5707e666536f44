"""The keys of the checkpoints over the history, from the settings: the first one writes, all of them verify."""

from __future__ import annotations

import hashlib
import hmac
from typing import Any

from django.conf import settings as django_settings

from factcheck.conf import settings


def history_keys() -> dict[str, bytes]:
    """The keys by their names, newest first; those made of the site's secret keys come last."""
    secrets: list[Any] = [django_settings.SECRET_KEY, *django_settings.SECRET_KEY_FALLBACKS]
    derived = [hashlib.sha256(f"factcheck history {secret}".encode()).digest() for secret in secrets]
    return {name_of_key(key): key for key in [*map(str.encode, settings().HISTORY_KEYS), *derived]}


def name_of_key(key: bytes) -> str:
    """What a checkpoint says of the key it was made under; the key cannot be found from it."""
    return hashlib.sha256(b"factcheck history key name " + key).hexdigest()[:16]


def hmac_of(key: bytes, words: str) -> str:
    return hmac.new(key, words.encode(), hashlib.sha256).hexdigest()
