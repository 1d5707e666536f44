"""Numbers and words broken over a line end: "$3.4 / billion", "40 mil- / lion", "1, / 200 people", "at least / 40".

Only a single line end is joined, and only where the words on either side cannot end a line of their own; whole
paragraphs are joined in ``sentences``.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from factcheck.text.lexicon import load
from factcheck.text.patterns import Pattern, alternatives

_LEX = load()
_LINE_END = r"[ \t]*\r?\n[ \t]*"
_NUMBER_WORDS = frozenset([*_LEX.small, *_LEX.tens, *_LEX.scales])
_GOES_ON = (
    _NUMBER_WORDS | _LEX.function_words | _LEX.hedge_fillers | {words.split()[-1] for words in _LEX.hedges_before}
)
_BROKEN = Pattern(
    rf"(?P<front>[^\W\d_]{{2,20}})[-\u00ad\u2010]{_LINE_END}(?P<back>[a-z]{{2,20}})(?![^\W\d_])"
    rf"|(?P<digits>(?<=\d[,.]){_LINE_END}(?=\d{{3}}(?!\d)))"
    rf"|(?P<number>(?<=[\d%$€£₹]){_LINE_END}(?=(?:{alternatives([*_LEX.scales, *_LEX.scale_marks])}|\d|%"
    rf"|per\scent)(?!\w)"
    rf"|(?<=\d){_LINE_END}(?=000(?!\d))|(?<=[$€£₹]){_LINE_END}(?=\d)))"
    rf"|(?P<noun>(?<=\d){_LINE_END}(?=[a-z]+\b(?![^.\n]{{0,30}}:)))"
    rf"|(?<![^\W\d_])(?P<last>[a-z]{{1,12}})(?P<gap>{_LINE_END})(?=[\d$€£₹]|[a-z]{{2,}}\s)"
)
_WORDS = frozenset(
    chain(
        _LEX.scales,
        _LEX.small,
        _LEX.tens,
        _LEX.months,
        _LEX.weekdays,
        _LEX.unit_words,
        _LEX.currency_words,
        _LEX.noun_families,
        _LEX.event_families,
        _LEX.quantity_nouns,
        _LEX.function_words,
        _LEX.reporting_verbs,
    )
)


def joined(text: str) -> Iterator[tuple[int, int, str]]:
    """Where a line ends inside a number or between words that belong together, and what stands there when joined.

    >>> list(joined("cost $3.4\\nbillion, 40 mil-\\nlion men"))
    [(9, 10, ' '), (25, 27, '')]
    """
    if "\n" not in text:
        return
    for found in _BROKEN.finditer(text):
        if found["front"]:
            start, stop = found.end("front"), found.start("back")
            whole = (found["front"] + found["back"]).lower()
            yield (start, stop, "") if whole in _WORDS else (start + 1, stop, "")
        elif found["digits"] is not None:
            yield *found.span(), ""
        elif found["number"] is not None or found["noun"] is not None:
            yield *found.span(), " "
        elif found["last"] in _GOES_ON:
            yield *found.span("gap"), " "
