"""``Idempotency-Key``: a request sent again under the same key has no second effect and gets the first response.

The key's row is written in the transaction of the action itself: either both are committed, or neither is. That
transaction begins late, when the user is authenticated and the whole body has been read. Only successful responses
are stored: a refused request changed nothing, so its key may be used again. The stored row refers to the record and
holds none of its text: a replay serializes the record as the user may see it now.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, connection, transaction
from django.http import QueryDict
from django.utils import timezone
from django.utils.crypto import salted_hmac
from rest_framework import exceptions, renderers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from factcheck.conf import settings
from factcheck.errors import Invalid
from factcheck.models import IdempotencyKey

KEY_PATTERN = re.compile(r"[!-~]{1,200}")
WRITE_METHODS = ("POST", "PUT", "PATCH")
STORED_HEADERS = ("ETag", "Location")
MAX_STORED_BYTES = 65_536
"""Of a response without a record. The results of 200 refused batch items are shorter."""


class RequestInProgress(exceptions.APIException):
    status_code = 409
    default_detail = "The first request with this key is still under way."
    default_code = "idempotency_key_under_way"


class IdempotentView(APIView):
    """A view that runs a write request with an ``Idempotency-Key`` once and replays its response afterwards."""

    accepts_idempotency_key = True
    """False where the response holds a secret, which must not be stored: a key is refused there."""

    defers_key_error = False
    """True where the handler raises ``key_error`` itself, when it validates the body, after its own refusals."""

    key_error: Invalid | None = None

    response_record: Any = None
    """The record that the response shows, if it shows one."""

    response_extra: dict[str, Any] | None = None
    """Ids and numbers that the response holds in addition to the record."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        key, method = request.headers.get("Idempotency-Key"), str(request.method)
        handler = getattr(self, method.lower(), None)
        if key is None or handler is None or method not in WRITE_METHODS or not request.user.is_authenticated:
            return
        request.data  # noqa: B018 - a slow body is read here, before the transaction begins
        if not self.defers_key_error:
            self.validate_key(key)
        # APIView.dispatch() looks the handler up after initial(), so it calls this one
        setattr(self, method.lower(), partial(self.handle_once, handler, key))

    def validate_key(self, key: str) -> None:
        if not KEY_PATTERN.fullmatch(key):
            message = "An Idempotency-Key is 1 to 200 visible ASCII characters."
            raise Invalid(message, code="idempotency_key_invalid")
        if not self.accepts_idempotency_key:
            message = "This answer holds a secret and is not kept; send the request without an Idempotency-Key."
            raise Invalid(message, code="idempotency_key_refused")

    def handle_once(
        self, handler: Callable[..., Response], key: str, request: Request, *args: Any, **kwargs: Any
    ) -> Response:
        """Call the handler if the key is new, else replay the stored response."""
        digest = request_digest(request)
        with transaction.atomic():
            try:
                self.validate_key(key)
                row = get_or_reserve_key(request.user, key, digest)
            except Invalid as error:
                self.key_error = error
                handler(request, *args, **kwargs)  # any other refusal takes precedence over that of the key
                raise
            if row.status is None:
                response = handler(request, *args, **kwargs)
                if response.status_code < 300:
                    store_response(row, response, self.response_record, self.response_extra)
                else:
                    transaction.set_rollback(True)
                return response
        response = self.replay(row)
        response["Idempotency-Replayed"] = "true"
        return response

    def replay(self, row: IdempotencyKey) -> Response:
        """The stored response. Views that show records override this to serialize the record anew."""
        return Response(row.answer, row.status, headers=row.headers)


def get_or_reserve_key(user: Any, key: str, digest: str) -> IdempotencyKey:
    """The row of this key: a new one without a status, or that of a finished request.

    Raises:
        Invalid: the key belongs to another request.
        RequestInProgress: the first request with this key is not finished.
    """
    lock_key(user, key)
    rows = IdempotencyKey.objects.filter(user=user, key=key)
    rows.expired(timezone.now() - timedelta(hours=settings().IDEMPOTENCY_HOURS)).delete()
    row = rows.first()
    if row is None:
        try:
            with transaction.atomic():
                return IdempotencyKey.objects.create(user=user, key=key, request_hmac=digest)
        except IntegrityError:
            raise RequestInProgress from None
    if row.request_hmac != digest:
        raise Invalid("This Idempotency-Key was used for another request.", code="idempotency_key_reused")
    return row


def lock_key(user: Any, key: str) -> None:
    """Lock the key until the transaction ends, without waiting. SQLite has one writer at a time and needs no lock.

    Raises:
        RequestInProgress: another request holds the lock.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            name = f"factcheck idempotency {user.pk} {key}"
            cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [name])
            if not cursor.fetchone()[0]:
                raise RequestInProgress


def store_response(row: IdempotencyKey, response: Response, record: Any, extra: dict[str, Any] | None) -> None:
    """Store the id of the record that the response shows, or the body of a response without one, if it is short."""
    row.status = response.status_code
    if record is not None:
        row.record_id, row.answer = record.pk, extra
    elif response.data is not None:
        body = renderers.JSONRenderer().render(response.data)
        row.answer = json.loads(body) if len(body) <= MAX_STORED_BYTES else None
        row.headers = {name: response[name] for name in STORED_HEADERS if name in response}
    row.save(update_fields=["status", "record_id", "answer", "headers"])


def request_digest(request: Request) -> str:
    """A keyed hash of method, address and parsed body: spaces in JSON and boundaries of a form make no difference.

    Keyed with the site's secret, because a body may hold a name that nobody may guess from a plain hash.
    """
    data = request.data
    if isinstance(data, QueryDict):
        data = dict(data.lists())
    content = json.dumps([request.method, request.get_full_path(), data], sort_keys=True, default=file_digest)
    return salted_hmac("factcheck.idempotency", content, algorithm="sha256").hexdigest()


def file_digest(file: UploadedFile[Any]) -> list[str]:
    content = hashlib.sha256()
    for chunk in file.chunks():
        content.update(chunk)
    file.seek(0)
    return [str(file.name), str(file.content_type), content.hexdigest()]
