"""What a page of a list costs in an archive: of the API, first and deep; of the admin; what search costs, and a digest.

    python bench/api.py [--figures 1000000] [--seed 1] [--only search,admin,lists,deep,digest] [--keep] [--sqlite FILE]

The archive is that of ``bench/crosscheck.py``, in a database ``bench_crosscheck_N`` of the server that
``DATABASE_URL`` names, or in a file of SQLite. Medians of five wall times beside one client, for an editor of one desk
of twenty and for the chief editor, who sees all; with the machine's load, for they are wall times.
"""

# ruff: noqa: PLC0415  Django is set up for a database before its models can be imported
from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

sys.path.insert(0, str(Path(__file__).resolve().parent))

import crosscheck

LISTS = ("documents", "claims", "figures", "measures", "discrepancies", "disputes", "jobs", "crosschecks", "evidence")
CHANGELISTS = ("document", "claim", "figure", "measure", "discrepancy")
SEARCHES = ("Report 777", "district 4242", "report of topic 7", "people", "nowhere", "300")
DEEP = {"documents": 100, "claims": 100, "figures": 100, "measures": 100}
"""How many pages of two hundred are turned before the deep one."""


def timed(action: Callable[[], Any], rounds: int = 5) -> tuple[float, Any]:
    """The median of the wall times, and the last answer; once before, so that nothing is loaded for the first time."""
    took, answer = [], action()
    for _ in range(rounds):
        start = time.perf_counter()
        answer = action()
        took.append(time.perf_counter() - start)
    return sorted(took)[rounds // 2], answer


def client_of(name: str) -> Any:
    from django.contrib.auth import get_user_model
    from django.test import Client

    client = Client(raise_request_exception=False)
    client.force_login(get_user_model().objects.get(username=name), "django.contrib.auth.backends.ModelBackend")
    return client


def page(client: Any, who: str, path: str) -> tuple[float, Any]:
    from django.db import connection

    took, answer = timed(partial(client.get, path))
    if answer.status_code == 503:  # a request that ran out of patience has closed its connection
        connection.close()
    crosscheck.tell(f"{who}: {path}", f"{took:8.3f} s", f"status {answer.status_code}")
    return took, answer


def search() -> None:
    for who in ("editor", "chief"):
        client = client_of(who)
        for words in SEARCHES:
            page(client, who, f"/factcheck/api/v1/documents/?search={quote(words)}")
            page(client, who, f"/admin/factcheck/document/?q={quote(words)}")
            page(client, who, f"/factcheck/api/v1/claims/?search={quote(words)}")
            page(client, who, f"/admin/factcheck/claim/?q={quote(words)}")


def admin() -> None:
    for who in ("editor", "chief"):
        client = client_of(who)
        for name in CHANGELISTS:
            page(client, who, f"/admin/factcheck/{name}/")
        page(client, who, "/admin/factcheck/claim/?state__exact=open")
        page(client, who, "/admin/factcheck/figure/?o=3")


def lists() -> None:
    for who in ("editor", "chief"):
        client = client_of(who)
        for name in LISTS:
            page(client, who, f"/factcheck/api/v1/{name}/")


def deep() -> None:
    for who in ("editor", "chief"):
        client = client_of(who)
        for name, turned in DEEP.items():
            path = f"/factcheck/api/v1/{name}/?page_size=200"
            first, answer = page(client, who, path)
            for _ in range(turned):
                following = answer.json()["next"]
                if not following:
                    break
                path, answer = following, client.get(following)
            took, _ = timed(partial(client.get, path))
            crosscheck.tell(f"{who}: {name}, a deep page", f"{took:8.3f} s", f"{took / first:.2f} times its first")


def digest(documents: int = 5_000) -> None:
    """The digest of a desk with so many documents in check, and its mail; the archive is left as it was."""
    from django.db import transaction

    from factcheck.models import Desk, Document
    from factcheck.reports.builders.digest import build_digest

    desk = Desk.objects.get(pk=1)
    with transaction.atomic():
        some = Document.objects.order_by("pk").values("pk")[:documents]
        Document.objects.filter(pk__in=some).update(desk=desk, state="in_check", kind="story")
        with crosscheck.Clock() as clock:
            report = build_digest(desk)
        crosscheck.tell(f"digest of {report.counts['in check']:,} documents in check", clock)
        transaction.set_rollback(True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--figures", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="search,admin,lists,deep,digest")
    parser.add_argument("--keep", action="store_true", help="measure the archive that an earlier run has built")
    parser.add_argument("--sqlite", metavar="FILE", help="an archive in this file, instead of on a server")
    options = parser.parse_args()
    if options.sqlite:
        if not options.keep:
            Path(options.sqlite).unlink(missing_ok=True)
        crosscheck.set_up(f"sqlite:///{options.sqlite}")
    else:
        server, name = (
            os.environ.get("DATABASE_URL", "postgres://localhost/postgres"),
            f"bench_crosscheck_{options.figures}",
        )
        if not options.keep:
            crosscheck.make_database(server, name)
        crosscheck.set_up(crosscheck.database_url(server, name))
    from django.conf import settings

    settings.ALLOWED_HOSTS = ["*"]
    if not options.keep:
        crosscheck.build(options.figures, options.seed)
    print(f"{options.figures:,} figures, seed {options.seed}, {'SQLite' if options.sqlite else 'PostgreSQL'}")
    parts = {"search": search, "admin": admin, "lists": lists, "deep": deep, "digest": digest}
    for part in options.only.split(","):
        parts[part]()


if __name__ == "__main__":
    main()
