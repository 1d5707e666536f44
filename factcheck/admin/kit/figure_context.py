"""A figure in its sentence, who states it, and the date it stands for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext

from factcheck.language import day_words, gettext_lazy, hour_words
from factcheck.models import Figure, Sentence, sentences_of
from factcheck.text import Basis
from factcheck.workflow.speakers import speaker_name_of

BASIS: dict[str, str] = {
    Basis.STATED: gettext_lazy("as the copy says"),
    Basis.EVENT: gettext_lazy("the day of the event"),
    Basis.PUBLICATION: gettext_lazy("the day of publication, for the copy names none"),
}


@dataclass(frozen=True)
class FigureContext:
    """A figure with its sentence, cut in three with the figure's words in the middle."""

    figure: Figure
    sentence: Sentence
    says: str
    as_of: str


def as_of_text(figure: Figure) -> str:
    """The day or hour a figure stands for, in the zone of its document, and how that was found."""
    if figure.as_of_start is None:
        return ""
    zone = ZoneInfo(figure.document.zone)
    start = figure.as_of_start.astimezone(zone)
    end = (figure.as_of_end or figure.as_of_start).astimezone(zone)
    last = max(start, end - timedelta(seconds=1))  # the period stops before its end
    if figure.as_of_granularity == "hour":
        day = f"{hour_words(start)} ({figure.document.zone})"
    else:
        day = day_words(start)
        if last.date() != start.date():
            day = gettext("{first} to {last}").format(first=day, last=day_words(last))
    how = f"“{figure.as_of_said}”" if figure.as_of_said else BASIS.get(figure.as_of_basis, "")
    if figure.dated_by_id:
        how = gettext("said by a person")
    return f"{day}, {how}" if how else day


def figure_contexts(figures: Iterable[Figure]) -> dict[int, FigureContext]:
    """Each figure in its sentence, by id. The number of queries is constant."""
    rows = {figure.pk: figure for figure in figures}
    found = sentences_of(rows)
    return {
        pk: FigureContext(
            figure, found.get(pk, Sentence("", figure.surface, "")), speaker_name_of(figure), as_of_text(figure)
        )
        for pk, figure in rows.items()
    }
