"""Claims of a text of which only the figures are read: each sentence that holds one, as its figures weigh.

What else makes an English sentence worth checking is in ``checkworthiness``.
"""

from __future__ import annotations

from collections.abc import Sequence

from factcheck.text.values import AttributionMention, ClaimMention, ClaimType, FigureMention, Span

_MEASURED, _COUNTED, _BARE = 0.75, 0.7, 0.55
"""How much a figure weighs that is measured, that counts something known, and that does not."""
_SAID = 0.05


def plain_claims(
    sentences: Sequence[Span], figures: Sequence[FigureMention], attributions: Sequence[AttributionMention]
) -> list[ClaimMention]:
    """A claim for each sentence that holds a figure, in the order of the text.

    >>> plain_claims([Span(0, 9)], [], [])
    []
    """
    said = {a.content: a for a in attributions}
    held: dict[Span, list[int]] = {}
    for index, figure in enumerate(figures):
        held.setdefault(figure.sentence, []).append(index)
    out = []
    for sentence in sentences:
        mine = tuple(held.get(sentence, ()))
        if not mine:
            continue
        speaker = said.get(sentence)
        weight = max(_weight(figures[i]) for i in mine) + (_SAID if speaker else 0)
        reasons = ("states a figure", *(("says who says it",) if speaker else ()))
        out.append(ClaimMention(sentence, ClaimType.FIGURE, round(min(1.0, weight), 2), reasons, mine, speaker))
    return out


def _weight(figure: FigureMention) -> float:
    if figure.quantity.dimension not in ("count", "ratio"):
        return _MEASURED
    return _COUNTED if figure.measure.key.thing else _BARE
