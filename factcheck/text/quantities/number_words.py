"""Numbers in words: "two and a half million", "twenty-three fifths", "five point nought two", "dozens".

The grammar of English number words; numbers in digits are in ``numerals``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from factcheck.text.lexicon import load
from factcheck.text.patterns import Pattern, alternatives
from factcheck.text.quantities.numerals import NumberMention, normalised_value
from factcheck.text.values import Span

_LEX = load()
_SPACE = r"[ \t\u00a0\u2009\u202f]{1,3}"
_FINE = Decimal("0.01")
_TEN = Decimal(10)
_ORDINALS = {"first": 1, "firsts": 1, "seconds": 2, "second": 2} | dict(_LEX.parts)
_KINDS: dict[str, tuple[str, Decimal]] = {
    **{w: ("unit" if v < 10 else "teen", Decimal(v)) for w, v in _LEX.small.items()},
    **{w: ("tens", Decimal(v)) for w, v in _LEX.tens.items()},
    **{w: ("hundred" if w == "hundred" else "scale", v) for w, v in _LEX.scales.items()},
    "dozens": ("scale", Decimal(12)),
    "lakhs": ("scale", Decimal(10**5)),
    "crores": ("scale", Decimal(10**7)),
    **{mark: ("scale", _LEX.scale_marks[mark]) for mark in ("bn", "bln", "mn", "mln", "tn", "trn", "k")},
}
_WORDS = alternatives([*_KINDS, *_ORDINALS])
_CHAIN = Pattern(
    rf"(?:(?:half{_SPACE}an?|an?{_SPACE}half|an?){_SPACE})?(?:{_WORDS})(?![^\W\d_])"
    rf"(?:(?:{_SPACE}|-|,{_SPACE}(?!dozens)|{_SPACE}and{_SPACE}(?:an?{_SPACE})?|-and-a-"
    rf"|{_SPACE}of{_SPACE}an?{_SPACE}|{_SPACE}point{_SPACE})(?:{_WORDS})(?![^\W\d_]))*",
    2,  # re.IGNORECASE, spelled as its number so that nothing here imports re
)
_VAGUE = Pattern(
    rf"(?:(?P<times>tens|dozens|scores|hundreds|thousands|many{_SPACE}(?P<many>thousands|hundreds"
    rf"|dozens)){_SPACE}of{_SPACE})?"
    r"(?P<size>dozens|scores|hundreds|thousands|millions|billions|trillions)(?![^\W\d_])",
    2,
)
FIRST_WORDS = frozenset([*_KINDS, *_LEX.parts, *_LEX.vague_sizes])
_LOW_WORD = Pattern(r"[a-z]+")
_ARTICLE = Pattern(r"(?<![^\W_])an?[ \t\u00a0]{1,3}$")
_WORD = Pattern(r"[A-Za-z]+")
_SHARE_BEFORE = Pattern(
    r"(?i:\b(?:by|than|nearly|almost|about|over|around|roughly|least|only|just|under|some|to|or|and)\s{1,2}$)"
)
_SHARE_AFTER = Pattern(r"(?i:\s{1,2}of\b|\s{1,2}(?:more|less|fewer|higher|lower|larger|smaller|the|as)\b)")


@dataclass(frozen=True, slots=True)
class _Token:
    word: str
    start: int
    end: int


def find_number_words(text: str, start: int, end: int) -> Iterator[NumberMention]:
    """Every number in words of a stretch of text.

    >>> t = "two and a half million, five point two, dozens of cats"
    >>> [str(n.value or n.low) for n in find_number_words(t, 0, len(t))]
    ['2500000', '5.2', '12']
    """
    done = start
    for begin in _number_first_words(text, start, end):
        if begin < done:
            continue
        vague = _vague_number(text, begin, end)
        if vague is not None:
            yield vague
            done = vague.span.end
            continue
        chain = _CHAIN.match(text, begin, end)
        if chain is not None:
            yield from _exact_numbers(text, begin, chain.end())
            done = chain.end()


def _number_first_words(text: str, start: int, end: int) -> list[int]:
    """Where a number in words may begin: at a number word, or at the article before it."""
    low = text[start:end].lower()
    if len(low) != end - start:  # a letter whose small form is longer: places would not fit
        low = "".join(c.lower() if c.isascii() else c for c in text[start:end])
    found: set[int] = set()
    for word in FIRST_WORDS.intersection(_LOW_WORD.findall(low)):
        at = low.find(word)
        while at >= 0:
            stop = at + len(word)
            whole_word = (
                not (at and (low[at - 1].isalnum() or low[at - 1] == "_")) and not low[stop : stop + 1].isalpha()
            )
            if whole_word and not (at > 1 and low[at - 1] == "-" and low[at - 2].isdigit()):
                article = _ARTICLE.search(low, max(0, at - 5), at)
                found.add(start + (article.start() if article else at))
            at = low.find(word, stop)
    return sorted(found)


def _vague_number(text: str, begin: int, end: int) -> NumberMention | None:
    """ "dozens", "tens of thousands": from one of the size to ten of it."""
    match = _VAGUE.match(text, begin, end)
    if match is None or (match.group().lower() == "scores" and text[match.end() : match.end() + 4] != " of "):
        return None
    low = _LEX.vague_sizes[match["size"].lower()]
    if match["times"]:
        low *= _LEX.vague_sizes[(match["many"] or match["times"]).lower()]
    return NumberMention(Span(*match.span()), None, low, low * _TEN, step=low, form="vague")


def _exact_numbers(text: str, start: int, end: int) -> Iterator[NumberMention]:
    tokens = [_Token(m.group().lower(), m.start(), m.end()) for m in _WORD.finditer(text, start, end)]
    i = 0
    while i < len(tokens):
        number, i = _one_number(text, tokens, i)
        if number is not None:
            yield number


class _Cardinal:
    """Adds up number words; ends a number where the next word cannot continue it."""

    def __init__(self) -> None:
        self.total = Decimal(0)
        self.current: Decimal | None = None
        self.last = ""
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
        elif kind == "scale" and self.last == "scale" and self.current == 0:
            self.total, self.step = self.total * value, self.step * value
        elif kind == "scale":
            self.total += (self.current or Decimal(0)) * value
            self.step, self.current = value, Decimal(0)
        else:
            self.current = (self.current or Decimal(0)) + value
        self.last = kind
        return True

    @property
    def value(self) -> Decimal:
        return self.total + (self.current or Decimal(0))


def _one_number(text: str, tokens: list[_Token], i: int) -> tuple[NumberMention | None, int]:
    """The number that begins at a token, and where the next may begin."""
    first = tokens[i]
    if first.word in ("and", "of", "point"):
        return None, i + 1
    half = _half_of(tokens, i + (first.word in ("a", "an") and i + 1 < len(tokens)))
    if half is not None:
        value, j = half
        span = Span(first.start, tokens[j - 1].end)
        return NumberMention(span, value, step=max(value / 10, Decimal(1)), form="words"), j
    share = _fraction(tokens, i)
    if share is not None:
        return _as_fraction(text, tokens, i, *share)
    cardinal, j = _cardinal(text, tokens, i)
    if not cardinal.last:
        return (_half(first), i + 1) if first.word == "half" else (None, i + 1)
    if j < len(tokens) and _is_ordinal(cardinal, tokens[j]):
        return None, j + 1
    value, step = cardinal.value, cardinal.step
    if j < len(tokens) and tokens[j].word == "point":
        value, step, j = _decimals(text, tokens, j, value)
    elif j < len(tokens) and tokens[j].word == "and":
        value, step, j = _and_fraction(tokens, j, cardinal)
    return NumberMention(Span(first.start, tokens[j - 1].end), value, step=step, form="words"), j


def _cardinal(text: str, tokens: list[_Token], i: int) -> tuple[_Cardinal, int]:
    cardinal = _Cardinal()
    if tokens[i].word in ("a", "an"):
        if i + 1 >= len(tokens) or _KINDS.get(tokens[i + 1].word, ("",))[0] not in ("hundred", "scale"):
            return cardinal, i
        cardinal.current, cardinal.last = Decimal(1), "unit"
        i += 1
    elif tokens[i].word == "hundred" and i + 1 < len(tokens) and _KINDS.get(tokens[i + 1].word, ("",))[0] == "scale":
        cardinal.current, cardinal.last = Decimal(1), "unit"  # "hundred thousand"
    linked = False
    while i < len(tokens):
        word = tokens[i].word
        if word == "and" and cardinal.last and i + 1 < len(tokens):
            if _fraction(tokens, i + 1) is not None or tokens[i + 1].word in ("a", "an"):
                break
            linked = True
            i += 1
            continue
        kind, value = _KINDS.get(word, ("", Decimal(0)))
        comma = i > 0 and "," in text[tokens[i - 1].end : tokens[i].start]
        joins = not comma or not cardinal.last or (cardinal.last == "scale" and cardinal.step >= 1000)
        if not kind or not joins or not cardinal.add(kind, value, linked):
            break
        linked, i = False, i + 1
    return cardinal, i - 1 if linked else i


def _is_ordinal(cardinal: _Cardinal, token: _Token) -> bool:
    """ "twenty-first", "hundred and third": a place in a row, no number."""
    size = _ORDINALS.get(token.word)
    if size is None or token.word in ("half", "quarter"):
        return False
    return (cardinal.last == "tens" and size < 10) or cardinal.last in ("hundred", "scale")


def _half_of(tokens: list[_Token], i: int) -> tuple[Decimal, int] | None:
    """ "half a million", "half a dozen", "half million", "quarter of a million"."""
    if tokens[i].word not in ("half", "quarter"):
        return None
    j = i + 1
    while j < len(tokens) and tokens[j].word in ("a", "an", "of"):
        j += 1
    kind, scale = _KINDS.get(tokens[j].word, ("", Decimal(0))) if j < len(tokens) else ("", Decimal(0))
    if kind in ("scale", "hundred") and not tokens[j].word.endswith("s"):
        return normalised_value(scale / _LEX.parts[tokens[i].word]), j + 1
    return None


def _half(token: _Token) -> NumberMention:
    return NumberMention(Span(token.start, token.end), Decimal("0.5"), step=_FINE, form="fraction")


def _fraction(tokens: list[_Token], i: int) -> tuple[Decimal, Decimal, int, bool] | None:
    """Top, bottom, the token behind, and whether it is one of them: "a third", "two thirds"."""
    j, top = i, Decimal(1)
    if tokens[i].word in ("a", "an"):
        j += 1
    else:
        cardinal = _Cardinal()
        while j < len(tokens) and tokens[j].word in _KINDS:
            kind, value = _KINDS[tokens[j].word]
            if kind == "scale" or (kind == "tens" and j > i and _size(tokens, j)[1] > j + 1):
                break
            if not cardinal.add(kind, value, False):
                break
            j += 1
        if j == i:
            return None
        top = cardinal.value
    size, after = _size(tokens, j)
    if not size or (top != 1) != tokens[after - 1].word.endswith(("s", "halves")):
        return None
    return top, Decimal(size), after, top == 1


def _size(tokens: list[_Token], j: int) -> tuple[int, int]:
    """The denominator at a token: "thirds" is 3, "twenty-fifths" is 25; 0 where there is none."""
    if j >= len(tokens):
        return 0, j
    word = tokens[j].word
    following = tokens[j + 1].word if word in _LEX.tens and j + 1 < len(tokens) else ""
    if 0 < _ORDINALS.get(following, 0) < 10 and not following.startswith(("half", "quarter", "halves")):
        return _LEX.tens[word] + _ORDINALS[following], j + 2
    return (_LEX.parts[word], j + 1) if word in _LEX.parts else (0, j)


def _as_fraction(
    text: str, tokens: list[_Token], i: int, top: Decimal, size: Decimal, after: int, single: bool
) -> tuple[NumberMention | None, int]:
    """A fraction as a share: "a third of", "two thirds", never "a third man" or "one quarter" of a year."""
    first, last = tokens[i], tokens[after - 1]
    if single and not _is_share(text, first, last):
        if first.word in ("a", "an") or last.word == "quarter":
            return None, after
        if text[last.end : last.end + 1] == "-":
            return None, after
    value, form, step, end, j = top / size, "fraction", _FINE, last.end, after
    if j + 2 < len(tokens) and tokens[j].word == "of" and _KINDS.get(tokens[j + 2].word, ("",))[0] == "scale":
        scale = _KINDS[tokens[j + 2].word][1]
        value, form, step, end, j = normalised_value(value * scale), "words", scale / 100, tokens[j + 2].end, j + 3
    return NumberMention(Span(first.start, end), value, step=step, form=form), j


def _is_share(text: str, first: _Token, last: _Token) -> bool:
    if _SHARE_AFTER.match(text, last.end, last.end + 12):
        return True
    alone = not text[: first.start].rpartition("\n")[2].strip() and not text[last.end :].partition("\n")[0].strip(" .")
    if alone and first.start < 80:
        return True
    ends = not text[last.end : last.end + 2].strip(" .,;)")[:1].isalnum() and text[last.end : last.end + 1] != "-"
    return bool(ends and _SHARE_BEFORE.search(text, max(0, first.start - 12), first.start))


def _decimals(text: str, tokens: list[_Token], j: int, value: Decimal) -> tuple[Decimal, Decimal, int]:
    """The digits spoken after "point"; a scale word may follow."""
    digits, k = "", j + 1
    while k < len(tokens) and _KINDS.get(tokens[k].word, ("",))[0] in ("unit", "teen", "tens"):
        kind, size = _KINDS[tokens[k].word]
        if kind == "unit" and digits.endswith("0") and len(digits) > 1 and _KINDS[tokens[k - 1].word][0] == "tens":
            digits = digits[:-1]
        digits += str(size)
        k += 1
    if not digits:
        return value, Decimal(1), j
    value, step = value + Decimal(f"0.{digits}"), Decimal(1).scaleb(-len(digits))
    scaled = k < len(tokens) and _KINDS.get(tokens[k].word, ("",))[0] == "scale"
    if scaled and "," not in text[tokens[k - 1].end : tokens[k].start]:
        scale = _KINDS[tokens[k].word][1]
        return normalised_value(value * scale), step * scale, k + 1
    return value, step, k


def _and_fraction(tokens: list[_Token], j: int, cardinal: _Cardinal) -> tuple[Decimal, Decimal, int]:
    """ "two and a half million", "a million and a half", "three and three quarters"."""
    share = _fraction(tokens, j + 1) if j + 1 < len(tokens) else None
    if share is None:
        return cardinal.value, cardinal.step, j
    top, size, after, _ = share
    part = top / size
    if after < len(tokens) and _KINDS.get(tokens[after].word, ("",))[0] == "scale":
        scale = _KINDS[tokens[after].word][1]
        if cardinal.last == "scale":
            return normalised_value(cardinal.value + part * scale), scale / 10, after + 1
        return normalised_value((cardinal.value + part) * scale), scale / 10, after + 1
    if cardinal.last == "scale":
        return normalised_value(cardinal.value + part * cardinal.step), cardinal.step / 10, after
    return cardinal.value + part, Decimal("0.1"), after
