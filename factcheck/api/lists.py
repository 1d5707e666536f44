"""Lists: walked page by page with a cursor, narrowed by the filters and orderings a noun declares, and no others."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from operator import or_
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, Q
from django_filters import rest_framework as filters
from rest_framework import exceptions, pagination
from rest_framework.request import Request

BIGGEST_ID = 2**63 - 1
LONGEST_SEARCH, MOST_WORDS = 200, 10


class Page(pagination.CursorPagination):
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


class Id(filters.NumberFilter):
    """The id of another record; a number no database holds is refused, not passed on."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, min_value=0, max_value=BIGGEST_ID, **kwargs)

    def get_max_validator(self) -> None:
        return None


class Search(filters.CharFilter):
    """``search``: every word stands somewhere in these columns of a record, in whatever case.

    ``elsewhere``: rows that belong to the record, by which of their columns, and the column that is searched.
    """

    def __init__(self, *columns: str, elsewhere: tuple[Callable[[], Any], str, str] | None = None) -> None:
        super().__init__(label="Words, all of which stand in it.")
        self.columns, self.elsewhere = columns, elsewhere

    def filter(self, rows: Any, value: str) -> Any:
        for word in value[:LONGEST_SEARCH].split()[:MOST_WORDS]:
            found = reduce(or_, (Q(**{f"{column}__icontains": word}) for column in self.columns))
            if self.elsewhere:
                held, by, column = self.elsewhere
                found |= Q(Exists(held().filter(**{by: OuterRef("pk"), f"{column}__icontains": word})))
            rows = rows.filter(found)
        return rows


class Filters(filters.DjangoFilterBackend):
    """Filters by the viewset's own; a parameter it does not know is refused, for it would widen the answer."""

    paging = frozenset({"cursor", "page_size", "ordering"})

    def filter_queryset(self, request: Request, queryset: Any, view: Any) -> Any:
        known = set(view.filterset_class.base_filters) if getattr(view, "filterset_class", None) else set()
        if unknown := set(request.query_params) - known - self.paging:
            named = [name[:80] for name in sorted(unknown)]
            raise exceptions.ValidationError(dict.fromkeys(named, "There is no such filter."), "unknown_filter")
        wanted = request.query_params.get("ordering", "")
        if wanted and wanted not in view.orderings:
            known_orders = ", ".join(view.orderings) or "nothing"
            raise exceptions.ValidationError({"ordering": f"Order by one of: {known_orders}."}, "unknown_ordering")
        return super().filter_queryset(request, queryset, view)
