"""Who says a figure: the registered source, the party as the copy names it, or the outlet that speaks for itself.

One party under several names is one here: by the aliases of the registry, and by the rules of ``text.same_party``.
What is then made of it, one origin or two, one statement or two, is said where figures are compared.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from factcheck.models import Figure, SourceName, folded
from factcheck.text import one_party

MOST_NAMES = 200
"""Up to this many names are merged by rule; a measure with more keeps them as written."""


def speaker_name_of(figure: Figure) -> str:
    """Who says it: the registered source, else the party as named, else the outlet itself."""
    attribution, document = figure.attribution, figure.document
    if attribution is not None:
        return attribution.source.name if attribution.source else attribution.party
    return document.publisher.name if document.publisher else document.publisher_name


@dataclass(frozen=True, slots=True)
class Speaker:
    """A party: the name to display, and the first name it was found under, which keys its statements."""

    name: str
    first: str


@dataclass(frozen=True, slots=True)
class NamedStatement:
    """Something stated, by whom as the copy names them, and their source in the registry where it is known."""

    pk: int
    name: str
    source: int | None


def speakers_of(groups: Iterable[Iterable[Figure]]) -> dict[int, Speaker]:
    """Who says each figure: one speaker for all names of a party that stand in a group.

    A group is what is compared with each other: the figures of a measure. The registry is asked once for all of them,
    and where it knows the party, the party is told by its name there.
    """
    ordered = [sorted(group, key=lambda figure: figure.pk) for group in groups]
    found: dict[int, Speaker] = {}
    for speakers in speakers_of_statements(
        [NamedStatement(figure.pk, speaker_name_of(figure), source_of(figure)) for figure in group] for group in ordered
    ):
        found |= speakers
    return found


def speakers_of_statements(groups: Iterable[Sequence[NamedStatement]]) -> list[dict[int, Speaker]]:
    """The same of anything stated, in the order of each group: the speakers of each group by the key of a statement."""
    ordered = list(groups)
    aliases = registered_names(row.name for group in ordered for row in group if not row.source)
    found = []
    for group in ordered:
        names: dict[int, str] = {}
        known: dict[str, int] = {}
        for row in group:
            source, name = (row.source, row.name) if row.source else aliases.get(row.name, (None, row.name))
            names[row.pk] = name
            known |= {name: source} if source else {}
        found.append(speakers_in(group, names, known))
    return found


def speakers_in(group: Sequence[NamedStatement], names: dict[int, str], known: dict[str, int]) -> dict[int, Speaker]:
    """The speakers of one group, in its order: the first name of a party stands for the others."""
    distinct = list(dict.fromkeys(names.values()))
    party = one_party(distinct, known) if len(distinct) <= MOST_NAMES else {name: name for name in distinct}
    display_names = {party[name]: name for name in reversed(distinct) if name in known}
    first: dict[str, str] = {}
    for row in group:
        first.setdefault(party[names[row.pk]], row.name)
    return {pk: Speaker(display_names.get(party[name], party[name]), first[party[name]]) for pk, name in names.items()}


def source_of(figure: Figure) -> int | None:
    attribution = figure.attribution
    return attribution.source_id if attribution is not None else figure.document.publisher_id


def registered_names(names: Iterable[str]) -> dict[str, tuple[int, str]]:
    """The names that the registry knows, each with the id and the name of its source.

    Confidential sources are left out: a match would reveal the name.
    """
    wanted = {name: folded(name) for name in names if name.strip()}
    if not wanted:
        return {}
    rows = SourceName.objects.filter(folded__in=set(wanted.values()), source__confidential=False)
    found = {row[0]: (row[1], row[2]) for row in rows.values_list("folded", "source", "source__name")}
    return {name: found[key] for name, key in wanted.items() if key in found}
