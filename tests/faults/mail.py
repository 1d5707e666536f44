"""Mail lane: the worker killed while the mail server has a report's mail in hand; each came once, or was told of.

    python -m tests.faults.mail

In full: 20 kills. The mail server takes a second over each mail, before or after it keeps it.
"""

from __future__ import annotations

import asyncio
import os
import random
import time
from collections import Counter
from email.message import EmailMessage
from typing import Any

from tests.faults.lane import SEED, FaultSite, Verdict, site_of, times, wait_for_work
from tests.live import wait_until
from tests.mailroom import Mailroom

FULL = 20
SUBSCRIBE = """
import json
from django.contrib.auth import get_user_model
from factcheck.models import Desk
from factcheck.reports.subscriptions import subscribe
people = list(get_user_model().objects.filter(username__in=["editor", "checker", "desk_chief"]))
editor = next(person for person in people if person.username == "editor")
row = subscribe(Desk.objects.get(slug="news-desk"), by=editor, kind="desk_digest", recipients=people)
print(json.dumps({"pk": row.pk}))
"""
SLOT = """
import json
from factcheck.models import ReportSubscription
from factcheck.reports.deliver import request_slot
print(json.dumps({"pk": request_slot(ReportSubscription.objects.get(pk=%d), "2031-01-01T%02d:%02d").pk}))
"""
TOLD = """
import json
from factcheck.models import Job, Notification, ReportDelivery
rows = ReportDelivery.objects.values_list("report", "report__sha256", "recipient__email", "sent_at", "refused", "recipient")
noticed = set(Notification.objects.filter(record="report").values_list("record_id", "recipient"))
print(json.dumps({
    "rows": [[f"<report-{pk}-{sha[:16]}@factcheck>", to, bool(sent), why, (pk, who) in noticed]
             for pk, sha, to, sent, why, who in rows],
    "jobs": list(Job.objects.filter(name="send_report").values_list("state", flat=True)),
    "said": sum(job.result.get("may_have_arrived", 0) for job in Job.objects.filter(name="send_report")),
}))
"""


class SlowMailroom(Mailroom):
    """Takes a second over each mail, and keeps it before or after that by turns."""

    def __init__(self) -> None:
        super().__init__()
        self.in_hand = 0

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.in_hand += 1
        before = self.in_hand % 2
        if before:
            answer = await super().handle_DATA(server, session, envelope)
        await asyncio.sleep(1)
        return answer if before else await super().handle_DATA(server, session, envelope)


def kept(mailroom: Mailroom) -> Counter[tuple[str, str]]:
    mails: list[tuple[list[str], EmailMessage]] = mailroom.mails
    return Counter((str(message["Message-ID"]).strip(), address) for to, message in mails for address in to)


def main() -> None:
    choice, verdict, mailroom = random.Random(SEED), Verdict("mail"), SlowMailroom()
    mailroom.start()
    os.environ["EMAIL_TIMEOUT"] = "20"
    try:
        with site_of("production", MailSite.at(mailroom.port)) as site:
            subscription = site.ask(SUBSCRIBE)["pk"]
            for number in range(times(FULL)):
                site.ask(SLOT % (subscription, number // 60, number % 60))
                begun = mailroom.in_hand
                wait_until(lambda begun=begun: mailroom.in_hand > begun, 120, "no mail came")  # type: ignore[misc]
                time.sleep(choice.uniform(0, 1))
                site.kill("worker")
                site.start_worker()
            wait_for_work(site, 180)
            judge(verdict, site, mailroom)
    finally:
        mailroom.stop()


class MailSite(FaultSite):
    """A site that mails to a mail server of the lane."""

    mail_port = 0

    @classmethod
    def at(cls, port: int) -> type[MailSite]:
        return type("MailSiteAt", (cls,), {"mail_port": port})

    def make_database(self) -> None:
        super().make_database()
        self.env["EMAIL_URL"] = f"smtp://127.0.0.1:{self.mail_port}"


def judge(verdict: Verdict, site: FaultSite, mailroom: Mailroom) -> None:
    """Each report came to each person once, or its delivery, its job and the person's inbox say that it may have."""
    found, came = site.ask(TOLD), kept(mailroom)
    rows = found["rows"]
    uncertain = [row for row in rows if row[3].endswith("the mail may have arrived")]
    sent = [row for row in rows if row[2]]
    verdict.note(f"{times(FULL)} kills, {len(rows)} deliveries: {len(sent)} sent, {len(uncertain)} may have arrived")
    verdict.check("mailed twice", sum(count > 1 for count in came.values()), 0)
    verdict.check("said to be sent and not there", sum(not came[mark, to] for mark, to, *_ in sent), 0)
    verdict.check("neither sent nor told of", len(rows) - len(sent) - len(uncertain), 0)
    verdict.check("told of in no inbox", sum(not row[4] for row in uncertain), 0)
    verdict.check("told of by jobs", found["said"], len(uncertain))
    verdict.check("reports", len(rows), 3 * times(FULL))
    verdict.check("jobs", set(found["jobs"]), {"done"})
    verdict.end(site)


if __name__ == "__main__":
    main()
