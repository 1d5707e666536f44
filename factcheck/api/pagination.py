"""Lists are paginated with a cursor."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from rest_framework import exceptions, pagination
from rest_framework.request import Request


class RecordPagination(pagination.CursorPagination):
    """Pages in the order that ``ordering=`` names, one of the view's ``orderings``, else in the view's ``ordering``."""

    page_size = 50
    max_page_size = 200
    page_size_query_param = "page_size"
    offset_cutoff = 100_000
    ordering = "id"

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> Any:
        self.ordering = view.orderings.get(request.query_params.get("ordering", ""), view.ordering)
        try:
            return super().paginate_queryset(queryset, request, view)
        except (ValueError, OverflowError, TypeError, ValidationError):
            raise exceptions.NotFound(self.invalid_cursor_message) from None

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        address = {"type": "string", "format": "uri", "nullable": True}
        properties = {"next": address, "previous": address, "results": schema}
        return {"type": "object", "required": list(properties), "properties": properties}
