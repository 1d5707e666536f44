"""The name of a kind of record: the same in states, permissions, history, notices, webhooks and the keys of jobs."""

from __future__ import annotations

from django.db.models import Model

COMPOUND = {
    "verificationtask": "verification_task",
    "reportsubscription": "report_subscription",
    "noticechoice": "notice_choice",
    "signoff": "sign_off",
    "feeditem": "feed_item",
}
"""The names of models that are two words; all others are one."""


def record_name(record: Model | type[Model]) -> str:
    """The name of a record's kind, or of a model: ``claim``, ``verification_task``."""
    name = str(record._meta.model_name)
    return COMPOUND.get(name, name)
