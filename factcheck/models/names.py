"""The name of a kind of record: the same in states, permissions, history, notices, webhooks and the keys of jobs."""

from __future__ import annotations

from django.db.models import Model

COMPOUND = {
    "verificationtask": "verification_task",
    "reportsubscription": "report_subscription",
    "noticechoice": "notice_choice",
    "signoff": "sign_off",
    "feeditem": "feed_item",
    "eventnote": "event_note",
    "matchingweights": "matching_weights",
    "erasedperson": "erased_person",
}
"""The names of the models of two words that the history names; those of one word are themselves."""


def record_name(record: Model | type[Model]) -> str:
    """The name of a record's kind, or of a model: ``claim``, ``verification_task``."""
    name = str(record._meta.model_name)
    return COMPOUND.get(name, name)
