"""How much a sentence or clause is worth checking, from 0 to 1, with reasons an editor reads.

Signs, weights and words are data: each sign is a class of English words with one round weight, and the weights of the
signs found are added. Which clauses there are, and of what type, is in ``detection``; whether one is true is for
people.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from factcheck.text.homographs import is_name
from factcheck.text.lexicon import load
from factcheck.text.patterns import Pattern
from factcheck.text.values import FigureMention

_LEX = load()


class Sign(NamedTuple):
    """One thing to notice in a clause: its weight in hundredths, what an editor reads, the words that show it.

    A sign without a reason is too usual to be worth a line.
    """

    name: str
    weight: int
    reason: str
    words: str = ""


SIGNS = (
    # What can be looked up: a number with a unit weighs more than a count, a count more than a length of time.
    Sign("measured", 35, "states a figure"),
    Sign("counted", 30, "states a figure"),
    Sign("lasting", 15, "states a length of time"),
    Sign("small", 5, ""),
    Sign("digits", 15, "states a number or a year"),
    Sign(
        "amount",
        5,
        "speaks of an amount",
        "dozens hundreds thousands millions billions trillions scores half quarter percent percentage dozen hundred "
        "thousand million billion trillion number numbers average rate rates",
    ),
    # What happened, and is on some record.
    Sign(
        "event",
        15,
        "says that something happened",
        "abolished acquired bombed built burned closed collapsed crashed crossed demolished deployed derailed "
        "dismissed evacuated expelled exploded fined fired flooded founded halted hired invaded jailed merged "
        "murdered opened rescued resigned sank sentenced shot shut stole sued testified withdrew",
    ),
    Sign(
        "vote",
        15,
        "about votes and laws",
        "appointed banned blocked elected enacted endorsed introduced nominated opposed outlawed passed proposed "
        "ratified reelected repealed signed sponsored submitted supported vetoed voted",
    ),
    Sign(
        "law",
        10,
        "about votes and laws",
        "amendment ban bill bills legislation regulations sanctions treaties treaty veto vote votes voting",
    ),
    Sign(
        "change",
        10,
        "measures a change",
        "double doubled doubling triple tripled quadrupled halved lowered narrowed shrunk slowed widened worsened",
    ),
    Sign(
        "comparison",
        10,
        "compares",
        "than more less fewer higher lower larger smaller greater bigger faster slower longer cheaper most least "
        "largest biggest highest lowest smallest fastest longest oldest richest poorest twice compared rank ranks "
        "ranked",
    ),
    Sign("sweeping", 5, "a sweeping word", "all always entire ever every first history never none only record"),
    Sign(
        "money",
        10,
        "about money or work",
        "bank banks budget budgets cost costs debt debts deficit deficits dollars economy euros exports fund funding "
        "funds imports income incomes inflation job jobs loan loans money paid pay pounds price prices recession "
        "revenue savings spend spending spent subsidies surplus tax taxed taxes trade unemployed unemployment wage "
        "wages",
    ),
    Sign(
        "public",
        5,
        "about a public matter",
        "administration agreement army border borders companies company congress council court courts crime crimes "
        "drugs education energy factories farmers gas government health hospital hospitals immigration insurance law "
        "laws medical military missiles navy nuclear oil parliament pensions police population poverty prison prisons "
        "program programs school schools senate soldiers students troops war wars weapons workers",
    ),
    Sign("past", 10, "about what was or has been", "was were had has did been wasn't weren't hadn't hasn't didn't"),
    Sign("perfect", 5, "", "'ve have haven't"),
    Sign(
        "action",
        5,
        "",
        "became began begun broke broken brought came done fought gave given gone got held kept led left made met put "
        "ran sent sold stood taken took used went written wrote",
    ),
    Sign("done", 10, ""),
    Sign("told", 5, "", "announced claimed claims promised reported said says told"),
    Sign("when", 10, "says when", "ago century decade decades month months since year years yesterday"),
    Sign("now", 5, "", "currently now today"),
    Sign("actor", 5, "", "he she they his her their president minister governor mayor senator"),
    Sign("named", 10, "names someone or somewhere"),
    Sign("attributed", 5, "ascribed to someone"),
    Sign("detail", 5, "has detail"),
    Sign("long", 5, ""),
    # What cannot be looked up.
    Sign("question", -40, "a question"),
    Sign(
        "feeling",
        -15,
        "a belief or a wish",
        "afraid appreciate believe confident convinced feel feels glad grateful guess happy hate hope hopes love "
        "please proud suppose sure thank thanks think thinks want wanted wants wish",
    ),
    Sign(
        "opinion",
        -10,
        "an opinion",
        "absolutely amazing anything arguably bad beautiful best better certainly disgusting fair frankly good great "
        "hard honest honestly important issue issues kind maybe obviously opinion opportunity perhaps point problem "
        "question questions responsibility right senseless something strong terrible thing things tough tragic "
        "unacceptable values way wonderful worst wrong",
    ),
    Sign("ought", -15, "about what should be", "let let's must mustn't need needs ought should shouldn't"),
    Sign("future", -15, "about what will be", "'ll going gonna shall tomorrow will won't"),
    Sign(
        "unreal",
        -10,
        "about what could be",
        "'d can can't cannot could couldn't if may might unless whether would wouldn't",
    ),
    Sign("speaker", -10, "speaks of the speaker", "i me mine my myself"),
    Sign("listener", -10, "speaks to the listener", "hello listen look well you your yours yourself"),
    Sign("talk", -5, "", "do doesn't doing don't know mean say see talk talking try trying understand"),
    Sign("short", -15, "very short"),
    Sign("brief", -5, ""),
    # What weighs nothing, and says of what type a claim may be.
    Sign(
        "role",
        0,
        "",
        "author chairman chief citizen director first founder head largest leader member minister only owner president",
    ),
    Sign("day", 0, "", "mai ago last today tonight yesterday"),
    Sign("furniture", 0, ""),
)
# Every clause starts here; one with nothing to look up stays below a half.
START = 30
_MOST_UNSTATED, _HIGH, _CEILING = 45, 80, 200
_BIT = {sign.name: 1 << at for at, sign in enumerate(SIGNS)}
EVENT = sum(_BIT[name] for name in ("event", "vote", "change", "action", "done"))
ATTRIBUTED, ROLE, DAY = _BIT["attributed"], _BIT["role"], _BIT["day"] | _BIT["digits"]
_KINDS = ("measured", "counted", "lasting", "small")
FIGURE = sum(_BIT[name] for name in _KINDS[:3])
_CHECKABLE = EVENT | FIGURE | ATTRIBUTED | _BIT["digits"]
_STATED = 1 << len(SIGNS)  # something is said, be it without a sign
_DONE, _BOILERPLATE, _DIGITS, _NAMED, _QUESTION = (
    _BIT[name] for name in ("done", "furniture", "digits", "named", "question")
)
_FEWEST, _FEW, _SOME, _MANY, _LONG = 3, 6, 10, 15, 31
_NOTHING, _UNSTATED = "nothing is stated", "no figure, quote or event"
_WIDTH = 14  # so many signs are weighed at once: three groups, whose few sums are kept
_GROUP = (1 << _WIDTH) - 1
_NOT_DONE = frozenset(["agreed", "exceed", "hundred", "indeed", "proceed", "speed", "succeed", "united"])
_NO_CHANGE = frozenset(["up", "down", "off", "higher", "lower", "added", "advanced"])
_PRONOUNS = "i you he she it we they that there who this what"
_NAME = Pattern(r"[A-Z](?<=[a-z,;] [A-Z])[a-z]")
_NAMESAKE = Pattern(r"\b(?:May|MAY|Will|WILL|Hope|HOPE)\b")
_DIGIT = Pattern(r"[0-9]")
_MARKS = '\u201c\u201d".,;:!?()[]\u2014\u2013-/\u2018'


def _masks() -> dict[str, int]:
    """Each word with the signs it shows; "they've" shows what "they" and "'ve" show."""
    out: dict[str, int] = {}
    more = {
        "event": _LEX.checkworthy_verbs,
        "change": (_LEX.change_up | _LEX.change_down) - _NO_CHANGE,
        "day": [word for word in (*_LEX.months, *_LEX.weekdays) if len(word) > 3],
        "furniture": [max(flatten(phrase).split(), key=len) for phrase in _LEX.boilerplate],
    }
    for sign in SIGNS:
        for word in (*sign.words.split(), *more.get(sign.name, ())):
            out[word] = out.get(word, 0) | _BIT[sign.name] | (_BIT["done"] if word[-2:] == "ed" else 0)
    for pronoun in _PRONOUNS.split():
        for tail in ("'ll", "'d", "'ve", "'re", "'s", "'m"):
            out[pronoun + tail] = out.get(pronoun, 0) | out.get(tail, 0)
    return out


def lower_same_length(text: str) -> str:
    """A text in lower case and of the same length, so that offsets hold.

    >>> lower_same_length("\u0130zmir, Ost")
    '\u0130zmir, ost'
    """
    low = text.lower()
    return low if len(low) == len(text) else "".join(c if len(c.lower()) > 1 else c.lower() for c in text)


def flatten(text: str) -> str:
    """A text in lower case and of the same length, a space for each mark: words are what spaces divide.

    >>> flatten("In May, they\u2019ve met.")
    "in mai  they've met "
    """
    for word in _NAMESAKE.finditer(text):
        if is_name(text, *word.span()):  # the month is no verb, nor is Will Smith
            text = text[: word.start()] + ("Mai" if len(word[0]) == len("May") else "Name") + text[word.end() :]
    low = lower_same_length(text).replace("\u2019", "'")
    for mark in _MARKS:
        low = low.replace(mark, " ")
    return low


def _length(words: int) -> int:
    if words < _SOME:
        return _STATED | _BIT["short" if words < _FEW else "brief"]
    detail = _BIT["detail"] if words >= _MANY else 0
    return _STATED | detail | (_BIT["long"] if words >= _LONG else 0)


_LENGTHS = [_length(words) for words in range(_LONG + 1)]
_MASKS = _masks()
_KNOWN = frozenset(_MASKS)


def figure_signs(figures: Iterable[FigureMention]) -> int:
    """What the figures of a clause add: a measured one, a count, a time, or only "one city" and "two cats".

    >>> figure_signs([])
    0
    """
    bits = 0
    for figure in figures:
        value, dimension = figure.quantity.value, figure.quantity.dimension
        if dimension == "count":
            small = value is not None and 0 <= value <= 3 and not figure.measure.running
            large = figure.measure.running or value is None or abs(value) >= 1000
            bits |= _BIT["small" if small else "measured" if large else "counted"]
        else:
            bits |= _BIT["lasting" if dimension == "time" else "measured"]
    for name in _KINDS:
        if bits & _BIT[name]:
            return _BIT[name]
    return 0


def signs(text: str, low: str, start: int, end: int, figures: int = 0) -> int:
    """The signs of a stretch as bits, with those of its figures; 0 where nothing is said.

    ``low`` is ``flatten(text)``.

    >>> signs("Oh no!", "oh no ", 0, 6)
    0
    """
    tokens = low[start:end].split()
    count = len(tokens)
    if count < _FEWEST:
        return 0
    bits = figures | _LENGTHS[count if count < _LONG else _LONG]
    for word in _KNOWN.intersection(tokens):
        bits |= _MASKS[word]
    if bits & _BOILERPLATE and any(map(text[start:end].lower().__contains__, _LEX.boilerplate)):
        return 0
    if not bits & _DONE and low.find("ed ", start, end) >= 0 and any(map(_is_done, tokens)):
        bits |= _DONE
    if not bits & FIGURE and _DIGIT.search(text, start, end):
        bits |= _DIGITS
    if _NAME.search(text, start, end):
        bits |= _NAMED
    if text.find("?", end - 3, end) >= 0:
        bits |= _QUESTION
    return bits


def _is_done(word: str) -> bool:
    return word[-2:] == "ed" and len(word) > len("need") and word not in _NOT_DONE


def weigh(bits: int) -> tuple[float, tuple[str, ...]]:
    """What signs weigh together, from 0 to 1, with the reasons.

    >>> t = "Exports rose last year, the ministry announced."
    >>> weigh(signs(t, flatten(t), 0, len(t)))[1][:2]
    ('says that something happened', 'measures a change')
    """
    if not bits:
        return 0.0, (_NOTHING,)
    one, why = _group_weight(0, bits & _GROUP)
    two, why_too = _group_weight(_WIDTH, bits >> _WIDTH & _GROUP)
    three, why_not = _group_weight(2 * _WIDTH, bits >> 2 * _WIDTH & _GROUP)
    points, reasons = max(0, START + one + two + three), why + why_too + why_not
    if bits & _CHECKABLE:
        return _WORTH[points], reasons
    return _UNSTATED_WORTH[points], (*reasons, _UNSTATED)


@lru_cache(maxsize=8192)
def _group_weight(at: int, bits: int) -> tuple[int, tuple[str, ...]]:
    """The weight and the reasons of the signs that stand together from ``at`` on."""
    shown = [sign for place, sign in enumerate(SIGNS[at : at + _WIDTH]) if bits >> place & 1]
    return sum(sign.weight for sign in shown), tuple(dict.fromkeys(sign.reason for sign in shown if sign.reason))


def _scaled_worth(points: int, knee: int, top: int) -> float:
    """Hundredths as a score with a knee: above it the score grows more slowly, up to the top."""
    above = max(0, points - knee)
    return round((min(points, knee) + above * (top - knee) / (_CEILING - knee)) / 100, 4)


_WORTH = [_scaled_worth(points, _HIGH, 100) for points in range(_CEILING + 1)]
_UNSTATED_WORTH = [_scaled_worth(points, _MOST_UNSTATED, 49) for points in range(_CEILING + 1)]
