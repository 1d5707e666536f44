"""``Idempotency-Key``: a request that is sent again under its key does nothing twice, and is answered as it was.

The row of the key is written in the same transaction as the action, so that neither can be there without the other.
That transaction begins when all that can be slow is over: who asks is known, and the whole body has been read.
Only what succeeded is kept: a refusal has done nothing, so the same key may be used for the next try.
No record's words are kept: the answer is made anew from the record, as far as the person may still see it.
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

from factcheck.conf import settings
from factcheck.errors import Invalid
from factcheck.models import IdempotencyKey

KEY = re.compile(r"[!-~]{1,200}")
WRITES = ("POST", "PUT", "PATCH")
KEPT_HEADERS = ("ETag", "Location")
LONGEST_KEPT = 65_536
"""Of an answer without a record, in bytes. A batch of 200 refusals is shorter."""


class UnderWay(exceptions.APIException):
    status_code = 409
    default_detail = "The first request with this key is still under way."
    default_code = "idempotency_key_under_way"


class Once:
    """What a view does with a key: act and answer in one transaction, or the answer again."""

    keeps_answers = True
    """False where an answer holds a secret that must not be kept: a key is refused there."""

    answered: Any = None
    """The record that the answer shows, where it shows one."""

    beside: Any = None
    """What the answer says beside the record: ids and numbers only."""

    fault: Exception | None = None
    """What is wrong with the key. A view raises it where it looks at its body: other refusals come before that."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        key, method = request.headers.get("Idempotency-Key"), str(request.method)
        handler = getattr(self, method.lower(), None)
        if key is None or handler is None or method not in WRITES or not request.user.is_authenticated:
            return
        request.data  # noqa: B018 - however slowly it comes, it is all here before a transaction begins
        self.fault = self.fault_of(key)
        if self.fault and not hasattr(self, "body"):
            raise self.fault
        setattr(self, method.lower(), partial(self.once, handler, key))

    def fault_of(self, key: str) -> Invalid | None:
        if not KEY.fullmatch(key):
            message = "An Idempotency-Key is 1 to 200 visible ASCII characters."
            return Invalid(message, code="idempotency_key_invalid")
        if not self.keeps_answers:
            message = "This answer holds a secret and is not kept; send the request without an Idempotency-Key."
            return Invalid(message, code="idempotency_key_refused")
        return None

    def once(self, handler: Callable[..., Response], key: str, request: Request, *args: Any, **kwargs: Any) -> Response:
        digest = digest_of(request)
        with transaction.atomic():
            row = None if self.fault else reserve(request.user, key, digest)
            if row is not None and row.request_hmac != digest:
                message = "This Idempotency-Key was used for another request."
                self.fault = Invalid(message, code="idempotency_key_reused")
            if row is None or row.status is None or self.fault:
                answer = handler(request, *args, **kwargs)
                if self.fault:
                    raise self.fault
                if answer.status_code < 300:
                    keep_answer(row, answer, self.answered, self.beside)
                else:
                    transaction.set_rollback(True)
                return answer
        answer = self.answer_again(row)
        answer["Idempotency-Replayed"] = "true"
        return answer

    def answer_again(self, row: IdempotencyKey) -> Response:
        """The answer that was kept; a view whose answers show a record shows it as it is now."""
        return Response(row.answer, row.status, headers=row.headers)


def reserve(user: Any, key: str, digest: str) -> IdempotencyKey:
    """The row of this key: a new one, or that of a request which was answered before and has its status."""
    wait_for_nobody(user, key)
    rows = IdempotencyKey.objects.filter(user=user, key=key)
    oldest = timezone.now() - timedelta(hours=settings().IDEMPOTENCY_HOURS)
    rows.expired(oldest).delete()
    if row := rows.first():
        return row
    try:
        with transaction.atomic():
            return IdempotencyKey.objects.create(user=user, key=key, request_hmac=digest)
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


def keep_answer(row: IdempotencyKey, answer: Response, record: Any, beside: Any) -> None:
    """Keep which record was answered, not its words; an answer without a record, where it is short."""
    row.status = answer.status_code
    if record is not None:
        row.record_id, row.answer = record.pk, beside
    elif answer.data is not None:
        said = renderers.JSONRenderer().render(answer.data)
        row.answer = json.loads(said) if len(said) <= LONGEST_KEPT else None
        row.headers = {name: answer[name] for name in KEPT_HEADERS if name in answer}
    row.save(update_fields=["status", "record_id", "answer", "headers"])


def digest_of(request: Request) -> str:
    """Of method, address and what the body says: the boundaries of a form and the spaces in JSON are not told apart.

    Keyed, for a body may hold a name that must not be guessed from a digest.
    """
    said = request.data
    if isinstance(said, QueryDict):
        said = dict(said.lists())
    whole = json.dumps([request.method, request.get_full_path(), said], sort_keys=True, default=digest_of_file)
    return salted_hmac("factcheck.idempotency", whole, algorithm="sha256").hexdigest()


def digest_of_file(file: UploadedFile) -> list[str]:
    content = hashlib.sha256()
    for chunk in file.chunks():
        content.update(chunk)
    file.seek(0)
    return [str(file.name), str(file.content_type), content.hexdigest()]
