"""Settings of the tests: SQLite in memory, or a database beside the one ``TEST_DATABASE_URL`` names."""

import os
import tempfile

os.environ["NEWSROOM_DATA"] = tempfile.mkdtemp(prefix="factcheck-tests-")
os.environ["SECRET_KEY"] = "only-for-tests-and-nothing-else-0123456789-abcdefgh"
os.environ.pop("REDIS_URL", None)
os.environ["DATABASE_URL"] = os.environ.get("TEST_DATABASE_URL", "sqlite://:memory:")

from newsroom.settings import *  # noqa: F403

DATABASES["default"]["OPTIONS"] = {
    key: value for key, value in DATABASES["default"]["OPTIONS"].items() if key != "pool"
}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
AXES_ENABLED = False  # the lock-out has tests of its own
REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"] = dict.fromkeys(["read", "write", "address_read", "address_write"])  # none
CELERY_BROKER_URL = "memory://"
CELERY_BROKER_TRANSPORT = None  # by the address
FACTCHECK = {"LEASE_SECONDS": 30}
