"""Which sentences can be checked, of what type they are, and how much they are worth checking.

Here lives check-worthiness from 0 to 1 with its reasons; whether a claim is true is for people.
"""

from __future__ import annotations

from factcheck.text.lexicon import load
from factcheck.text.patterns import Pattern
from factcheck.text.values import AttributionMention, ClaimMention, ClaimType, FigureMention, Span

_LEX = load()
_WORD = Pattern(r"[A-Za-z]+(?:['\u2019][a-z]+)?")
_NAME = Pattern(r"(?<=[a-z,;] )[A-Z][a-z]+")
_PAST = frozenset(["was", "were", "has", "have", "had", "did", "is", "are"])
_FUTURE = frozenset(["will", "shall", "would", "could", "should", "must", "let's", "going", "need"])
_DIGIT = Pattern(r"\d")
_IDENTITY = Pattern(
    r"\b(?:is|was|are|were|became|remains)\s(?:the|a|an)\s(?:\w+\s){0,4}?(?:president|minister|leader"
    r"|head|director|chief|founder|owner|largest|first|only|author|member|citizen|chairman)\b"
)
_GENERAL = frozenset(
    [
        "every",
        "all",
        "never",
        "always",
        "none",
        "only",
        "most",
        "largest",
        "biggest",
        "highest",
        "lowest",
        "first",
        "record",
        "worst",
    ]
)
_COMPARE = frozenset(
    [
        "more",
        "less",
        "fewer",
        "higher",
        "lower",
        "bigger",
        "smaller",
        "double",
        "twice",
        "increase",
        "increased",
        "increases",
        "increasing",
        "decrease",
        "decreased",
        "decreases",
        "rose",
        "fell",
        "grew",
        "cut",
        "raised",
        "percent",
        "million",
        "billion",
        "trillion",
    ]
)
_UNSTATED = 0.45
_FIRST = frozenset(["i", "we", "my", "our", "us", "me"])
_SECOND = frozenset(["you", "your", "thank", "look", "well", "hello"])
_POLICY = frozenset(
    [
        "voted",
        "vote",
        "passed",
        "signed",
        "vetoed",
        "supported",
        "opposed",
        "bill",
        "law",
        "act",
        "tax",
        "taxes",
        "jobs",
        "budget",
        "deficit",
        "spending",
        "crime",
        "unemployment",
        "troops",
        "war",
        "nuclear",
        "oil",
        "health",
        "insurance",
        "school",
        "schools",
        "immigration",
        "economy",
        "trade",
        "debt",
        "federal",
    ]
)


def find(
    text: str, sentences: list[Span], figures: list[FigureMention], said: list[AttributionMention]
) -> list[ClaimMention]:
    """One claim for each sentence that states something, most worth checking first by its number.

    >>> from factcheck.text.sentences import split
    >>> t = "The mayor opened 12 schools in 2019. What now?"
    >>> [(c.claim_type.value, c.checkworthiness > 0.5) for c in find(t, split(t), [], [])]
    [('event', False)]
    """
    out: list[ClaimMention] = []
    f = s = 0
    for sentence in sentences:
        mine: list[int] = []
        while f < len(figures) and figures[f].span.start < sentence.end:
            if figures[f].span.start >= sentence.start:
                mine.append(f)
            f += 1
        while s < len(said) and said[s].span.start < sentence.start:
            s += 1
        spoken = [a for a in said[s : s + 6] if a.span.start < sentence.end and a.party]
        words = sentence.cut(text)
        worth, reasons = score(words, sum(_counts(figures[i]) for i in mine), bool(spoken))
        if worth < 0.15:
            continue
        kind = _kind(words, bool(mine), bool(spoken))
        out.append(ClaimMention(sentence, kind, worth, reasons, tuple(mine), spoken[0] if spoken else None))
    return out


def _counts(figure: FigureMention) -> bool:
    """Whether a figure is worth checking by itself: "one city" and "two cats" are not, two dead are."""
    value = figure.quantity.value
    small = figure.quantity.dimension == "count" and value is not None and 0 <= value <= 3
    return not small or figure.measure.running


def _kind(words: str, figures: bool, spoken: bool) -> ClaimType:
    if figures:
        return ClaimType.FIGURE
    if spoken and ("\u201c" in words or words.count('"') > 1):
        return ClaimType.QUOTE
    if spoken:
        return ClaimType.ATTRIBUTION
    if _IDENTITY.search(words):
        return ClaimType.IDENTITY
    return ClaimType.EVENT


def _is_boilerplate(words: str) -> bool:
    low = words.lower()
    return any(phrase in low for phrase in _LEX.boilerplate)


def score(words: str, figures: int = 0, attributed: bool = False) -> tuple[float, tuple[str, ...]]:
    """How much a sentence is worth checking, and why, in an editor's words.

    >>> score("Should we wait?")[0] < 0.2
    True
    """
    tokens = _WORD.findall(words)
    if len(tokens) < 3 or _is_boilerplate(words):
        return 0.0, ("nothing is stated",)
    low = {t.lower() for t in tokens}
    value = 0.3
    reasons: list[str] = []

    def weigh(holds: bool, by: float, reason: str) -> None:
        nonlocal value
        if holds:
            value += by
            reasons.append(reason)

    numbers = bool(figures) or _DIGIT.search(words) is not None
    weigh(numbers, 0.3, "states a figure")
    weigh(bool(_NAME.search(words)), 0.08, "names someone or somewhere")
    weigh(not low.isdisjoint(_LEX.checkworthy_verbs), 0.12, "says that something happened")
    weigh(not low.isdisjoint(_COMPARE), 0.1, "compares or measures")
    weigh(not low.isdisjoint(_POLICY), 0.08, "about public policy")
    weigh(not low.isdisjoint(_PAST), 0.04, "about past or present")
    weigh(not low.isdisjoint(_GENERAL), 0.05, "a sweeping word")
    weigh(attributed, 0.05, "ascribed to someone")
    weigh(words.rstrip("\"\u201d' ").endswith("?"), -0.4, "a question")
    weigh(not low.isdisjoint(_LEX.opinion_words), -0.14, "an opinion or a wish")
    weigh(not low.isdisjoint(_FUTURE), -0.1, "about what should or will be")
    weigh(not low.isdisjoint(_FIRST), -0.04, "speaks of the speaker")
    weigh(not low.isdisjoint(_SECOND), -0.1, "speaks to the listener")
    weigh(len(tokens) < 7, -0.12, "very short")
    weigh(len(tokens) > 14, 0.05, "has detail")
    checkable = (
        bool(figures) or attributed or not low.isdisjoint(_LEX.checkworthy_verbs) or (numbers and len(tokens) > 8)
    )
    if not checkable and value > _UNSTATED:
        value = _UNSTATED
        reasons.append("no figure, quote or event")
    return round(min(1.0, max(0.0, value)), 3), tuple(reasons) or ("no figure, quote or event",)
