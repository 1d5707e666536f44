"""Disputes: the open discrepancies between the statements of one measure, shown and resolved as one.

A dispute has no table. It is built from the discrepancies that a person may see: its most telling pair leads, the other
statements follow by party. Superseded and not comparable pairs are grouped in the same way. ``crosschecks`` finds the
pairs.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from factcheck.actors import Actor
from factcheck.errors import Invalid, StaleRevision
from factcheck.models import (
    SIDE_KEY,
    SUREST_FIRST,
    Carrier,
    Discrepancy,
    DiscrepancyQuerySet,
    DiscrepancySide,
    Document,
    Figure,
    ResolutionKind,
    StoredObservation,
    both_sides_of,
    sort_of,
)
from factcheck.states import DiscrepancyState

from .observations import MOST_SHOWN, carriers_shown
from .speakers import speakers_of
from .transitions import OF_ANOTHER_DESK, check_permission, move_all

AT_ONCE = 500
ALSO_OF_ANOTHER_DESK = "A figure of another desk differs as well; ask the chief editor."
Group = tuple[int, str, str, datetime | None]
"""What the pairs of one dispute share: measure, sort and state, and the moment at which they were resolved."""


@dataclass(frozen=True, slots=True)
class Statement:
    """One number as somebody gives it for one time, and the first figures that carry it, of those that may be seen."""

    key: str
    says: str
    figures: tuple[Figure, ...]
    count: int = 1

    @property
    def first(self) -> Figure:
        return self.figures[0]

    @property
    def more(self) -> int:
        """How many figures carry it besides those shown."""
        return self.count - len(self.figures)

    @property
    def documents(self) -> list[Document]:
        return list({figure.document_id: figure.document for figure in self.figures}.values())


@dataclass(frozen=True, slots=True)
class Dispute:
    """A dispute as one person sees it: its most telling pair, and how many other statements there are.

    ``both_visible``: both sides of that pair may be shown. ``elsewhere``: further pairs exist that may not be shown.
    ``sides`` and ``others`` are filled where the statements were asked for; a side that may not be seen is None.
    """

    leading: Discrepancy
    both_visible: bool = True
    elsewhere: bool = False
    more: int = 0
    sides: tuple[Statement | None, Statement | None] = (None, None)
    others: tuple[Statement, ...] = field(default=())

    @property
    def message(self) -> str:
        """The dispute in a sentence or two."""
        if not self.both_visible:
            return OF_ANOTHER_DESK
        besides = f" (and {self.more} more statement{'s' if self.more > 1 else ''} of it)" if self.more else ""
        return self.leading.reason + besides + (f" {ALSO_OF_ANOTHER_DESK}" if self.elsewhere else "")

    @property
    def statements(self) -> list[Statement]:
        return [*filter(None, self.sides), *self.others]

    @property
    def by_party(self) -> list[tuple[str, list[Statement]]]:
        """The other statements by who makes them, in the order of the names; those of nobody named come last."""
        return self.besides(self.leading)

    def besides(self, pair: Discrepancy) -> list[tuple[str, list[Statement]]]:
        """All statements but the two of a pair, by who makes them."""
        found: dict[str, list[Statement]] = defaultdict(list)
        for row in sorted(self.statements, key=statement_order):
            if row.key not in (pair.a_key, pair.b_key):
                found[row.says].append(row)
        return list(found.items())


def disputes(
    rows: DiscrepancyQuerySet,
    *,
    desks: Any = None,
    order: Sequence[Any] = SUREST_FIRST,
    most: int | None = None,
    statements: bool = False,
) -> list[Dispute]:
    """The disputes among some discrepancies, as visible to these desks; at most ``most``.

    Without ``desks`` every pair of ``rows`` is visible. ``statements``: load the statements of these desks, not only
    their number. The number of queries does not depend on the number of disputes.
    """
    both_visible = None if desks is None else both_sides_of(figure__document__desk__in=desks)
    found = list(
        rows.leading(preferring=both_visible).select_related("measure__topic", "resolved_by").order_by(*order)[:most]
    )
    return disputes_led_by(found, rows, desks=desks, statements=statements)


def disputes_led_by(
    found: Sequence[Discrepancy], rows: DiscrepancyQuerySet, *, desks: Any = None, statements: bool = False
) -> list[Dispute]:
    """The disputes of some leading pairs, each built from its pairs among ``rows``, in the order given."""
    if statements and desks is None:
        raise TypeError("a pair may be shown that other desks' figures carry too: say whose figures are told")
    if not found:
        return []
    rows = rows.order_by().filter(measure__in={row.measure_id for row in found})
    pairs = list(rows.values_list("pk", "measure", "kind", "state", "resolved_at", "a_key", "b_key"))
    seen = None if desks is None else pairs_seen([row[0] for row in pairs], {row.measure_id for row in found}, desks)
    keys: dict[Group, set[str]] = defaultdict(set)
    hidden: set[Group] = set()
    for pk, measure, kind, state, resolved_at, *two in pairs:
        group = group_of(Discrepancy(measure_id=measure, kind=kind, state=state, resolved_at=resolved_at))
        if seen is None or pk in seen:
            keys[group].update(two)
        else:
            hidden.add(group)
    shown = {row.pk for row in found} | (seen or set())
    statements_by_key = statements_of(shown, found, desks) if statements else dict[Group, dict[str, Statement]]()
    return [dispute_of(row, keys, hidden, statements_by_key.get(group_of(row), {})) for row in found]


def group_of(row: Discrepancy) -> Group:
    return row.measure_id, sort_of(row), row.state, row.resolved_at if row.state == DiscrepancyState.RESOLVED else None


def pairs_seen(pairs: Iterable[int], measures: Iterable[int], desks: Any) -> set[int]:
    """Those of some pairs of these measures of which the desks hold a figure on each side.

    Told by the observations, of which there are few, so that it rests on no plan for many pairs.
    """
    sides = DiscrepancySide.objects.filter(discrepancy__measure__in=list(measures))
    held: dict[int, dict[str, set[int]]] = defaultdict(lambda: {"a": set(), "b": set()})
    wanted = set(pairs)
    for pair, side, observation in sides.values_list("discrepancy", "side", "observation"):
        if pair in wanted:
            held[pair][side].add(observation)
    keys = sorted({pk for two in held.values() for some in two.values() for pk in some})
    seen: set[int] = set()
    for start in range(0, len(keys), AT_ONCE):
        carried = Carrier.objects.filter(observation=OuterRef("pk"), figure__document__desk__in=desks)
        some = StoredObservation.objects.filter(pk__in=keys[start : start + AT_ONCE])
        seen |= set(some.filter(Coalesce(Exists(carried), Value(False))).values_list("pk", flat=True))
    return {pair for pair, two in held.items() if two["a"] & seen and two["b"] & seen}


def dispute_of(
    row: Discrepancy, keys: dict[Group, set[str]], hidden: set[Group], statements_by_key: dict[str, Statement]
) -> Dispute:
    group, own = group_of(row), {row.a_key, row.b_key}
    both_visible = own <= keys.get(group, set())
    others = [statement for key, statement in statements_by_key.items() if key not in own]
    return Dispute(
        row,
        both_visible,
        both_visible and group in hidden,
        len(keys[group] - own) if both_visible else 0,
        (statements_by_key.get(row.a_key), statements_by_key.get(row.b_key)),
        tuple(sorted(others, key=statement_order)) if both_visible else (),
    )


def statement_order(statement: Statement) -> tuple[Any, ...]:
    """By who says it, then by time and number."""
    figure = statement.first
    at = figure.as_of_start.timestamp() if figure.as_of_start else 0.0
    number = figure.value if figure.value is not None else figure.low
    return (not statement.says, statement.says.casefold(), at, number or 0, figure.pk)


def statements_of(
    pairs: Iterable[int], leading: Sequence[Discrepancy], desks: Any
) -> dict[Group, dict[str, Statement]]:
    """The statements of each dispute by their key, with the first of the visible figures."""
    wanted, carried = set(pairs), dict[Group, dict[str, set[int]]]()
    sides = DiscrepancySide.objects.filter(discrepancy__measure__in={row.measure_id for row in leading})
    columns = ("measure", "kind", "state", "resolved_at")
    paths = [f"discrepancy__{name}" for name in columns]
    for pk, *values, key, observation in sides.annotate(key=SIDE_KEY).values_list(
        "discrepancy", *paths, "key", "observation"
    ):
        if pk in wanted:
            pair = Discrepancy(**dict(zip(("measure_id", *columns[1:]), values, strict=True)))
            carried.setdefault(group_of(pair), {}).setdefault(key, set()).add(observation)
    observations = sorted({pk for keys in carried.values() for some in keys.values() for pk in some})
    shown, counts = carriers_shown(observations, desks)
    figures = figures_by_id(pk for some in shown.values() for pk in some)
    groups = [
        sorted({f for some in keys.values() for pk in some for f in shown.get(pk, ())}) for keys in carried.values()
    ]
    says = speakers_of([figures[pk] for pk in group] for group in groups)
    statements_by_key: dict[Group, dict[str, Statement]] = defaultdict(dict)
    for group, keys in carried.items():
        for key, some in keys.items():
            first = sorted({figure for pk in some for figure in shown.get(pk, ())})[:MOST_SHOWN]
            if first:
                own = tuple(figures[pk] for pk in first)
                count = sum(counts[pk] for pk in some)
                statements_by_key[group][key] = Statement(key, says[first[0]].name, own, count)
    return statements_by_key


def figures_by_id(wanted: Iterable[int]) -> dict[int, Figure]:
    keys, found = sorted(set(wanted)), dict[int, Figure]()
    rows = Figure.objects.select_related("document__publisher", "attribution__source", "claim")
    for start in range(0, len(keys), 500):
        found |= {row.pk: row for row in rows.filter(pk__in=keys[start : start + 500])}
    return found


def resolve_dispute(
    discrepancy: Discrepancy,
    resolution: str,
    *,
    by: Actor,
    note: str,
    version: int | None = None,
    newest: int | None = None,
) -> None:
    """Resolve a dispute as explained, corrected or accepted risk: all pairs of it that the person may see.

    The permission is checked on every text involved; one refusal refuses all. ``newest`` is the last pair the person
    saw: pairs found since stay open. Later copies are covered until one of the two statements changes.

    Raises:
        NotAllowed: the person is no editor of a desk that it touches, or wrote one of the texts.
        WrongState: it is not open.
        StaleRevision: the pair has changed since ``version``.
        Invalid: the resolution is unknown, or the note is missing.
    """
    check_permission(by, discrepancy, "resolve")
    if resolution not in ResolutionKind.values:
        raise Invalid("Resolve it as explained, corrected or accepted risk.", code="resolution_unknown")
    if version is not None and version != discrepancy.version:
        raise StaleRevision("This has changed since you opened it.", version=discrepancy.version)
    others = Discrepancy.objects.visible_to(by).in_same_dispute(discrepancy).exclude(pk=discrepancy.pk)
    if newest is not None:
        others = others.filter(pk__lte=newest)
    move_all(
        [discrepancy, *others.order_by("pk")],
        "resolve",
        by=by,
        note=note,
        facts={"resolution": resolution},
        resolution=resolution,
        resolution_note=note.strip(),
        resolved_by=by,
        resolved_at=timezone.now(),
    )
    discrepancy.refresh_from_db()
