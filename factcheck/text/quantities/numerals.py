"""Numbers in digits: "1,250", "3.2bn", "6 1/2", "4 hundred million", each as an exact value.

Holds ``NumberMention``, a number of a text before it has a unit. Numbers in words are in ``number_words``, both
together in ``numbers``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation

from factcheck.text.lexicon import load
from factcheck.text.patterns import Pattern, alternatives
from factcheck.text.values import Span

_LEX = load()
LONGEST = 28


_SPACE = r"[ \t\u00a0\u2009\u202f]"
_SCALE = alternatives([*_LEX.scales, "lakhs", "crores", "dozens"])
_MARK = alternatives(_LEX.scale_marks)
_POINTED = alternatives(["mio", "mrd", "mln", "bln", "mn", "bn", "tsd"])
_GLYPH = "[" + "".join(_LEX.glyphs) + "]"
_DIGITS = (
    r"\d{1,3}(?:\.\d{3})+,\d{1,2}(?![\d])|\d{1,2}(?:,\d{2})+,\d{3}(?:\.\d+)?(?!\d)|\d{1,3}(?:,\d{3})+(?:\.\d+)?(?![\d])"
    r"|\d{1,3}(?:[\u00a0\u2009\u202f'\u2019]\d{3})+(?:\.\d+)?(?!\d)|\d{1,3}(?: \d{3}){2,}(?:\.\d{1,2})?(?!\d)"
    r"|\d{1,3} \d{3}\.\d{1,2}(?!\d)"
    r"|(?<![\d.,/-])\d{1,3} 000(?!\d)"
    r"|\d+(?:\.\d+)?|\.\d+"
)
_NUMERAL = Pattern(
    rf"(?=[\d.])(?P<digits>{_DIGITS})"
    rf"(?:(?P<fraction>(?:{_SPACE}|-|{_SPACE}and{_SPACE})?(?P<top>\d{{1,2}})[/\u2044](?P<bottom>\d{{1,3}})(?![\d/]))"
    rf"|{_SPACE}?(?P<glyph>{_GLYPH})|[/\u2044](?P<under>\d{{1,3}})(?![\d/,.]\d|\d|/))?"
    rf"(?:[eE](?P<power>[+-]?0*\d{{1,2}})(?!\w))?"
    rf"(?:{_SPACE}?(?:\u00b1|\+/-|\+-){_SPACE}?(?P<error>\d+(?:\.\d+)?))?"
    rf"(?:{_SPACE}?(?:x|\u00d7|\*){_SPACE}?10(?:\^(?P<tens>[-\u2212]?\d{{1,2}})|(?P<minus>[-\u2212]\d{{1,2}}))(?!\d))?"
    rf"(?P<scale>(?:(?:{_SPACE}|-)?(?i:{_SCALE})(?![^\W\d_]))+(?:-(?=[^\W\d_])(?!-?(?:plus|odd|strong)\b))?"
    rf"|(?:{_SPACE}|-)?(?i:{_POINTED})\.(?={_SPACE}[a-zA-Z€$£])|(?:{_SPACE}|-)?(?i:{_MARK})(?![^\W_]))?"
)
_GLYPH_ALONE = Pattern(rf"(?<![\w/]){_GLYPH}")
_SCALE_WORD = Pattern(r"[a-z]+")


@dataclass(frozen=True, slots=True)
class NumberMention:
    """A number and where it stands: ``form`` is digits, words, fraction, or vague.

    ``mark`` is a short scale mark not yet decided on ("5m"), ``raw`` the number without its scale, ``as_written`` the
    words of one too long to be kept. A vague one ("dozens") has ``low`` and ``high`` instead of ``value``.
    """

    span: Span
    value: Decimal | None
    low: Decimal | None = None
    high: Decimal | None = None
    step: Decimal = Decimal(1)
    form: str = "digits"
    mark: str = ""
    raw: Decimal | None = None
    as_written: str = ""
    spaced: bool = False


def find_numerals(text: str, start: int, end: int) -> Iterator[NumberMention]:
    """Every number in digits or signs of a stretch of text.

    >>> t = "1,250 of 4 hundred million and 2 1/2"
    >>> [str(n.value) for n in find_numerals(t, 0, len(t))]
    ['1250', '400000000', '2.5']
    """
    for match in _NUMERAL.finditer(text, start, end):
        yield _numeral(match)
    for match in _GLYPH_ALONE.finditer(text, start, end):
        value = _LEX.glyphs[match.group()]
        yield NumberMention(Span(match.start(), match.end()), value, step=Decimal("0.01"), form="fraction")


def _numeral(match: re.Match[str]) -> NumberMention:
    span = Span(match.start(), match.end())
    written = match["digits"]
    if written.count(",") == 1 and written.find(".") < written.find(",") and "." in written:
        written = written.replace(".", "").replace(",", ".")
    digits = "".join(c for c in written if c == "." or c.isdigit())
    if len(digits) > LONGEST:
        return NumberMention(span, None, as_written=match.group()[:80])
    value = Decimal(digits)
    step = Decimal(1).scaleb(-len(digits.partition(".")[2]))
    value, step = _with_fraction(match, value, step)
    if match["error"]:
        step = Decimal(match["error"]) * 2  # what the text allows to either side
    power = int((match["power"] or match["tens"] or match["minus"] or "0").replace("\u2212", "-"))
    raw = value
    try:
        value, step = value.scaleb(power), step.scaleb(power)
    except InvalidOperation:
        return NumberMention(span, None, as_written=match.group()[:80])
    mark = ""
    for word in _SCALE_WORD.findall((match["scale"] or "").lower()):
        factor = _LEX.scales.get(word) or _LEX.scales.get(word[:-1]) or _LEX.scale_marks.get(word)
        if factor and word in _LEX.money_marks:
            mark = word
        elif factor:
            value, step = value * factor, step * factor
    form = "fraction" if match["under"] else "digits"
    spaced = (match["scale"] or "x")[0] in " -\u00a0\u2009\u202f"
    return NumberMention(span, normalised_value(value), step=step, form=form, mark=mark, raw=raw, spaced=spaced)


def _with_fraction(match: re.Match[str], value: Decimal, step: Decimal) -> tuple[Decimal, Decimal]:
    fine = Decimal("0.01")
    if match["top"] and int(match["bottom"]):
        return value + Decimal(match["top"]) / int(match["bottom"]), fine
    if match["glyph"]:
        return value + _LEX.glyphs[match["glyph"]], fine
    if match["under"] and int(match["under"]):
        return value / int(match["under"]), fine
    return value, step


def normalised_value(value: Decimal) -> Decimal:
    """A whole number without a fraction of zeros, so that equal values look equal."""
    return (
        value.quantize(Decimal(1)) if value == value.to_integral_value() and abs(value) < 10**24 else value.normalize()
    )


def with_mark(number: NumberMention) -> NumberMention:
    """The number with its short scale mark ("5m") read as a scale, where money makes that sure."""
    factor = _LEX.scale_marks.get(number.mark)
    if not factor or number.value is None:
        return number
    return replace(number, value=normalised_value(number.value * factor), step=number.step * factor, mark="")


def without_mark(number: NumberMention) -> NumberMention:
    """The number without its mark, which then belongs to a unit ("5 m" of cloth)."""
    if not number.mark:
        return number
    gap = 1 if number.spaced else 0
    return replace(number, span=Span(number.span.start, number.span.end - len(number.mark) - gap), mark="")
