"""What is stored encrypted: confidential names, and the secrets of webhooks. The keys are known here only."""

from __future__ import annotations

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings as django_settings

from factcheck.conf import settings
from factcheck.errors import WrongState

MISSING = (
    "The key under which this was encrypted is not among the keys of the site. An administrator puts it back into "
    "ENCRYPTION_KEYS, or SECRET_KEY back."
)


def ciphers() -> list[Fernet]:
    """The ciphers under the keys of the settings, newest first, and one derived from the site's secret key."""
    derived = base64.urlsafe_b64encode(hashlib.sha256(f"factcheck seal {django_settings.SECRET_KEY}".encode()).digest())
    return [Fernet(key) for key in [*map(str.encode, settings().ENCRYPTION_KEYS), derived]]


def encrypt(words: str) -> str:
    """Encrypt words, without the blanks around them, under the newest key."""
    return ciphers()[0].encrypt(words.strip().encode()).decode()


def decrypt(token: str) -> str:
    """The words of a token.

    Raises:
        WrongState: none of the site's keys opens it.
    """
    try:
        return MultiFernet(ciphers()).decrypt(token.encode()).decode()
    except InvalidToken:
        raise WrongState(MISSING, code="key_missing") from None


def key_index(token: str) -> int | None:
    """Which key opens a token, counted from the newest as 0; None where none of the site's keys does."""
    for at, cipher in enumerate(ciphers()):
        try:
            cipher.decrypt(token.encode())
        except InvalidToken:
            continue
        return at
    return None
