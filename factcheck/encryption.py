"""What is stored encrypted: confidential names, and the secrets of webhooks. The keys are known here only."""

from __future__ import annotations

import base64
import hashlib

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings as django_settings

from factcheck.conf import settings


def fernet() -> MultiFernet:
    """The cipher under the keys of the settings, newest first, and one derived from the site's secret key."""
    derived = base64.urlsafe_b64encode(hashlib.sha256(f"factcheck seal {django_settings.SECRET_KEY}".encode()).digest())
    return MultiFernet([Fernet(key) for key in [*map(str.encode, settings().ENCRYPTION_KEYS), derived]])


def encrypt(words: str) -> str:
    """Encrypt words, without the blanks around them, under the newest key."""
    return fernet().encrypt(words.strip().encode()).decode()


def decrypt(token: str) -> str:
    """The words of a token that any of the keys opens. Raises InvalidToken where none does."""
    return fernet().decrypt(token.encode()).decode()
