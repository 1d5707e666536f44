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


NO_SIGNS: frozenset[str] = frozenset()


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
    Sign("reporting", 5, "", "announced claimed claims promised reported said says told"),
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
    Sign("boilerplate", 0, ""),
    Sign("stated", 0, ""),
)
# Every clause starts here; one with nothing to look up stays below a half.
START = 30
_MOST_UNSTATED, _HIGH, _CEILING = 45, 80, 200
EVENT = frozenset(["event", "vote", "change", "action", "done"])
FIGURE = frozenset(["measured", "counted", "lasting"])
DATE = frozenset(["day", "digits"])
ATTRIBUTED, ROLE = "attributed", "role"
_CHECKABLE = EVENT | FIGURE | {ATTRIBUTED, "digits"}
_FIGURE_KINDS = ("measured", "counted", "lasting", "small")
"""The signs of figures, by how much they weigh: a clause shows the first that one of its figures shows."""
_FEWEST, _FEW, _SOME, _MANY, _LONG = 3, 6, 10, 15, 31
_NOTHING, _UNSTATED = "nothing is stated", "no figure, quote or event"
_NOT_DONE = frozenset(["agreed", "exceed", "hundred", "indeed", "proceed", "speed", "succeed", "united"])
_NO_CHANGE = frozenset(["up", "down", "off", "higher", "lower", "added", "advanced"])
_PRONOUNS = "i you he she it we they that there who this what"
_NAME = Pattern(r"[A-Z](?<=[a-z,;] [A-Z])[a-z]")
_HOMOGRAPH = Pattern(r"\b(?:May|MAY|Will|WILL|Hope|HOPE)\b")
_DIGIT = Pattern(r"[0-9]")
_MARKS = '\u201c\u201d".,;:!?()[]\u2014\u2013-/\u2018'


def _signs_of_words() -> dict[str, frozenset[str]]:
    """Each word with the signs it shows; "they've" shows what "they" and "'ve" show."""
    out: dict[str, frozenset[str]] = {}
    more = {
        "event": _LEX.checkworthy_verbs,
        "change": (_LEX.change_up | _LEX.change_down) - _NO_CHANGE,
        "day": [word for word in (*_LEX.months, *_LEX.weekdays) if len(word) > 3],
        "boilerplate": [max(flatten(phrase).split(), key=len) for phrase in _LEX.boilerplate],
    }
    for sign in SIGNS:
        for word in (*sign.words.split(), *more.get(sign.name, ())):
            shown = [sign.name, "done"] if word[-2:] == "ed" else [sign.name]
            out[word] = out.get(word, NO_SIGNS).union(shown)
    for pronoun in _PRONOUNS.split():
        for tail in ("'ll", "'d", "'ve", "'re", "'s", "'m"):
            out[pronoun + tail] = out.get(pronoun, NO_SIGNS) | out.get(tail, NO_SIGNS)
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
    for word in _HOMOGRAPH.finditer(text):
        if is_name(text, *word.span()):  # the month is no verb, nor is Will Smith
            text = text[: word.start()] + ("Mai" if len(word[0]) == len("May") else "Name") + text[word.end() :]
    low = lower_same_length(text).replace("\u2019", "'")
    for mark in _MARKS:
        low = low.replace(mark, " ")
    return low


def _length_signs(words: int) -> frozenset[str]:
    """What the length of a clause shows; "stated" says that there is a clause at all."""
    if words < _SOME:
        return frozenset(["stated", "short" if words < _FEW else "brief"])
    detail = ["detail"] if words >= _MANY else []
    return frozenset(["stated", *detail, *(["long"] if words >= _LONG else [])])


_SIGNS_OF_LENGTH = [_length_signs(words) for words in range(_LONG + 1)]
_SIGNS_OF_WORD = _signs_of_words()
_KNOWN_WORDS = frozenset(_SIGNS_OF_WORD)


def figure_signs(figures: Iterable[FigureMention]) -> frozenset[str]:
    """What the figures of a clause add: a measured one, a count, a time, or only "one city" and "two cats".

    >>> sorted(figure_signs([]))
    []
    """
    shown = {_figure_kind(figure) for figure in figures}
    return frozenset(next(([kind] for kind in _FIGURE_KINDS if kind in shown), []))


def _figure_kind(figure: FigureMention) -> str:
    value, dimension = figure.quantity.value, figure.quantity.dimension
    if dimension != "count":
        return "lasting" if dimension == "time" else "measured"
    running = figure.measure.running
    if value is not None and 0 <= value <= 3 and not running:
        return "small"
    return "measured" if running or value is None or abs(value) >= 1000 else "counted"


def find_signs(text: str, low: str, start: int, end: int, of_figures: frozenset[str] = NO_SIGNS) -> frozenset[str]:
    """The names of the signs in a stretch, with those of its figures; none where nothing is said.

    ``low`` is ``flatten(text)``.

    >>> sorted(find_signs("Oh no!", "oh no ", 0, 6))
    []
    """
    tokens = low[start:end].split()
    if len(tokens) < _FEWEST:
        return NO_SIGNS
    known = _KNOWN_WORDS.intersection(tokens)
    length = _SIGNS_OF_LENGTH[min(len(tokens), _LONG)]
    found = set(of_figures).union(length, *[_SIGNS_OF_WORD[word] for word in known])
    if "boilerplate" in found and any(map(text[start:end].lower().__contains__, _LEX.boilerplate)):
        return NO_SIGNS
    if "done" not in found and low.find("ed ", start, end) >= 0 and any(map(_is_done, tokens)):
        found.add("done")
    if found.isdisjoint(FIGURE) and _DIGIT.search(text, start, end):
        found.add("digits")
    if _NAME.search(text, start, end):
        found.add("named")
    if text.find("?", end - 3, end) >= 0:
        found.add("question")
    return frozenset(found)


def _is_done(word: str) -> bool:
    return word[-2:] == "ed" and len(word) > len("need") and word not in _NOT_DONE


@lru_cache(maxsize=8192)
def weigh(signs: frozenset[str]) -> tuple[float, tuple[str, ...]]:
    """The score of signs together, from 0 to 1, with the reasons.

    >>> t = "Exports rose last year, the ministry announced."
    >>> weigh(find_signs(t, flatten(t), 0, len(t)))[1][:2]
    ('says that something happened', 'measures a change')
    """
    if not signs:
        return 0.0, (_NOTHING,)
    shown = [sign for sign in SIGNS if sign.name in signs]
    points = max(0, START + sum(sign.weight for sign in shown))
    reasons = tuple(dict.fromkeys(sign.reason for sign in shown if sign.reason))
    if signs & _CHECKABLE:
        return _scaled_worth(points, _HIGH, 100), reasons
    return _scaled_worth(points, _MOST_UNSTATED, 49), (*reasons, _UNSTATED)


def _scaled_worth(points: int, knee: int, top: int) -> float:
    """Hundredths as a score with a knee: above it the score grows more slowly, up to the top."""
    above = max(0, points - knee)
    return round((min(points, knee) + above * (top - knee) / (_CEILING - knee)) / 100, 4)
