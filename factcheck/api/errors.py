"""From a refusal to an answer: one map from error to status, one shape for all of them.

The shape is that of drf-standardized-errors, with the details of our own refusals in ``extra``.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from drf_standardized_errors.formatter import ExceptionFormatter
from drf_standardized_errors.handler import ExceptionHandler
from rest_framework import exceptions
from rest_framework.response import Response

from factcheck.errors import FactcheckError, Invalid, NotAllowed, StaleRevision, WrongState

STATUS: dict[type[FactcheckError], int] = {NotAllowed: 403, WrongState: 409, StaleRevision: 412, Invalid: 422}
TOO_LARGE = "too_large"


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


class Handler(ExceptionHandler):
    """Our refusals and Django's own, as the exceptions that carry their status."""

    django: ClassVar[dict[type[Exception], type[exceptions.APIException]]] = {
        RequestDataTooBig: TooLarge,
        SuspiciousOperation: exceptions.ParseError,
    }

    def convert_known_exceptions(self, exc: Exception) -> Exception:
        if isinstance(exc, FactcheckError):
            return Refused(exc)
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


def handle(exc: Exception, context: Any) -> Response | None:
    return Handler(exc, context).run()
