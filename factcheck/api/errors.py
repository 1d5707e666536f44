"""Exceptions become responses here: one table from exception to status code, one format for all errors.

The format is that of drf-standardized-errors, with the details of the workflow's errors in ``extra``.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from drf_spectacular.utils import extend_schema_field
from drf_standardized_errors.formatter import ExceptionFormatter
from drf_standardized_errors.handler import ExceptionHandler
from rest_framework import exceptions, serializers
from rest_framework.response import Response

from factcheck.database_errors import RETRY_AFTER_SECONDS, is_connection_failure, is_disk_full, is_lock_conflict
from factcheck.errors import FactcheckError, Invalid, NotAllowed, StaleRevision, WrongState

STATUS_CODES: dict[type[FactcheckError], int] = {NotAllowed: 403, WrongState: 409, StaleRevision: 412, Invalid: 422}
TOO_LARGE = "too_large"
ERROR_TYPES = ("client_error", "server_error", "validation_error")


@extend_schema_field({"type": "object", "additionalProperties": True})
class DetailsField(serializers.DictField):
    """Details of an error by name: words, numbers or lists."""


class ErrorLineSerializer(serializers.Serializer):
    """One error: a code for programs, a sentence for people, the field it is about, and details."""

    code = serializers.CharField()
    detail = serializers.CharField()
    attr = serializers.CharField(allow_null=True)
    extra = DetailsField()


class ErrorResponseSerializer(serializers.Serializer):
    """Any error of this API."""

    type = serializers.ChoiceField(ERROR_TYPES)
    errors = ErrorLineSerializer(many=True)


class WorkflowException(exceptions.APIException):
    """An error of the workflow, with its status code."""

    def __init__(self, error: FactcheckError) -> None:
        super().__init__(error.message, error.code)
        self.status_code = 413 if error.code == TOO_LARGE else STATUS_CODES.get(type(error), 409)
        self.extra = error.details


class RequestTooLarge(exceptions.APIException):
    status_code = 413
    default_detail = "The request is larger than is accepted."
    default_code = TOO_LARGE


class PreconditionRequired(exceptions.APIException):
    status_code = 428
    default_detail = "Send the version you acted on: If-Match with the ETag of the record."
    default_code = "if_match_required"


class DatabaseBusy(exceptions.APIException):
    """The database was locked and nothing was written. ``wait`` becomes Retry-After."""

    status_code = 503
    default_detail = "Too many people write at this moment; please send the request again."
    default_code = "busy"
    wait = 1


class DatabaseUnavailable(DatabaseBusy):
    """The database cannot be reached, or has no free connection."""

    default_detail = "The database cannot be reached at this moment; please send the request again."
    default_code = "unavailable"
    wait = RETRY_AFTER_SECONDS


class DiskFull(exceptions.APIException):
    """There is no room for what was sent; nothing was kept."""

    status_code = 507
    default_detail = "There is no room left on the disk; nothing of this was kept."
    default_code = "disk_full"
    wait = RETRY_AFTER_SECONDS


class ApiExceptionHandler(ExceptionHandler):
    """Converts errors of the workflow, of the database and of Django to exceptions of REST framework."""

    django_exceptions: ClassVar[dict[type[Exception], type[exceptions.APIException]]] = {
        RequestDataTooBig: RequestTooLarge,
        SuspiciousOperation: exceptions.ParseError,
    }

    def convert_known_exceptions(self, exc: Exception) -> Exception:
        if isinstance(exc, FactcheckError):
            return WorkflowException(exc)
        if is_lock_conflict(exc) or is_connection_failure(exc):
            return DatabaseBusy() if is_lock_conflict(exc) else DatabaseUnavailable()
        if is_disk_full(exc):
            return DiskFull()
        for django_exception, api_exception in self.django_exceptions.items():
            if isinstance(exc, django_exception):
                replacement: Exception = api_exception()
                return replacement
        if isinstance(exc, exceptions.ValidationError):
            exc.status_code = 422
        converted: Exception = super().convert_known_exceptions(exc)
        return converted

    def format_exception(self, exc: exceptions.APIException) -> dict[str, Any]:
        body: dict[str, Any] = ExceptionFormatter(exc, self.context, self.exc).run()
        for error in body["errors"]:
            error["extra"] = getattr(exc, "extra", {})
        return body


def status_and_body(exc: Exception, context: Any) -> tuple[int, dict[str, Any]]:
    """The status code and body of the response to an exception, for one item of a batch."""
    handler = ApiExceptionHandler(exc, context)
    converted: exceptions.APIException = handler.convert_known_exceptions(exc)
    return converted.status_code, handler.format_exception(converted)


def exception_handler(exc: Exception, context: Any) -> Response | None:
    return ApiExceptionHandler(exc, context).run()
