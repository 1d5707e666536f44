"""Splits a sentence into clauses that stand on their own.

A split needs a joint (", and", ";", ", while") with a subject and a finite verb on either side. When in doubt a
sentence stays whole. What a clause is worth is in ``checkworthiness``.
"""

from __future__ import annotations

from factcheck.text.homographs import HOMOGRAPHS
from factcheck.text.lexicon import load
from factcheck.text.patterns import Pattern
from factcheck.text.sentences import LONGEST
from factcheck.text.values import Span

_LEX = load()
JOINT = Pattern(r",\s(?:and|but|while|whereas)\s|;\s(?:and\s|but\s|while\s|whereas\s)?")
_WORD = Pattern(r"[^\W_]+(?:[.,]\d+)*(?:['\u2019][a-z]+)?|[,;:]")
FEWEST = 4
_REACH = 7
_WINDOW = 120


def _set(*parts: str) -> frozenset[str]:
    return frozenset(word for part in parts for word in part.split())


# What is finite wherever it stands after a subject.
_FINITE = _set(
    "is are was were has have had will would could did does do can may might should must shall isn't aren't wasn't "
    "weren't hasn't haven't hadn't won't wouldn't couldn't didn't doesn't don't can't cannot",
    "became began came fell fled flew gave grew rose sank said says took told went wrote retook overran remains "
    "remained died dies resigned vanished disappeared collapsed perished happened arrived",
)
# What may be a participle as well ("-ed" too): finite only before what it acts on ("lost 12 men", not "lost in May").
_EITHER = _set("bought cost cut found held hit hurt led left lost made paid put sent shot sold spent struck won")
_OBJECT = _set(
    "a an the this these those that its his her their our my one two three four five six seven eight nine ten about "
    "some at more nearly almost around up no all both another him them it us me"
)
_DETERMINERS = _set(
    "the a an this these those his her its their our my your some many most all several each every another few both no "
    "dozens hundreds thousands millions i he she it we you they there nobody everyone half"
)
_ARTICLES = _set("the a an his her its their our my your every each this that")
_RELATIVE = _set("who which that whose whom where when what why how if whether because although though")
_BREAKS = _RELATIVE | _set("after before since as to than")
_SUBORDINATE = _set("if unless whether although though because since when while as after before until once")


def split_clauses(text: str, sentence: Span, joints: list[Span], figures: list[Span]) -> list[Span]:
    """The clauses of a sentence that stand on their own, in order; the sentence itself where it makes one statement.

    >>> def parts(text: str) -> list[str]:
    ...     joints = [Span(*joint.span()) for joint in JOINT.finditer(text)]
    ...     return [clause.cut(text) for clause in split_clauses(text, Span(0, len(text)), joints, [])]
    >>> parts("A fire killed 12 people, and the mayor, Ada Orr, said 40 homes were lost.")
    ['A fire killed 12 people', 'the mayor, Ada Orr, said 40 homes were lost.']
    >>> parts("Ost lost 12 old ships; Norland has lost 14 men, while the mill was saved.")
    ['Ost lost 12 old ships', 'Norland has lost 14 men', 'the mill was saved.']
    >>> len(parts("Police said the shops, the quays, and the harbour were closed."))
    1
    """
    if sentence.end - sentence.start > LONGEST or text.find("?", sentence.end - 3, sentence.end) >= 0:
        return [sentence]
    out: list[Span] = []
    start = sentence.start
    for at, joint in enumerate(joints):
        end = joints[at + 1].start if at + 1 < len(joints) else sentence.end
        if (
            _is_clause_after(text, joint.end, end)
            and _is_clause_before(text, start, joint.start, text[joint.start : joint.start + 3] in (", a", ", b"))
            and _is_open(text, sentence, joint.start)
            and not any(figure.start < joint.end and figure.end > joint.start for figure in figures)
        ):
            out.append(Span(start, joint.start))
            start = joint.end
    return [*out, Span(start, sentence.end)] if out else [sentence]


def _is_open(text: str, sentence: Span, at: int) -> bool:
    """Whether a place stands outside brackets and quotes, be they opened or closed in another sentence."""
    start, end = sentence.start, sentence.end
    for opening, closing in ("()", "[]", "\u201c\u201d"):
        if text.count(opening, start, at) != text.count(closing, start, at):
            return False
        if text.count(opening, at, end) < text.count(closing, at, end):
            return False
    return not any(text.count(sign, start, at) % 2 or text.count(sign, at, end) % 2 for sign in ('"', "''"))


def _is_clause_before(text: str, start: int, end: int, listing: bool) -> bool:
    """Whether a clause stands before a joint, and no list that continues behind it."""
    tokens = _tokens(text, start, end)
    if len(tokens) - tokens.count(",") < FEWEST or text.find(" not only ", start, end) >= 0:
        return False
    low = [token.lower() for token in tokens]
    first = 0
    if low[0] in _SUBORDINATE:
        if "," not in low:
            return False
        first = low.index(",") + 1
    for at in range(first, len(low)):
        if low[at] in _RELATIVE:
            return False
        if _is_finite(tokens, low, at):
            break
    else:
        return False
    if not listing or "," not in low[at:]:
        return True
    comma = len(low) - low[::-1].index(",")
    return any(_is_finite(tokens, low, place) for place in range(comma, len(low)))


def _is_clause_after(text: str, start: int, end: int) -> bool:
    """Whether what stands after a joint begins with a subject and its verb."""
    first = _WORD.match(text, start, end)
    if first is None or not _is_subject(first.group()) or text.count(" ", start, end) < FEWEST - 1:
        return False
    tokens = _tokens(text, start, min(end, start + _WINDOW))[: _REACH + 4]
    low = [token.lower() for token in tokens]
    commas = 0
    for at in range(1, len(low)):
        if low[at] in ",;:":
            commas += 1
        elif low[at] in _BREAKS or at - commas > _REACH:
            return False
        elif commas % 2 == 0 and _is_finite(tokens, low, at):
            return True
    return False


def _tokens(text: str, start: int, end: int) -> list[str]:
    return [found.group() for found in _WORD.finditer(text, start, end)]


def _is_subject(word: str) -> bool:
    low = word.lower()
    if low in _BREAKS:
        return False
    return word[0].isupper() or word[0].isdigit() or low in _DETERMINERS or low in _LEX.small or low in _LEX.party_heads


def _is_finite(tokens: list[str], low: list[str], at: int) -> bool:
    word = low[at]
    if word in _FINITE:
        named = at and word in HOMOGRAPHS and tokens[at][0].isupper()
        return not named and (not at or low[at - 1] not in _ARTICLES)
    if word not in _EITHER and (word[-2:] != "ed" or len(word) <= FEWEST):
        return False
    if at + 1 == len(low) or (at and low[at - 1] in _ARTICLES):
        return False
    after = tokens[at + 1]
    return low[at + 1] in _OBJECT or after[0].isdigit() or after[0].isupper() or low[at + 1] in _LEX.small
