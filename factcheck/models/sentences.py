"""The sentence a figure stands in now: what a person needs to see beside any figure that is compared."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import F, OuterRef, Subquery

from .anchors import Anchor, AnchorQuerySet
from .documents import Revision

AT_ONCE = 500


@dataclass(frozen=True)
class Sentence:
    """The words of a figure, with what stands before and after them."""

    before: str
    words: str
    after: str

    def __str__(self) -> str:
        return f"{self.before}{self.words}{self.after}"


def current_anchors() -> AnchorQuerySet:
    """The anchors of the current revision of each document."""
    newest = Revision.objects.filter(document=OuterRef("revision__document")).order_by("-number").values("pk")[:1]
    return Anchor.objects.filter(revision=Subquery(newest), start__isnull=False)


def sentences_of(figures: Iterable[int]) -> dict[int, Sentence]:
    """For each figure the shortest statement it stands in, else its closest words; two queries for every 500."""
    keys = sorted(set(figures))
    found: dict[int, Sentence] = {}
    for start in range(0, len(keys), AT_ONCE):
        found |= _sentences_of_few(keys[start : start + AT_ONCE])
    return found


def _sentences_of_few(figures: list[int]) -> dict[int, Sentence]:
    own = {row.figure_id or 0: row for row in current_anchors().filter(figure__in=figures)}
    around = (
        Anchor.objects.filter(claim__isnull=False, start__isnull=False)
        .filter(revision__anchors__in=[row.pk for row in own.values()])
        .filter(start__lte=F("revision__anchors__start"), end__gte=F("revision__anchors__end"))
        .values_list("revision__anchors__figure", "exact", "start", "end")
    )
    shortest: dict[int, tuple[int, str, int]] = {}
    for figure, text, start, end in around:
        first, last = start or 0, end or 0
        statement = (last - first, text, first)
        shortest[figure] = min(statement, shortest.get(figure, statement))
    found = {}
    for figure, row in own.items():
        found[figure] = Sentence(row.prefix, row.exact, row.suffix)
        if figure in shortest:
            _, text, start = shortest[figure]
            ahead, behind = (row.start or 0) - start, (row.end or 0) - start
            found[figure] = Sentence(text[:ahead], text[ahead:behind], text[behind:])
    return found
