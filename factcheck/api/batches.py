"""One action on many records: ``POST {resource}/batch/{action}/`` with ``items`` and the fields of the action.

Each item is processed in its own transaction; the response is 200 with one result per item.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, partial
from typing import Any, ClassVar

from django.db import OperationalError, transaction
from django.http import Http404
from rest_framework import serializers
from rest_framework.exceptions import APIException

from factcheck.database_errors import is_lock_conflict
from factcheck.errors import FactcheckError, StaleRevision

from .errors import ErrorResponseSerializer, status_and_body
from .filters import MAX_ID
from .serializers import BodySerializer

MAX_BATCH_SIZE = 200


class VersionField(serializers.IntegerField):
    """The version in which the client saw the record, or ``*`` for any."""

    def run_validation(self, data: Any = serializers.empty) -> int | None:
        return None if data == "*" else super().run_validation(data)


class BatchItemSerializer(BodySerializer):
    id = serializers.IntegerField(min_value=0, max_value=MAX_ID)
    version = VersionField(min_value=0, max_value=2**31 - 1)


class BatchItemsField(serializers.ListField):
    child = BatchItemSerializer()
    default_error_messages: ClassVar = {"duplicate": "The same record is named more than once: {ids}."}

    def run_validation(self, data: Any = serializers.empty) -> Any:
        items = super().run_validation(data)
        ids = [item["id"] for item in items]
        if duplicates := sorted({pk for pk in ids if ids.count(pk) > 1}):
            self.fail("duplicate", ids=", ".join(map(str, duplicates)))
        return items


@cache
def batch_serializer(serializer_class: type[BodySerializer]) -> type[BodySerializer]:
    """The body of an action with ``items``, the records it is for."""
    prefix = "" if serializer_class is BodySerializer else serializer_class.__name__.removesuffix("Serializer")
    items = BatchItemsField(min_length=1, max_length=MAX_BATCH_SIZE)
    attributes = {"items": items, "__module__": serializer_class.__module__, "__doc__": serializer_class.__doc__}
    return type(f"{prefix}BatchSerializer", (serializer_class,), attributes)


class BatchResultSerializer(serializers.Serializer):
    """The result of one item: the status it would have had alone, and the record's state now or the error."""

    id = serializers.IntegerField()
    status = serializers.IntegerField()
    state = serializers.CharField(allow_null=True)
    version = serializers.IntegerField(allow_null=True)
    error = ErrorResponseSerializer(allow_null=True)


class BatchResponseSerializer(serializers.Serializer):
    done = serializers.IntegerField()
    refused = serializers.IntegerField()
    results = BatchResultSerializer(many=True)


def perform_batch(view: Any, name: str, endpoint: Any) -> dict[str, Any]:
    """Do the action on each record in turn; an error of one does not stop the others."""
    body = view.validated_body(batch_serializer(endpoint.serializer_class))
    results = [perform_item(view, name, endpoint, item, body) for item in body.pop("items")]
    done = sum(result["error"] is None for result in results)
    return {"done": done, "refused": len(results) - done, "results": results}


def perform_item(view: Any, name: str, endpoint: Any, item: dict[str, Any], body: Mapping[str, Any]) -> dict[str, Any]:
    try:
        with transaction.atomic():
            record = view.queryset.all().visible_to(view.request.user).filter(pk=item["id"]).first()
            if record is None:
                raise Http404
            view.call_action(record, name, endpoint, partial(check_version, record, item["version"]), lambda: body)
            record.refresh_from_db()
    except (APIException, FactcheckError, Http404, OperationalError) as exc:
        if isinstance(exc, OperationalError) and not is_lock_conflict(exc):
            raise
        status, error = status_and_body(exc, {"request": view.request, "view": view})
        return {"id": item["id"], "status": status, "state": None, "version": None, "error": error}
    return {"id": record.pk, "status": endpoint.status_code, **state_and_version(record), "error": None}


def check_version(record: Any, expected: int | None) -> int | None:
    if expected is not None and expected != record.version:
        raise StaleRevision("This has changed since you opened it.", version=record.version)
    return expected


def refresh_results(view: Any, data: dict[str, Any]) -> dict[str, Any]:
    """The stored response of a batch, with the present state of those records that the user may still see."""
    ids = [result["id"] for result in data["results"] if result["error"] is None]
    records = view.queryset.all().visible_to(view.request.user).in_bulk(ids)
    for result in data["results"]:
        result.update(state_and_version(records.get(result["id"])))
    return data


def state_and_version(record: Any) -> dict[str, Any]:
    return {"state": getattr(record, "state", None), "version": getattr(record, "version", None)}
