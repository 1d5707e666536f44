"""``python -m factcheck.text``: documents as JSON lines in, figures and pairs as JSON lines out.

Here lives the wire format; reading and comparing live behind the door of the package. Figures are
compared inside one ``cluster`` only.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import combinations
from typing import Any

from factcheck.text import FigureMention, Reading, Relation, compare, read, state_of
from factcheck.text.asof import day_of
from factcheck.text.values import Hedge, Period

_MODIFIERS = {
    Hedge.EXACT: "=", Hedge.ABOUT: "~", Hedge.NEARLY: "~", Hedge.MORE_THAN: ">", Hedge.AT_LEAST: ">",
    Hedge.UP_TO: "<", Hedge.FEWER_THAN: "<",
}  # fmt: skip
_MOST_PAIRS = 20_000


def main() -> int:
    """Read documents from standard input; a line that is no JSON object ends the run with a message."""
    groups: dict[tuple[str, str], list[tuple[str, FigureMention]]] = defaultdict(list)
    for number, line in enumerate(sys.stdin.buffer, 1):
        if not line.strip():
            continue
        try:
            document = json.loads(line)
            if not isinstance(document, dict) or not isinstance(document.get("text"), str):
                raise ValueError('a document is an object with "id" and "text"')
            reply = _reply(document, groups)
        except (ValueError, RecursionError) as error:
            print(f"line {number}: not a document: {error}", file=sys.stderr)
            return 2
        _write(reply)
    for pairs in _pairs(groups.values()):
        _write({"pairs": pairs})
    sys.stdout.flush()
    return 0


def _write(reply: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(reply) + "\n")


def _moment(value: Any) -> datetime | None:
    """A day, or a day with a time; null and nonsense are no time."""
    if not isinstance(value, str) or not value.strip():
        return None
    try:
        return datetime.fromisoformat(value.strip().replace("Z", "+00:00"))
    except ValueError:
        try:
            return datetime.fromisoformat(value.strip()[:10])
        except ValueError:
            return None


def _reply(document: dict[str, Any], groups: dict[tuple[str, str], list[tuple[str, FigureMention]]]) -> dict[str, Any]:
    name, cluster = str(document.get("id", "")), str(document.get("cluster", ""))
    zone = document.get("zone")
    reading = read(
        document["text"],
        published_at=_moment(document.get("published_at")),
        zone=zone if isinstance(zone, str) else "UTC",
        title=str(document.get("title") or ""),
    )
    rows = []
    for index, figure in enumerate(reading.figures):
        fid = f"{name}#{index}"
        groups[cluster, figure.measure.key].append((fid, figure))
        rows.append(_figure(fid, figure, cluster))
    reply: dict[str, Any] = {"id": document.get("id"), "figures": rows}
    reply["dates"] = [_date(span.start, span.end, period) for span, period in reading.dates]
    reply["attributions"] = [_attribution(a) for a in reading.attributions if a.party]
    reply["score"] = max((c.checkworthiness for c in reading.claims), default=0.0)
    if isinstance(document.get("items"), list):
        reply["items"] = _items(document["items"], reading)
    return reply


def _figure(fid: str, figure: FigureMention, cluster: str) -> dict[str, Any]:
    quantity = figure.quantity
    direction = next((f for f in figure.flags if f in ("up", "down")), "")
    return {
        "fid": fid,
        "start": figure.span.start,
        "end": figure.span.end,
        "value": _float(quantity.value),
        "low": _float(quantity.low),
        "high": _float(quantity.high),
        "unit": quantity.unit,
        "counted": figure.counted,
        "approximator": "none" if figure.hedge is Hedge.EXACT else figure.hedge.value,
        "modifier": _MODIFIERS[figure.hedge] if figure.hedge is not Hedge.EXACT else direction or "=",
        "modality": figure.modality.value,
        "place": figure.place or None,
        "as_of": day_of(figure.as_of) if figure.as_of else None,
        "cited_source": figure.attribution.party or None if figure.attribution else None,
        "group": f"{cluster}|{figure.measure.key}",
    }


def _float(value: Any) -> float | int | None:
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() and abs(value) < 10**15 else float(value)


def _date(start: int, end: int, period: Period) -> dict[str, Any]:
    row: dict[str, Any] = {"start": start, "end": end}
    if period.granularity == "day":
        row["value"] = period.start.date().isoformat()
    elif period.granularity == "hour":
        row["low"], row["high"] = period.start.strftime("%Y-%m-%dT%H:%M:%S"), period.end.strftime("%Y-%m-%dT%H:%M:%S")
    else:
        row["low"], row["high"] = period.start.date().isoformat(), period.end.date().isoformat()
    return row


def _attribution(said: Any) -> dict[str, Any]:
    source = [[said.party_span.start, said.party_span.end]] if said.party_span else []
    content = [[said.content.start, said.content.end]] if said.content else []
    return {"source": source, "cue": [[said.span.start, said.span.end]] if not source else [], "content": content}


def _items(items: list[Any], reading: Reading) -> list[dict[str, Any]]:
    """Who says each numeral asked for; only those that someone says."""
    out = []
    for item in items:
        start = item.get("start") if isinstance(item, dict) else None
        if not isinstance(start, int):
            continue
        holding = [
            a for a in reading.attributions if a.content and a.party and a.content.start <= start < a.content.end
        ]
        if holding:
            said = min(holding, key=lambda a: abs(a.span.start - start))
            out.append({"start": start, "source": said.party})
    return out


def _pairs(groups: Iterable[list[tuple[str, FigureMention]]]) -> Iterator[list[list[Any]]]:
    """The verdicts inside each measure of a cluster; a slip is a conflict that says so."""
    for members in groups:
        rows: list[list[Any]] = []
        for (fid_a, a), (fid_b, b) in combinations(members, 2):
            comparison = compare(state_of(a), state_of(b))
            if comparison.relation is Relation.NOT_COMPARABLE:
                continue
            slip = comparison.relation is Relation.MAGNITUDE_SLIP
            verdict = Relation.CONFLICT.value if slip else comparison.relation.value
            rows.append([fid_a, fid_b, verdict, {"reason": comparison.reason, **({"slip": True} if slip else {})}])
            if len(rows) >= _MOST_PAIRS:
                break
        if rows:
            yield rows


if __name__ == "__main__":
    raise SystemExit(main())
