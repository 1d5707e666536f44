"""``Idempotency-Key``: a request that is sent again under its key does nothing twice, and gets its first answer.

The row of the key is written in the same transaction as the act, so that neither can be there without the other.
Only what succeeded is kept: a refusal has done nothing, so the same key may be used for the next try.
"""

from __future__ import annotations

import hashlib
import json
import re
from datetime import timedelta
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, OperationalError, connection, transaction
from django.http import HttpRequest, QueryDict
from django.utils import timezone
from rest_framework import exceptions, renderers
from rest_framework.request import Request
from rest_framework.response import Response

from factcheck.conf import settings
from factcheck.errors import Invalid
from factcheck.models import IdempotencyKey

from .errors import Busy, is_busy

KEY = re.compile(r"[!-~]{1,200}")
WRITES = ("POST", "PUT", "PATCH")
KEPT_HEADERS = ("ETag", "Location")


class UnderWay(exceptions.APIException):
    status_code = 409
    default_detail = "The first request with this key is still under way."
    default_code = "idempotency_key_under_way"


class Replayed(Exception):
    """The request was answered before; not an error, but the way out of the view."""

    def __init__(self, row: IdempotencyKey) -> None:
        super().__init__(row.key)
        self.answer = Response(row.answer, row.status, headers={**row.headers, "Idempotency-Replayed": "true"})


class Once:
    """What a view does with a key: the whole request in one transaction, and its answer kept beside the act."""

    keeps_answers = True
    """False where an answer holds a secret that must not be kept: a key is refused there."""

    kept: IdempotencyKey | None = None
    too_busy = False

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if request.method not in WRITES or "Idempotency-Key" not in request.headers:
            return super().dispatch(request, *args, **kwargs)
        try:
            with transaction.atomic():
                answer = super().dispatch(request, *args, **kwargs)
                if answer.status_code >= 300:
                    transaction.set_rollback(True)
                elif self.kept:
                    keep_answer(self.kept, answer)
        except OperationalError as error:  # the transaction could not begin, or not end
            if not is_busy(error):
                raise
            self.too_busy = True
            return super().dispatch(request, *args, **kwargs)
        return answer

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        if self.too_busy:
            raise Busy
        super().initial(request, *args, **kwargs)
        key = request.headers.get("Idempotency-Key")
        if key is None or request.method not in WRITES or not request.user.is_authenticated:
            return
        if not KEY.fullmatch(key):
            message = "An Idempotency-Key is 1 to 200 visible ASCII characters."
            raise Invalid(message, code="idempotency_key_invalid")
        if not self.keeps_answers:
            message = "This answer holds a secret and is not kept; send the request without an Idempotency-Key."
            raise Invalid(message, code="idempotency_key_refused")
        self.kept = reserve(request.user, key, digest_of(request), self.still_visible)

    def still_visible(self) -> None:
        """404 where the person may not see the record any more, whatever was answered then."""
        if "pk" in self.kwargs and hasattr(self, "get_object"):
            self.get_object()

    def handle_exception(self, exc: Exception) -> Response:
        return exc.answer if isinstance(exc, Replayed) else super().handle_exception(exc)


def reserve(user: Any, key: str, digest: str, still_visible: Any) -> IdempotencyKey:
    """Take the key for this request; a request that was answered before leaves by ``Replayed``."""
    wait_for_nobody(user, key)
    rows = IdempotencyKey.objects.filter(user=user, key=key)
    oldest = timezone.now() - timedelta(hours=settings().IDEMPOTENCY_HOURS)
    rows.expired(oldest).delete()
    if row := rows.first():
        if row.request_sha256 != digest:
            raise Invalid("This Idempotency-Key was used for another request.", code="idempotency_key_reused")
        still_visible()
        raise Replayed(row)
    try:
        with transaction.atomic():
            return IdempotencyKey.objects.create(user=user, key=key, request_sha256=digest)
    except IntegrityError:
        raise UnderWay from None


def wait_for_nobody(user: Any, key: str) -> None:
    """Refuse a key whose first request is not done. SQLite has one writer at a time: there the second just waits."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            name = f"factcheck idempotency {user.pk} {key}"
            cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [name])
            if not cursor.fetchone()[0]:
                raise UnderWay


def keep_answer(row: IdempotencyKey, answer: Response) -> None:
    row.status = answer.status_code
    row.answer = None if answer.data is None else json.loads(renderers.JSONRenderer().render(answer.data))
    row.headers = {name: answer[name] for name in KEPT_HEADERS if name in answer}
    row.save(update_fields=["status", "answer", "headers"])


def digest_of(request: Request) -> str:
    """Of method, address and what the body says: the boundaries of a form and the spaces in JSON are not told apart."""
    said = request.data
    if isinstance(said, QueryDict):
        said = dict(said.lists())
    whole = json.dumps([request.method, request.get_full_path(), said], sort_keys=True, default=digest_of_file)
    return hashlib.sha256(whole.encode()).hexdigest()


def digest_of_file(file: UploadedFile) -> list[str]:
    content = hashlib.sha256()
    for chunk in file.chunks():
        content.update(chunk)
    file.seek(0)
    return [str(file.name), str(file.content_type), content.hexdigest()]
