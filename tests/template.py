"""A migrated SQLite database, made once and copied: to migrate anew for each process and each site takes longer.

It is kept under a name made of the migrations themselves, so that a changed one makes another.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from importlib.metadata import distributions
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def name_of_the_template() -> str:
    known = hashlib.sha256()
    for path in sorted(ROOT.glob("*/migrations/*.py")) + sorted(ROOT.glob("*/*/migrations/*.py")):
        known.update(path.read_bytes())
    for name in sorted(f"{row.name}=={row.version}" for row in distributions()):
        known.update(name.encode())
    return f"factcheck-tests-{os.getuid()}-{known.hexdigest()[:16]}"


def copy_migrated(target: Path) -> None:
    """Put a migrated, empty database at ``target``."""
    kept = Path(tempfile.gettempdir()) / name_of_the_template()
    kept.mkdir(mode=0o700, exist_ok=True)
    with (kept / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (kept / "made").exists():
            env = {key: value for key, value in os.environ.items() if key not in ("DATABASE_URL", "REDIS_URL")}
            env |= {"NEWSROOM_DATA": str(kept), "DJANGO_SETTINGS_MODULE": "newsroom.settings", "SECRET_KEY": "x" * 50}
            command = [sys.executable, "manage.py", "migrate", "-v0"]
            subprocess.run(command, cwd=ROOT, env=env, check=True, capture_output=True)
            (kept / "made").touch()
    shutil.copy(kept / "newsroom.sqlite3", target)
