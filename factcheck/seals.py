"""Words kept sealed in the tables: confidential names, and the secrets of webhooks. The keys are known here only."""

from __future__ import annotations

import base64
import hashlib

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings as django_settings

from factcheck.conf import settings


def seals() -> MultiFernet:
    """The keys: the host's, newest first, and one derived from its secret key."""
    derived = base64.urlsafe_b64encode(hashlib.sha256(f"factcheck seal {django_settings.SECRET_KEY}".encode()).digest())
    return MultiFernet([Fernet(key) for key in [*map(str.encode, settings().SEAL_KEYS), derived]])


def seal(words: str) -> str:
    return seals().encrypt(words.strip().encode()).decode()


def unseal(sealed: str) -> str:
    return seals().decrypt(sealed.encode()).decode()
