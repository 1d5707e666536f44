"""A matching score in words: the strongest reasons for and against.

Wording only; what counts for and against is computed in ``scorer``.
"""

from __future__ import annotations

from collections.abc import Iterable

from factcheck.text.matching.features import TopicStats, features
from factcheck.text.matching.profile import Profile
from factcheck.text.matching.scorer import Scorer, contributions

SHOWN = 2
_PRESENT = {
    "value ratio": "the numbers are far apart",
    "value near": "the numbers are close",
    "same value": "the numbers are the same",
    "same small value": "the small numbers are the same",
    "value of one thing": "the number is told of nothing else",
    "values meet": "the numbers may mean the same",
    "other number told there": "the number of one stands in the text of the other, of something else",
    "both the greatest of a kind": "each is the greatest of its kind in its text",
    "same event": "both tell of one kind of event ({family})",
    "other event": "they tell of two kinds of event",
    "event on one side": "only one tells of an event",
    "shared events of the clause": "their clauses tell of the same event",
    "other events of the clause": "their clauses tell of other events",
    "other noun": "one counts {a}, the other {b}",
    "other noun of a count": "one counts {a}, the other {b}",
    "noun on one side": "only one names what it counts",
    "noun words": "both count {a}",
    "noun in the other sentence": "the thing counted stands in both sentences",
    "other quantity": "they tell two quantities",
    "quantity on one side": "only one names its quantity",
    "shared quantities of the clause": "their clauses name the same quantity",
    "other quantities of the clause": "their clauses name other quantities",
    "same owner": "both are of the same owner",
    "clause alike": "their clauses share {words}",
    "sentence alike": "their sentences share {words}",
    "words beside alike": "the words beside the numbers are alike",
    "sentence and neighbours alike": "what stands around them shares words",
    "names of the sentence": "both name {names}",
    "rare name near the other": "the name that one text ties to the number stands near the other too",
    "other rare names": "each is tied to another name",
    "name on one side": "only one is tied to a name",
    "other place": "they are told of two places",
    "other place of a measured thing": "they are told of two places",
    "days apart": "days lie between them",
    "long apart": "months lie between them",
    "other years": "they name other years",
    "other event or year": "one is told of another event or year",
    "same text": "both stand in one text",
    "other mood": "one is told as a fact and the other is not",
    "other scope": "one is a part or an addition, the other is not",
    "only one further": "only one is told as further",
    "only one total": "only one is told as a total",
    "only one each": "only one is told of each, or of a day",
    "only one bound": "only one is told as a limit",
    "only one ahead": "only one is told of the future",
    "both at the top": "both stand at the top of their texts",
}
_ABSENT = {
    "value ratio": "the numbers are close",
    "value near": "the numbers are apart",
    "same value": "the numbers differ",
    "values meet": "the numbers cannot both hold",
    "value of one thing": "the numbers differ",
    "noun words": "the nouns share no word",
    "clause alike": "their clauses share few words",
    "sentence alike": "their sentences share few words",
    "words beside alike": "the words beside the numbers differ",
    "names of the sentence": "their sentences share no name",
    "days apart": "they are of the same days",
    "rare name near the other": "the name that one text ties to the number does not stand near the other",
}
UNEXPLAINED = frozenset(["small value", "a count", "money", "a share"])
"""Evidence that is weighed but not shown: what kind of number it is."""
_SAME_REASON = {
    "value of one thing": "numbers",
    "values meet": "numbers",
    "same value": "numbers",
    "value near": "numbers",
    "value ratio": "numbers",
    "sentence alike": "words",
    "clause alike": "words",
    "other noun of a count": "other noun",
    "other place of a measured thing": "other place",
}
"""Reasons that mean the same to an editor: only the first of them is shown."""


def explain(a: Profile, b: Profile, topic: TopicStats, scorer: Scorer) -> str:
    """Why two figures are held to be of one measure, from the strongest reasons on either side."""
    if scorer.function is not None:
        score = scorer.function(a, b, topic)
        return _sentence(score.for_it, score.against)
    found = features(a, b, topic)
    ranked = sorted(contributions(a, b, topic, scorer.weights), key=lambda part: (-abs(part[1]), part[0]))
    means = {name: mean for name, (_, mean, _) in scorer.weights.terms.items()}
    for_it: dict[str, str] = {}
    against: dict[str, str] = {}
    for name, part in ranked:
        words = _phrase(name, found.get(name, 0.0) > means[name], a, b, topic)
        if words and abs(part) >= 0.05:
            (for_it if part > 0 else against).setdefault(_SAME_REASON.get(name, name), words)
    return _sentence(_first_few(for_it.values()), _first_few(against.values()))


def _first_few(words: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(words))[:SHOWN]


def _sentence(for_it: Iterable[str], against: Iterable[str]) -> str:
    supporting, opposing = " and ".join(for_it), " and ".join(against)
    because = f" because {supporting}" if supporting else ""
    return f"Held to be of one measure{because}{f'; against it: {opposing}' if opposing else ''}."


def _phrase(name: str, present: bool, a: Profile, b: Profile, topic: TopicStats) -> str:
    words = (_PRESENT if present else _ABSENT).get(name, "")
    if "{words}" in words:
        shared = _rarest_words(a.clause & b.clause if name == "clause alike" else a.whole & b.whole, topic)
        return words.format(words=shared) if shared else ""
    if "{family}" in words:
        return words.format(family=a.family) if a.family else ""
    if "{a}" in words:
        return words.format(a=_noun_in_words(a.head), b=_noun_in_words(b.head)) if a.head and b.head else ""
    if "{names}" in words:
        shared = _rarest_words(a.names & b.names, topic, mark="N:", capital=True)
        return words.format(names=shared) if shared else ""
    return words


def _rarest_words(words: Iterable[str], topic: TopicStats, *, mark: str = "", capital: bool = False) -> str:
    """The two that are rarest in the topic."""
    ranked = sorted(words, key=lambda word: (-topic.rarity(mark + word), word))[:2]
    return " and ".join(word.capitalize() if capital else f"“{word}”" for word in ranked)


def _noun_in_words(head: str) -> str:
    """What is counted, as its noun is kept."""
    return f"“{head}”"
