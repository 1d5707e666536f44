"""``python -m factcheck.text``: documents as JSON lines in, figures and pairs as JSON lines out.

This module holds the wire format; reading and comparing are in the packages. Figures are compared inside one
``cluster`` only.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from factcheck.text import FigureMention, Observation, Reading, Relation, compare_all, observation_of, read
from factcheck.text.dates import BoundedPeriod, day_of
from factcheck.text.matching import (
    NumberPairs,
    Profile,
    Scorer,
    TextSummary,
    TopicStats,
    group,
    names_inside_sentences,
    profiles,
    shipped,
    split_into_stories,
)
from factcheck.text.patterns import compile_all
from factcheck.text.reading import content_width
from factcheck.text.values import AttributionMention, Hedge, Period, Span

_MODIFIERS = {
    Hedge.EXACT: "=",
    Hedge.ABOUT: "~",
    Hedge.NEARLY: "~",
    Hedge.MORE_THAN: ">",
    Hedge.AT_LEAST: ">",
    Hedge.UP_TO: "<",
    Hedge.FEWER_THAN: "<",
}
_MOST_PAIRS = 20_000


@dataclass(slots=True)
class Cluster:
    """The figures of one cluster and the rows they are written in, until the last document has been read."""

    profiles: list[Profile] = field(default_factory=list)
    observations: list[Observation] = field(default_factory=list)
    rows: list[dict[str, Any]] = field(default_factory=list)
    texts: dict[str, TextSummary] = field(default_factory=dict)


def main() -> int:
    """Read documents from standard input; a line that is no JSON object ends the run with a message,
    after what was read before it has been written."""
    compile_all()
    clusters: dict[str, Cluster] = defaultdict(Cluster)
    replies: list[dict[str, Any]] = []
    status = 0
    for number, line in enumerate(sys.stdin.buffer, 1):
        if not line.strip():
            continue
        try:
            document = json.loads(line)
            if not isinstance(document, dict) or not isinstance(document.get("text"), str):
                raise ValueError('a document is an object with "id" and "text"')
            replies.append(reply_to(document, clusters[str(document.get("cluster", ""))]))
        except (ValueError, RecursionError) as error:
            sys.stderr.write(f"line {number}: not a document: {error}\n")
            status = 2
            break
    scorer = Scorer(shipped())
    groups = [found for name, cluster in clusters.items() for found in measure_groups(name, cluster, scorer)]
    for reply in replies:
        _write(reply)
    for pairs in pair_verdicts(groups, scorer):
        _write({"pairs": pairs})
    sys.stdout.flush()
    return status


@dataclass(slots=True)
class MeasureGroup:
    """The figures of one measure: their names, observations and profiles."""

    topic: TopicStats
    names: list[str] = field(default_factory=list)
    observations: list[Observation] = field(default_factory=list)
    profiles: list[Profile] = field(default_factory=list)

    def is_course_of_events(self, a: int, b: int, relation: Relation) -> bool:
        """Whether one text reports how the number moved; it is not out of date by that."""
        return relation is Relation.SUPERSEDED and self.profiles[a].text == self.profiles[b].text


def measure_groups(name: str, cluster: Cluster, scorer: Scorer) -> Iterator[MeasureGroup]:
    """The figures of a cluster by measure; the group is written into their rows.

    Several stories under one cluster are grouped apart.
    """
    story = split_into_stories(cluster.texts)
    by_story: dict[str, list[int]] = defaultdict(list)
    for at, profile in enumerate(cluster.profiles):
        by_story[story[profile.text]].append(at)
    for first_text, places in by_story.items():
        figures = [cluster.profiles[at] for at in places]
        topic = TopicStats()
        topic.add(figures)
        groups: dict[int, MeasureGroup] = {}
        for at, label in zip(places, group(figures, topic, scorer), strict=True):
            cluster.rows[at]["group"] = f"{name}|{first_text}|{label}"
            one = groups.setdefault(label, MeasureGroup(topic))
            one.names.append(cluster.rows[at]["fid"])
            one.observations.append(cluster.observations[at])
            one.profiles.append(cluster.profiles[at])
        yield from groups.values()


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


def _printed(document: dict[str, Any], published: datetime | None) -> datetime | None:
    """When a text was printed, where its hour is given; a day alone says no hour."""
    stamp = document.get("published_at")
    return published if isinstance(stamp, str) and len(stamp.strip()) > len("2031-05-14") else None


def reply_to(document: dict[str, Any], cluster: Cluster) -> dict[str, Any]:
    """The reply to one document; its figures are kept in the cluster until they are grouped."""
    name = str(document.get("id", ""))
    zone = document.get("zone")
    published = _moment(document.get("published_at"))
    reading = read(
        document["text"],
        published_at=published,
        zone=zone if isinstance(zone, str) else "UTC",
        title=str(document.get("title") or ""),
    )
    rows = []
    for index, figure in enumerate(reading.figures):
        rows.append(_figure_row(f"{name}#{index}", figure))
        cluster.observations.append(observation_of(figure, _printed(document, published)))
    cluster.profiles += profiles(name, document["text"], reading)
    cluster.rows += rows
    cluster.texts[name] = TextSummary(names_inside_sentences(document["text"]), published)
    reply: dict[str, Any] = {"id": document.get("id"), "figures": rows}
    reply["dates"] = [_date_row(span.start, span.end, period) for span, period in reading.dates]
    reply["attributions"] = [_attribution_row(a) for a in reading.attributions if a.party]
    reply["findings"] = [
        {"kind": f.kind.value, "holds": f.holds, "figures": [f"{name}#{i}" for i in f.figures], "reason": f.reason}
        for f in reading.findings
    ]
    reply["score"] = max((c.checkworthiness for c in reading.claims), default=0.0)
    if isinstance(document.get("items"), list):
        reply["items"] = _items(document["items"], reading, document["text"])
    return reply


def _figure_row(fid: str, figure: FigureMention) -> dict[str, Any]:
    quantity = figure.quantity
    direction = next((f for f in figure.flags if f in ("up", "down")), "")
    return {
        "fid": fid,
        "start": figure.span.start,
        "end": figure.span.end,
        "value": _float(quantity.value),
        "low": _float(quantity.low),
        "high": _float(quantity.high),
        "unit": figure.noun or "count" if quantity.unit == "count" else quantity.unit,
        "counted": figure.counted,
        "approximator": "none" if figure.hedge is Hedge.EXACT else figure.hedge.value,
        "modifier": direction or _MODIFIERS[figure.hedge],
        "modality": figure.modality.value,
        "place": figure.place or None,
        "as_of": day_of(figure.as_of) if figure.as_of else None,
        "cited_source": figure.attribution.party or None if figure.attribution else None,
    }


def _float(value: Any) -> float | int | None:
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() and abs(value) < 10**15 else float(value)


def _date_row(start: int, end: int, period: Period) -> dict[str, Any]:
    row: dict[str, Any] = {"start": start, "end": end}
    if isinstance(period, BoundedPeriod):
        row["low"], row["high"] = (
            edge.replace(tzinfo=None).isoformat(timespec="seconds").removesuffix("T00:00:00") if edge else None
            for edge in (period.low, period.high)
        )
    elif period.granularity == "day":
        row["value"] = period.start.date().isoformat()
    elif period.granularity == "hour":
        row["low"], row["high"] = period.start.strftime("%Y-%m-%dT%H:%M:%S"), period.end.strftime("%Y-%m-%dT%H:%M:%S")
    else:
        row["low"], row["high"] = period.start.date().isoformat(), period.end.date().isoformat()
    return row


def _attribution_row(attribution: Any) -> dict[str, Any]:
    source = [[attribution.party_span.start, attribution.party_span.end]] if attribution.party_span else []
    content = [[attribution.content.start, attribution.content.end]] if attribution.content else []
    return {
        "source": source,
        "cue": [[attribution.span.start, attribution.span.end]] if not source else [],
        "content": content,
    }


def _items(items: list[Any], reading: Reading, text: str) -> list[dict[str, Any]]:
    """Who says each numeral asked for, as the copy writes it there; only those that someone says."""
    out = []
    for item in items:
        start = item.get("start") if isinstance(item, dict) else None
        if not isinstance(start, int):
            continue
        here = Span(start, start + 1)
        holding = [
            a for a in reading.attributions if a.content and a.content.contains(here) and not _names_party(a, here)
        ]
        if holding:
            attribution = min(holding, key=lambda a: (not a.party, content_width(a), abs(a.span.start - start)))
            out.append(
                {
                    "start": start,
                    "source": attribution.party_span.cut(text) if attribution.party_span else attribution.party,
                }
            )
    return out


def _names_party(attribution: AttributionMention, here: Span) -> bool:
    """Whether a place is inside the words that name the party, as the age in "Ada Orr, 30, said"."""
    return attribution.party_span is not None and attribution.party_span.contains(here)


def pair_verdicts(groups: Iterable[MeasureGroup], scorer: Scorer) -> Iterator[list[list[Any]]]:
    """The verdicts inside each measure of a cluster; a slip is a conflict that says so.

    What is apart is called a conflict only from a border of the score on, below it "differs", below another nothing; a
    newer number is said to replace an older one from a border of its own on.
    """
    for found in groups:
        rows: list[list[Any]] = []
        pairs = NumberPairs(found.profiles, found.topic, scorer)
        for a, b, comparison in compare_all(found.observations):
            if comparison.relation is Relation.NOT_COMPARABLE or found.is_course_of_events(a, b, comparison.relation):
                continue
            slipped = comparison.relation is Relation.MAGNITUDE_SLIP
            score = pairs.likelihood(found.profiles[a].value, found.profiles[b].value, slip=slipped)
            verdict = _verdict(comparison.relation, score, scorer)
            if verdict:
                slip = {"slip": True} if comparison.relation is Relation.MAGNITUDE_SLIP else {}
                details = {"reason": comparison.reason, "score": score, **slip}
                rows.append([found.names[a], found.names[b], verdict, details])
            if len(rows) >= _MOST_PAIRS:
                break
        if rows:
            yield rows


def _verdict(relation: Relation, score: float, scorer: Scorer) -> str:
    """What a pair is called, by how sure it is that both measure the same thing; empty for silence."""
    if relation in (Relation.AGREE, Relation.AGREE_WITHIN_HEDGE):
        return relation.value
    if relation is Relation.SUPERSEDED:  # under its border a newer number is listed on the page of its measure alone
        return relation.value if score >= scorer.weights.replaced else ""
    if relation is Relation.MAGNITUDE_SLIP:  # under it, round numbers of two things are likelier
        return Relation.CONFLICT.value if score >= scorer.weights.conflict else ""
    if score < scorer.weights.differs:
        return ""
    return relation.value if score >= scorer.weights.conflict else "differs"


if __name__ == "__main__":
    try:
        raise SystemExit(main())
    except BrokenPipeError:  # whoever reads us has had enough
        sys.stderr.close()
        raise SystemExit(1) from None
