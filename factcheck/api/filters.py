"""Filters of lists. A query parameter that the view does not declare is refused."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema_field
from rest_framework import exceptions
from rest_framework.request import Request

MAX_ID = 2**63 - 1
MAX_SEARCH_LENGTH, MAX_SEARCH_WORDS = 200, 10


@extend_schema_field({"type": "integer", "minimum": 0, "maximum": MAX_ID})
class IdFilter(filters.NumberFilter):
    """The id of a related record. A number too large for the database is refused."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, min_value=0, max_value=MAX_ID, **kwargs)

    def get_max_validator(self) -> None:
        return None


class SearchFilter(filters.CharFilter):
    """``search=``: every word occurs in one of these columns, in upper or lower case.

    ``related`` also searches rows that belong to the record: a callable that returns their queryset, the name of
    their foreign key to the record, and the column to search.
    """

    def __init__(self, *columns: str, related: tuple[Callable[[], Any], str, str] | None = None) -> None:
        super().__init__(label="Words, all of which stand in it.")
        self.columns, self.related = columns, related

    def filter(self, queryset: Any, value: str) -> Any:
        for word in value[:MAX_SEARCH_LENGTH].split()[:MAX_SEARCH_WORDS]:
            matches = reduce(or_, (Q(**{f"{column}__icontains": word}) for column in self.columns))
            if self.related:
                related_queryset, foreign_key, column = self.related
                rows = related_queryset().filter(**{foreign_key: OuterRef("pk"), f"{column}__icontains": word})
                matches |= Q(Exists(rows))
            queryset = queryset.filter(matches)
        return queryset


class WordsFilter(filters.CharFilter):
    """``search=`` by the full-text index, for models whose querysets have ``search``."""

    def __init__(self) -> None:
        super().__init__(
            label="Words, all of which stand in it: each begins a word of it; a number is the whole number."
        )

    def filter(self, queryset: Any, value: str) -> Any:
        return queryset.search(value)


class StrictFilterBackend(filters.DjangoFilterBackend):
    """The view's filterset. An unknown parameter is refused: to ignore it would return more than was asked for."""

    pagination_parameters = frozenset({"cursor", "page_size", "ordering"})

    def filter_queryset(self, request: Request, queryset: Any, view: Any) -> Any:
        filterset_class = getattr(view, "filterset_class", None)
        known = set(filterset_class.base_filters) if filterset_class else set()
        if unknown := set(request.query_params) - known - self.pagination_parameters:
            names = [name[:80] for name in sorted(unknown)]
            raise exceptions.ValidationError(dict.fromkeys(names, "There is no such filter."), "unknown_filter")
        ordering = request.query_params.get("ordering", "")
        if ordering and ordering not in view.orderings:
            choices = ", ".join(view.orderings) or "nothing"
            raise exceptions.ValidationError({"ordering": f"Order by one of: {choices}."}, "unknown_ordering")
        return super().filter_queryset(request, queryset, view)
