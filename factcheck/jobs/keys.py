"""The key of a job: the string under which the same work is asked for once. It is made and parsed here only.

A key is the kind and the number of the record the work is about, then what tells two jobs of one record apart:
``document:12``, ``document:12:7``, ``measure:3:desk:1``.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Model, Q

from factcheck.models import Desk, record_name

EVERYTHING = "all"
REGROUPED = "regrouped"


def job_key(record: Model, *parts: object) -> str:
    """The key of work on one record."""
    return job_key_for(type(record), record.pk, *parts)


def job_key_for(model: type[Model], pk: object, *parts: object) -> str:
    """The same, where only the record's number is known."""
    return ":".join(map(str, (record_name(model), pk, *parts)))


def crosscheck_key(scope: str, target: Model | None, *, desk: Desk | None = None, regrouped: bool = False) -> str:
    """The key of a comparison: of what, for which desk where only its texts count, and whether after a regrouping."""
    parts = [*(("desk", desk.pk) if desk else ()), *((REGROUPED,) if regrouped else ())]
    return ":".join(map(str, (scope, target.pk if target else EVERYTHING, *parts)))


def slot_key(subscription: Model, slot: str) -> str:
    """The key of one slot of a subscription."""
    return f"{subscription.pk}:{slot}"


def jobs_about(record: Model) -> Q:
    """Jobs whose key names this record, whatever follows."""
    key = job_key(record)
    return Q(key=key) | Q(key__startswith=f"{key}:")


def records_in(model: type[Model], keys: Iterable[str]) -> set[int]:
    """The numbers of the records of one model that these keys are about.

    >>> from factcheck.models import Measure
    >>> sorted(records_in(Measure, ["measure:3", "measure:12:desk:1", "topic:7", "all:all"]))
    [3, 12]
    """
    found = set()
    for key in keys:
        kind, _, rest = key.partition(":")
        pk = rest.partition(":")[0]
        if kind == record_name(model) and pk.isdecimal():
            found.add(int(pk))
    return found
