"""One action on many records: ``POST {noun}/batch/{action}/`` with ``items``, and what the action takes, once for all.

Each item is refused or done by itself, in its own transaction; the answer is 200 with one result for each.
"""

from __future__ import annotations

from functools import cache
from typing import Any, ClassVar

from django.db import OperationalError, transaction
from django.http import Http404
from rest_framework import serializers
from rest_framework.exceptions import APIException

from factcheck.database_errors import is_lock_conflict
from factcheck.errors import FactcheckError, StaleRevision

from .bodies import Body
from .errors import ErrorAnswer, refusal_of
from .lists import BIGGEST_ID

MOST_ITEMS = 200


class Version(serializers.IntegerField):
    """The version a record was seen in, or ``*`` for whatever version."""

    def run_validation(self, data: Any = serializers.empty) -> int | None:
        return None if data == "*" else super().run_validation(data)


class Item(Body):
    id = serializers.IntegerField(min_value=0, max_value=BIGGEST_ID)
    version = Version(min_value=0, max_value=2**31 - 1)


class Items(serializers.ListField):
    child = Item()
    default_error_messages: ClassVar = {"duplicate": "The same record is named more than once: {ids}."}

    def run_validation(self, data: Any = serializers.empty) -> Any:
        items = super().run_validation(data)
        ids = [item["id"] for item in items]
        if twice := sorted({pk for pk in ids if ids.count(pk) > 1}):
            self.fail("duplicate", ids=", ".join(map(str, twice)))
        return items


@cache
def batch_body(body: type[Body]) -> type[Body]:
    """The body of an action, with the records it is for."""
    name = "Batch" if body is Body else f"{body.__name__}Batch"
    items = Items(min_length=1, max_length=MOST_ITEMS)
    return type(name, (body,), {"items": items, "__module__": body.__module__, "__doc__": body.__doc__})


class BatchResult(serializers.Serializer):
    """What came of one item: the status it would have had alone, the record's state now, or the refusal."""

    id = serializers.IntegerField()
    status = serializers.IntegerField()
    state = serializers.CharField(allow_null=True)
    version = serializers.IntegerField(allow_null=True)
    error = ErrorAnswer(allow_null=True)


class BatchAnswer(serializers.Serializer):
    done = serializers.IntegerField()
    refused = serializers.IntegerField()
    results = BatchResult(many=True)


def perform_batch(view: Any, name: str, action: Any) -> dict[str, Any]:
    """Do the action on each record in turn; one that is refused stops none of the others."""
    said = view.body(batch_body(action.body))
    results = [one_item(view, name, action, item, said) for item in said.pop("items")]
    done = sum(result["error"] is None for result in results)
    return {"done": done, "refused": len(results) - done, "results": results}


def batch_as_it_stands(view: Any, answer: dict[str, Any]) -> dict[str, Any]:
    """A batch answered again: what came of each item, and its state now as far as the person may still see it."""
    ids = [result["id"] for result in answer["results"] if result["error"] is None]
    records = view.queryset.all().visible_to(view.request.user).in_bulk(ids)
    for result in answer["results"]:
        record = records.get(result["id"])
        result |= {"state": getattr(record, "state", None), "version": getattr(record, "version", None)}
    return answer


def same_version(record: Any, wanted: int | None) -> int | None:
    if wanted is not None and wanted != record.version:
        raise StaleRevision("This has changed since you opened it.", version=record.version)
    return wanted


def one_item(view: Any, name: str, action: Any, item: dict[str, Any], said: dict[str, Any]) -> dict[str, Any]:
    try:
        with transaction.atomic():
            record = view.queryset.all().visible_to(view.request.user).filter(pk=item["id"]).first()
            if record is None:
                raise Http404
            view.do_on(record, name, action, lambda: same_version(record, item["version"]), lambda: dict(said))
            record.refresh_from_db()
    except (APIException, FactcheckError, Http404, OperationalError) as refusal:
        if isinstance(refusal, OperationalError) and not is_lock_conflict(refusal):
            raise
        status, error = refusal_of(refusal, {"request": view.request, "view": view})
        return {"id": item["id"], "status": status, "state": None, "version": None, "error": error}
    now = {"state": getattr(record, "state", None), "version": getattr(record, "version", None)}
    return {"id": record.pk, "status": action.answers, **now, "error": None}
