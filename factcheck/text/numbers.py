"""Numbers as written: digits, words, scale words, fractions and ranges, each as an exact value.

Here lives what a number says; its unit, its hedge and what it counts live in ``figures``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation

from factcheck.text.lexicon import load
from factcheck.text.patterns import Pattern
from factcheck.text.values import Span

_LEX = load()
LONGEST = 28


def alternatives(words: object) -> str:
    """A pattern that matches any of the words, longest first."""
    return "|".join(re.escape(w) for w in sorted(words, key=lambda w: (-len(w), w)))  # type: ignore[call-overload]


_SPACE = r"[ \t\u00a0\u2009\u202f]"
_SCALE = alternatives([*_LEX.scales, *(k + "s" for k in ("lakh", "crore"))])
_MARK = alternatives(_LEX.scale_marks)
_GLYPH = "[" + "".join(_LEX.glyphs) + "]"
_DIGITS = (
    r"\d{1,3}(?:,\d{3})+(?:\.\d+)?(?![\d])|\d{1,3}(?:[\u00a0\u2009\u202f'\u2019]\d{3})+(?:\.\d+)?(?!\d)"
    r"|\d{1,3}(?: \d{3}){2,}(?!\d)|\d+(?:\.\d+)?|\.\d+"
)
_NUMERAL = Pattern(
    rf"(?P<digits>{_DIGITS})"
    rf"(?:(?P<fraction>(?:{_SPACE}|-|{_SPACE}and{_SPACE})?(?P<top>\d{{1,2}})/(?P<bottom>\d{{1,3}})(?![\d/]))"
    rf"|{_SPACE}?(?P<glyph>{_GLYPH})|/(?P<under>\d{{1,3}})(?![\d/,.]\d|\d|/))?"
    rf"(?:[eE](?P<power>[+-]?\d{{1,2}})(?!\w))?"
    rf"(?:{_SPACE}?(?:x|\u00d7|\*){_SPACE}?10\^(?P<tens>-?\d{{1,2}}))?"
    rf"(?P<scale>(?:{_SPACE}|-)?(?i:{_SCALE})(?:-(?=[^\W\d_]))?(?![^\W\d_])|(?:{_SPACE}|-)?(?i:{_MARK})(?![^\W_]))?",
    re.ASCII,
)
_WORDS = alternatives([*_LEX.small, *_LEX.tens, *_LEX.scales, *_LEX.parts])
_CHAIN = Pattern(
    rf"(?<![^\W_])(?<!\d-)(?:(?:half{_SPACE}an?|an?{_SPACE}half|an?){_SPACE})?(?:{_WORDS})"
    rf"(?:(?:{_SPACE}|-|,{_SPACE}|{_SPACE}and{_SPACE}(?:an?{_SPACE})?|-and-a-"
    rf"|{_SPACE}of{_SPACE}an?{_SPACE})(?:{_WORDS}))*(?![^\W\d_])",
    re.IGNORECASE,
)
_GLYPH_ALONE = Pattern(rf"(?<![\w/]){_GLYPH}")
_WORD = Pattern(r"[A-Za-z]+")
_ONE_IN = Pattern(rf"{_SPACE}(?:in|out{_SPACE}of){_SPACE}(?:every{_SPACE})?$")


@dataclass(frozen=True, slots=True)
class NumberMention:
    """A number and where it stands: ``form`` is digits, words, fraction, or range."""

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


def find(text: str, start: int, end: int) -> list[NumberMention]:
    """Every number of a stretch of text, in digits or words, not yet joined into ranges.

    >>> [str(n.value) for n in find("two and a half million, 1,250 and half a dozen", 0, 46)]
    ['2500000', '1250', '6']
    """
    found = [_numeral(text, m) for m in _NUMERAL.finditer(text, start, end)]
    found += [_glyph(m) for m in _GLYPH_ALONE.finditer(text, start, end)]
    for chain in _CHAIN.finditer(text, start, end):
        found += _spoken(text, chain.start(), chain.end())
    found.sort(key=lambda n: (n.span.start, -n.span.end))
    out: list[NumberMention] = []
    for number in found:
        if not out or number.span.start >= out[-1].span.end:
            out.append(number)
    return _one_in(text, out)


def _glyph(match: re.Match[str]) -> NumberMention:
    value = _LEX.glyphs[match.group()]
    return NumberMention(Span(match.start(), match.end()), value, step=Decimal("0.01"), form="fraction")


def _numeral(text: str, match: re.Match[str]) -> NumberMention:
    span = Span(match.start(), match.end())
    digits = re.sub(r"[^\d.]", "", match["digits"])
    scale_word = (match["scale"] or "").strip(" \t\u00a0\u2009\u202f-").lower()
    if len(digits) > LONGEST:
        return NumberMention(span, None, as_written=match.group()[:80])
    value = Decimal(digits)
    step = Decimal(1).scaleb(-len(digits.partition(".")[2]))
    if match["top"] and int(match["bottom"]):
        value, step = value + Decimal(match["top"]) / int(match["bottom"]), Decimal("0.01")
    elif match["glyph"]:
        value, step = value + _LEX.glyphs[match["glyph"]], Decimal("0.01")
    elif match["under"] and int(match["under"]):
        value, step = value / int(match["under"]), Decimal("0.01")
    power = int(match["power"] or match["tens"] or 0)
    raw = value
    try:
        value, step = value.scaleb(power), step.scaleb(power)
    except InvalidOperation:
        return NumberMention(span, None, as_written=match.group()[:80])
    mark = ""
    if scale_word:
        factor = _LEX.scales.get(scale_word) or _LEX.scales.get(scale_word[:-1]) or _LEX.scale_marks.get(scale_word)
        if factor and scale_word in _LEX.money_marks:
            mark = scale_word
        elif factor:
            value, step = value * factor, step * factor
    form = "fraction" if match["under"] else "digits"
    return NumberMention(
        span,
        _whole(value),
        step=step,
        form=form,
        mark=mark,
        raw=raw,
        spaced=(match["scale"] or "x")[0] in " -\u00a0\u2009\u202f",
    )


def _whole(value: Decimal) -> Decimal:
    """A whole number without a fraction of zeros, so that equal values look equal."""
    return (
        value.quantize(Decimal(1)) if value == value.to_integral_value() and abs(value) < 10**24 else value.normalize()
    )


def with_mark(number: NumberMention) -> NumberMention:
    """The number with its short scale mark ("5m") read as a scale, where money makes that sure."""
    factor = _LEX.scale_marks.get(number.mark)
    if not factor or number.value is None:
        return number
    return replace(number, value=_whole(number.value * factor), step=number.step * factor, mark="")


def without_mark(number: NumberMention) -> NumberMention:
    """The number without its mark, which then belongs to a unit ("5 m" of cloth)."""
    if not number.mark:
        return number
    gap = 1 if number.spaced else 0
    return replace(number, span=Span(number.span.start, number.span.end - len(number.mark) - gap), mark="")


class _Parser:
    """Adds up number words; ends a number where the next word cannot continue it."""

    def __init__(self) -> None:
        self.total = Decimal(0)
        self.current: Decimal | None = None
        self.last = ""
        self.fraction = False
        self.step = Decimal(1)

    def add(self, kind: str, value: Decimal, linked: bool) -> bool:
        """Take the next word in; False where it opens a new number."""
        if kind == "unit":
            fits = self.current is None or (self.last == "tens" and not linked) or self.last in ("hundred", "scale")
        elif kind in ("teen", "tens"):
            fits = self.current is None or self.last in ("hundred", "scale")
        elif kind == "hundred":
            fits = self.current is not None and self.current < 100 and self.last not in ("hundred", "scale")
        else:
            fits = self.last != "" and self.current is not None
        if not fits:
            return False
        if kind == "hundred":
            self.current = (self.current or Decimal(1)) * 100
        elif kind == "scale":
            self.total += (self.current or Decimal(0)) * value
            self.step = value
            self.current = Decimal(0)
        else:
            self.current = (self.current or Decimal(0)) + value
        self.last = kind
        return True

    @property
    def value(self) -> Decimal:
        return self.total + (self.current or Decimal(0))


def _kind(word: str) -> tuple[str, Decimal]:
    if word in _LEX.small:
        value = _LEX.small[word]
        return ("unit" if value < 10 else "teen"), Decimal(value)
    if word in _LEX.tens:
        return "tens", Decimal(_LEX.tens[word])
    if word == "hundred":
        return "hundred", Decimal(100)
    if word in _LEX.scales:
        return "scale", _LEX.scales[word]
    if word in _LEX.parts:
        return "part", Decimal(_LEX.parts[word])
    return "", Decimal(0)


def _spoken(text: str, start: int, end: int) -> list[NumberMention]:
    """The numbers of a chain of number words; "nine or ten" were two chains before."""
    words = [(m.group().lower(), m.start(), m.end()) for m in _WORD.finditer(text, start, end)]
    out: list[NumberMention] = []
    i = 0
    while i < len(words):
        number, i = _one_number(text, words, i)
        if number is not None:
            out.append(number)
    return out


def _one_number(text: str, words: list[tuple[str, int, int]], i: int) -> tuple[NumberMention | None, int]:
    word, begin, stop = words[i]
    if word in ("and", "of"):
        return None, i + 1
    half = _half_of(words, i)
    if half is not None:
        value, j = half
        return NumberMention(Span(begin, words[j - 1][2]), value, step=max(value / 10, Decimal(1)), form="words"), j
    parser = _Parser()
    if word in ("a", "an"):
        kind = _kind(words[i + 1][0])[0] if i + 1 < len(words) else ""
        if kind in ("hundred", "scale"):
            parser.current, parser.last = Decimal(1), "unit"
            i, stop = i + 1, begin
        elif kind == "part":
            return _part(text, Decimal(1), begin, words[i + 1], i + 2)
        else:
            return None, i + 1
    linked = False
    while i < len(words):
        word, first, last = words[i]
        if word in ("and", "a", "an") and i + 1 < len(words) and parser.last:
            linked = linked or word == "and"
            i += 1
            continue
        kind, value = _kind(word)
        if kind == "part":
            part = _tail_part(text, parser, value, begin, words, i, linked)
            if part is not None:
                return part
            break
        if not kind or not _joins(text, stop, first, parser) or not parser.add(kind, value, linked):
            break
        stop, linked, i = last, False, i + 1
    if not parser.last:
        return None, i + 1
    return NumberMention(Span(begin, stop), parser.value, step=parser.step, form="words"), i


def _joins(text: str, stop: int, first: int, parser: _Parser) -> bool:
    """A comma may stand only after a scale word: "one million, two hundred"."""
    return "," not in text[stop:first] or (parser.last == "scale" and parser.step >= 1000)


def _half_of(words: list[tuple[str, int, int]], i: int) -> tuple[Decimal, int] | None:
    """ "half a million", "half a dozen", "quarter of a million"."""
    if words[i][0] not in ("half", "quarter"):
        return None
    j = i + 1
    while j < len(words) and words[j][0] in ("a", "an", "of"):
        j += 1
    if j > i + 1 and j < len(words) and words[j][0] in _LEX.scales:
        return _whole(_LEX.scales[words[j][0]] / _LEX.parts[words[i][0]]), j + 1
    return None


def _part(
    text: str, top: Decimal, begin: int, word: tuple[str, int, int], after: int
) -> tuple[NumberMention | None, int]:
    """A fraction: "a third of", "two thirds", never "a third man"."""
    name, _, stop = word
    singular = not name.endswith("s") and name not in ("half", "quarter")
    of = text[stop : stop + 4].lower().startswith((" of ", " of\n"))
    if singular and not of and not (top == 1 and text[begin : begin + 3].lower() == "one"):
        return None, after
    if name.startswith("quarter") and top == 1 and not of:
        return None, after
    value = top / _LEX.parts[name]
    return NumberMention(Span(begin, stop), value, step=Decimal("0.01"), form="fraction"), after


def _tail_part(
    text: str, parser: _Parser, size: Decimal, begin: int, words: list[tuple[str, int, int]], i: int, linked: bool
) -> tuple[NumberMention | None, int] | None:
    """A fraction after a number ("two and a half million", "three-quarters") or alone ("half")."""
    name, first, stop = words[i]
    if not parser.last:
        return _part(text, Decimal(1), first, words[i], i + 1) if name in ("half",) else (None, i + 1)
    if linked or parser.last == "scale":
        value, j, step = parser.value + 1 / size, i + 1, Decimal("0.1")
        if j < len(words) and words[j][0] in _LEX.scales:
            scale = _LEX.scales[words[j][0]]
            value, stop, step, j = _whole(value * scale), words[j][2], scale / 10, j + 1
        return NumberMention(Span(begin, stop), value, step=step, form="words"), j
    if parser.total == 0 and parser.value < 20:
        number, after = _part(text, parser.value, begin, words[i], i + 1)
        return (number, after) if number is not None else None
    return None


def _one_in(text: str, numbers: list[NumberMention]) -> list[NumberMention]:
    """ "one in five", "four out of five" as one share."""
    out: list[NumberMention] = []
    for number in numbers:
        before = out[-1] if out else None
        if (
            before is not None
            and before.value is not None
            and number.value is not None
            and before.form == "words"
            and 0 < before.value < number.value <= 1000
            and number.form in ("words", "digits")
            and _ONE_IN.match(text, before.span.end, number.span.start)
            and not (number.form == "digits" and number.value > 1000)
        ):
            value = before.value / number.value
            out[-1] = NumberMention(
                Span(before.span.start, number.span.end), value, step=Decimal("0.01"), form="fraction"
            )
            continue
        out.append(number)
    return out
