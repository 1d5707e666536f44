"""From a refusal to an answer: one map from error to status, one shape for all of them.

The shape is that of drf-standardized-errors, with the details of our own refusals in ``extra``.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from drf_standardized_errors.formatter import ExceptionFormatter
from drf_standardized_errors.handler import ExceptionHandler
from rest_framework import exceptions, serializers
from rest_framework.response import Response

from factcheck.database_errors import RETRY_AFTER_SECONDS, is_connection_failure, is_lock_conflict
from factcheck.errors import FactcheckError, Invalid, NotAllowed, StaleRevision, WrongState

STATUS: dict[type[FactcheckError], int] = {NotAllowed: 403, WrongState: 409, StaleRevision: 412, Invalid: 422}
TOO_LARGE = "too_large"


class ErrorLine(serializers.Serializer):
    """One fault: a code for programs, a sentence for people, the field it is about, and details."""

    code = serializers.CharField()
    detail = serializers.CharField()
    attr = serializers.CharField(allow_null=True)
    extra = serializers.DictField(child=serializers.JSONField())


class ErrorAnswer(serializers.Serializer):
    """Any refusal of this API."""

    type = serializers.ChoiceField(["client_error", "server_error", "validation_error"])
    errors = ErrorLine(many=True)


class Refused(exceptions.APIException):
    """A refusal of the workflow, on its way out."""

    def __init__(self, refusal: FactcheckError) -> None:
        super().__init__(refusal.message, refusal.code)
        self.status_code = 413 if refusal.code == TOO_LARGE else STATUS.get(type(refusal), 409)
        self.extra = refusal.details


class TooLarge(exceptions.APIException):
    status_code = 413
    default_detail = "The request is larger than is accepted."
    default_code = TOO_LARGE


class PreconditionRequired(exceptions.APIException):
    status_code = 428
    default_detail = "Send the version you acted on: If-Match with the ETag of the record."
    default_code = "if_match_required"


class Busy(exceptions.APIException):
    """The database could not take the request now, and nothing was written. ``wait`` becomes Retry-After."""

    status_code = 503
    default_detail = "Too many people write at this moment; please send the request again."
    default_code = "busy"
    wait = 1


class Away(Busy):
    """The database is lost, refuses or has no connection to give."""

    default_detail = "The database cannot be reached at this moment; please send the request again."
    default_code = "unavailable"
    wait = RETRY_AFTER_SECONDS


class Handler(ExceptionHandler):
    """Our refusals and Django's own, as the exceptions that carry their status."""

    django: ClassVar[dict[type[Exception], type[exceptions.APIException]]] = {
        RequestDataTooBig: TooLarge,
        SuspiciousOperation: exceptions.ParseError,
    }

    def convert_known_exceptions(self, exc: Exception) -> Exception:
        if isinstance(exc, FactcheckError):
            return Refused(exc)
        if is_lock_conflict(exc) or is_connection_failure(exc):
            return Busy() if is_lock_conflict(exc) else Away()
        for known, answer in self.django.items():
            if isinstance(exc, known):
                return answer()
        if isinstance(exc, exceptions.ValidationError):
            exc.status_code = 422
        return super().convert_known_exceptions(exc)

    def format_exception(self, exc: exceptions.APIException) -> dict[str, Any]:
        found = ExceptionFormatter(exc, self.context, self.exc).run()
        for row in found["errors"]:
            row["extra"] = getattr(exc, "extra", {})
        return found


def refusal_of(exc: Exception, context: Any) -> tuple[int, dict[str, Any]]:
    """A refusal of one among many: the status and the body it would have had alone."""
    handler = Handler(exc, context)
    known = handler.convert_known_exceptions(exc)
    return known.status_code, handler.format_exception(known)


def handle(exc: Exception, context: Any) -> Response | None:
    return Handler(exc, context).run()
