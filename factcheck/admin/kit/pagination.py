"""Pages of a change list in an archive of any size: nobody waits for a count of more rows than anybody turns to."""

from __future__ import annotations

from typing import Any, cast

from django.contrib.admin.views.main import ORDER_VAR
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.functional import cached_property

MOST_COUNTED = 5_000


class CountingPaginator(Paginator):  # type: ignore[type-arg]
    """Counts no further than ``MOST_COUNTED``; of a longer list its beginning has pages, and ``is_cut`` is true."""

    @cached_property
    def count(self) -> int:
        return min(self.found, MOST_COUNTED)

    @cached_property
    def found(self) -> int:
        """How many rows there are, or one more than is counted."""
        return cast(QuerySet[Any], self.object_list).order_by()[: MOST_COUNTED + 1].count()

    @property
    def is_cut(self) -> bool:
        return self.found > MOST_COUNTED


class TwoPartPaginator(CountingPaginator):
    """Few rows first, each put in its place by what is computed of it; then all others, in the order of an index."""

    def __init__(self, rows: QuerySet[Any], per_page: int, *, first: QuerySet[Any], order: tuple[str, ...]) -> None:
        super().__init__(rows, per_page)
        self.first, self.others = rows.filter(pk__in=first), rows.exclude(pk__in=first).order_by(*order)

    def page(self, number: int | str) -> Page[Any]:
        number = self.validate_number(number)
        bottom = (number - 1) * self.per_page
        top = min(bottom + self.per_page, self.count)
        rows = list(self.first[bottom:top])
        if len(rows) < top - bottom:
            before = bottom + len(rows) if rows else self.first.order_by().count()
            skipped = max(0, bottom - before)
            rows += self.others[skipped : skipped + top - bottom - len(rows)]
        return Page(rows, number, self)


def is_ordered_by_reader(request: HttpRequest) -> bool:
    """Whether the reader of a list has chosen a column to order it by."""
    return ORDER_VAR in request.GET
