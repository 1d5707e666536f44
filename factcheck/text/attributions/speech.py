"""The attributions of one sentence: which reporting verb ascribes which words to which party.

Reads verbs with their subject on either side, participles and passives. Other cues are in ``phrases``, the extent of
the content in ``content``; quotations over several sentences and pronouns are resolved in ``detection``.
"""

from __future__ import annotations

from factcheck.text.attributions.content import FINITE, content_span, quote_near
from factcheck.text.attributions.cues import ACT, ALL, BY, DOCUMENTS, FIND, NOUNS, PASSIVE, SAY, STATEMENTS, word_set
from factcheck.text.attributions.parties import (
    ADVERBS,
    AUXILIARIES,
    HARD,
    PRONOUNS,
    QUOTE,
    Party,
    SentenceWords,
    can_speak,
    party_after,
    party_before,
)
from factcheck.text.attributions.phrases import (
    CUE_PHRASES,
    FoundAttribution,
    by_party_attribution,
    cue_phrase_attribution,
    make_attribution,
    report_noun_attribution,
    unnamed_attribution,
)
from factcheck.text.values import Span

_MOST_CUES = 40
_WITH_TO = word_set(
    "decline declines declined declining intend intends intended intending refuse refuses refused refusing"
)
_AIMS = word_set("plan plans hope hopes promise promises pledge pledges vow vows offer offers threat")
_OWN = word_set("i we you one i've i'd we've that which")
_ANSWERS = word_set("responded responds respond replied replies continued continues continue continuing")
_PLURAL = word_set("people police they we some many most others those all several majority men women percent two %")
_PARTICLES = word_set("off up in back out")
_PLAIN = word_set("said says told say saying wrote writes")
_BLOCKED = word_set(
    "the a an to of in his her their its these those such with for by several some any no my our your and "
    "or at on from new old false similar more most all many what two three four five six this that recent "
    "initial own other"
)
_THEY_DO = word_set(
    "leave kill injure hurt wound hit strike rock shake shut cause force destroy damage cost rise fall grow go"
)
"""What a plural noun does in the present: "attacks kill 40", "claims rise"."""
_BE = word_set("is are was were been be being")
_NOUN_LIKE = word_set(
    "report reports estimate estimates state states claim claims show shows call calls plan plans put "
    "puts hope hopes record records list lists count counts project projects post posts tweet tweets note "
    "notes remark remarks comment comments suspect suspects support supports demand demands promise "
    "promises pledge pledges attack attacks blast blasts request requests offer offers fear fears worry worries rank "
    "ranks rate rates tally tallies forecast forecasts question questions vow vows welcome order orders "
    "view views threat push blame praise joke jokes urge urges favor favors thought"
)
_NO_OBJECT = word_set(
    ". , ; of in about by from with are is were was have has had will would and or at would could \u2014 - as"
)
_NUMBERS_ONLY = word_set("put puts list lists rank ranks rate rates peg pegs pegged pegging record records")
_NEVER_OBJECT = word_set("of are is were was have has had")
_OPENS = frozenset(["that", QUOTE, ",", "."])
_COUNTS = ("count", "tall", "record", "list")
_INVERTED = word_set("said says say added adds told wrote explained reported writes noted")
_MAYBE = word_set("reportedly allegedly")


def read_sentence(line: SentenceWords) -> list[FoundAttribution]:
    """The attributions of one sentence in order.

    >>> from factcheck.text.attributions.parties import read_line
    >>> t = "Nine boats sank, said Mayor Ada Orr of Ost."
    >>> [(f.party, f.cue, f.content.cut(t)) for f in read_sentence(read_line(t, Span(0, len(t)), []))]
    [('Mayor Ada Orr of Ost', 'said', 'Nine boats sank')]
    """
    found: list[FoundAttribution] = []
    cues = [at for at, word in enumerate(line.low) if word in _STARTS]
    for at in cues[:_MOST_CUES]:
        one = _one(line, at, line.low[at], found)
        if one is not None:
            found.append(one)
    if len(found) > 1:
        found = _cut_at_next_speaker(found, line.text)
    return found


def _one(line: SentenceWords, at: int, word: str, found: list[FoundAttribution]) -> FoundAttribution | None:
    following = line.low[at + 1] if at + 1 < len(line.low) else "."
    if word in CUE_PHRASES:
        return cue_phrase_attribution(line, at, word, following)
    if word in _MAYBE:
        return None if found else unnamed_attribution(line, at, word)
    if following == "by" and word in BY:
        return by_party_attribution(line, at, word)
    if word in NOUNS and following == "that":
        one = report_noun_attribution(line, at, word)
        if one is not None:
            return one
    if word in PASSIVE and _is_passive(line, at) and not (word in ("quoted", "cited") and following == "as"):
        return None if found else unnamed_attribution(line, at, word)
    if word in ALL and (not at or line.low[at - 1] not in ("to", "be")):
        return _by_verb(line, at, word, following, found)
    return None


def _is_passive(line: SentenceWords, at: int) -> bool:
    return any(w in _BE for w in line.low[max(0, at - 3) : at]) and all(
        w in _BE or w in ADVERBS or w in AUXILIARIES for w in line.low[max(0, at - 1) : at]
    )


def _by_verb(
    line: SentenceWords, at: int, word: str, following: str, found: list[FoundAttribution]
) -> FoundAttribution | None:
    previous = line.low[at - 1] if at else ""
    if _is_no_verb(line, word, previous, following):
        return None
    if (
        word in SAY
        and word != "told"
        and (previous in (",", QUOTE, "") or previous in HARD)
        and not word.endswith("ing")
    ):
        inverted = _inverted(line, at, word)
        if inverted is not None:
            return inverted
    subject, participle = _subject(line, at, word)
    if subject is None:
        return _participle(line, at, word, found) if participle else None
    if not (word in _PLAIN or _allowed(line, at, word, subject, following)):
        return None
    what = content_span(line, at, word, subject)
    return make_attribution(line, Span(line.start(subject.first), line.end(at)), word, subject, what) if what else None


def _is_no_verb(line: SentenceWords, word: str, previous: str, following: str) -> bool:
    """Whether the words beside it show that a word is a noun here, or part of another expression."""
    if word in _PLAIN:
        return False
    if previous in _BLOCKED or (previous.endswith(("'s", "s'")) and previous not in ("he's", "she's")):
        return True
    if (word == "think" and following.startswith("tank")) or (word == "shot" and following != "back"):
        return True
    if word in _NOUN_LIKE and (following in FINITE or following in _NEVER_OBJECT or following.endswith("ed")):
        return True
    if word in _NOUN_LIKE and word.endswith("s") and following in _THEY_DO:
        return True
    return (
        word in FIND
        and following not in _OPENS
        and not word.startswith(_COUNTS)
        and word not in _NUMBERS_ONLY
        and DOCUMENTS.isdisjoint(line.low)
    )


def _subject(line: SentenceWords, at: int, word: str) -> tuple[Party | None, bool]:
    """The subject before a verb, over "has", "repeatedly"; whether the verb may be a participle set apart."""
    low = line.low
    stop = at
    while stop > 0 and (low[stop - 1] in AUXILIARIES or _is_adverb(low[stop - 1])):
        stop -= 1
    if stop <= 0 or (word.endswith("ed") and word not in ("quoted", "cited") and not _BE.isdisjoint(low[stop:at])):
        return None, False
    previous = low[stop - 1]
    if word.endswith("ing") and AUXILIARIES.isdisjoint(low[stop:at]):
        if previous in (",", "by", "after", "while") or previous in HARD:
            return None, True
        subject = party_before(line, stop)
        if subject is None or DOCUMENTS.isdisjoint(low[subject.first : subject.stop]):
            return None, False
        apart = previous in STATEMENTS and subject.first > 1
        return (None, True) if apart else (subject, False)
    if previous in ("and", "but") and stop > 2 and (word in SAY or word in FIND):
        return _opening(line, stop - 1), False
    return party_before(line, stop), False


def _is_adverb(word: str) -> bool:
    return word in ADVERBS or (
        len(word) > 4 and word.endswith("ly") and word not in ("family", "daily", "assembly", "ally")
    )


def _allowed(line: SentenceWords, at: int, word: str, subject: Party, following: str) -> bool:
    """Whether this verb with this subject reports what somebody says, knows or wants."""
    low = line.low
    head = low[subject.name_stop - 1]
    if head in _OWN or not _takes(line, at, word, subject, following):
        return False
    names = range(subject.name_first, subject.name_stop)
    set_apart = following in (".", ",") and subject.first > 2 and low[subject.first - 1] == ","
    if word in _NOUN_LIKE and word != "put":
        plural = word.endswith("s") or any(low[i].endswith("s") or low[i] in _PLURAL or low[i] == "and" for i in names)
        heading = line.words[at][:1].isupper() and not line.words[at - 1][:1].islower()
        bare = following in _NO_OBJECT and word != "puts" and not word.startswith("call") and not set_apart
        if not plural or heading or bare or (following == "to" and word not in _AIMS):
            return False
    if word in _NUMBERS_ONLY:
        return any(w[:1].isdigit() or w[:1] == "$" for w in low[at + 1 :]) and can_speak(line, subject)
    bare = word in FIND and (following not in ("that", QUOTE) or head in ("it", "they"))
    if bare and not any(low[i] in DOCUMENTS for i in names):
        counts = word.startswith(_COUNTS) and any(w[:1].isdigit() for w in low[at + 1 : at + 4])
        return set_apart or (counts and can_speak(line, subject))
    return can_speak(line, subject)


def _takes(line: SentenceWords, at: int, word: str, subject: Party, following: str) -> bool:
    """Whether what follows the verb is what it takes when it reports: "pointed out", not "called off"."""
    low = line.low
    if word in _ANSWERS:
        return following in ("that", QUOTE, ",", ":", ".", "with", "on") or quote_near(line, at + 1)
    if low[subject.first] in ("who", "that", "which") and (subject.first == 0 or low[subject.first - 1] != ","):
        return word not in ACT and following in ("that", QUOTE, "he", "she", "they", "it", "the")
    if word == "states":
        return following in ("that", QUOTE, ":") and low[at - 1] != ","
    if word in _WITH_TO:
        return following == "to"
    if word.startswith("point"):
        return following in ("out", "to")
    return not (word.startswith("call") and (following in _PARTICLES or low[subject.first] in ("a", "an")))


def _inverted(line: SentenceWords, at: int, word: str) -> FoundAttribution | None:
    """ "…, said Ada Orr": the party after the verb, what it says before."""
    low = line.low
    quote = at > 0 and (low[at - 1] == QUOTE or (low[at - 1] == "," and at > 1 and low[at - 2] == QUOTE))
    if at < 1 or not (quote or word in _INVERTED):
        return None
    party = party_after(line, at + 1)
    if party is None:
        return None
    if low[party.first] in PRONOUNS and not quote:
        return None
    if not can_speak(line, party) and not (quote and low[party.first] in ("the", "a", "an", "one", "his", "her")):
        return None
    follows = low[party.stop] if party.stop < len(low) else "."
    if not quote and (follows in FINITE or _is_set_apart(line, at)):
        return None
    later = next((i for i in range(len(low) - 1, party.stop - 1, -1) if low[i] == QUOTE), -1)
    end = later + 1 if later > 0 and quote else at
    while end > 1 and low[end - 1] == "," and end == at:
        end -= 1
    return make_attribution(line, Span(line.start(at), line.end(party.stop - 1)), word, party, line.span(0, end))


def _is_set_apart(line: SentenceWords, at: int) -> bool:
    """Whether the comma before the verb closes what is put after a subject: "Ada Orr, a clerk in Ost, says …"."""
    subject = party_before(line, at)
    return subject is not None and "," in line.low[subject.first : subject.stop] and _clausal(line, at + 1)


def _clausal(line: SentenceWords, at: int) -> bool:
    return any(w in FINITE or w in ALL or w in ("that", QUOTE) for w in line.low[at : at + 14])


def _participle(line: SentenceWords, at: int, word: str, found: list[FoundAttribution]) -> FoundAttribution | None:
    """ "…, adding that": the party that spoke before in the sentence, or the subject of the sentence."""
    if at + 1 >= len(line.low):
        return None
    content = line.span(at + 1, len(line.low))
    span = line.span(at, at + 1)
    if found and found[-1].party:
        last = found[-1]
        return FoundAttribution(span, word, last.party, last.party_span, content, last.relay, last.antecedent)
    subject = _opening(line, at)
    if subject is None or not can_speak(line, subject):
        return None
    return make_attribution(line, span, word, subject, content)


def _opening(line: SentenceWords, at: int) -> Party | None:
    """The subject of the sentence: the noun phrase before its first verb."""
    low = line.low
    for i in range(1, min(at, 30)):
        if (low[i] in FINITE or low[i] in _VERBS or (low[i].endswith("ed") and line.words[i].islower())) and low[
            i - 1
        ] not in ("who", ","):
            stop = i
            while stop > 1 and _is_adverb(low[stop - 1]):
                stop -= 1
            party = party_before(line, stop)
            if party is not None and low[party.first] not in ("that", "which"):
                return party
    return None


def announced_speaker(line: SentenceWords) -> FoundAttribution | None:
    """Who a sentence says is about to speak: its subject."""
    subject = _opening(line, len(line.low))
    if subject is None or not can_speak(line, subject):
        return None
    whole = line.span(0, len(line.low))
    return make_attribution(line, whole, ":", subject, whole)


def _cut_at_next_speaker(found: list[FoundAttribution], text: str) -> list[FoundAttribution]:
    """What X said ends where Y's saying begins beside it: "X said …, but Y said …"."""
    out: list[FoundAttribution] = []
    for index, one in enumerate(found):
        cut = one
        if one.content.start >= one.span.end and one.cue not in ("in", "according to"):
            for other in found[index + 1 :]:
                start = other.span.start
                if not (
                    one.content.start < start < one.content.end and other.content.start >= start and other.party_span
                ):
                    continue
                if other.party_span == one.party_span:
                    continue
                joint = text[max(one.content.start, start - 8) : start].rstrip()
                back = text[max(one.content.start, start - 24) : start]
                digits = text[start].isdigit() and (joint.endswith(",") or ", and " in back or ", but " in back)
                if digits or joint.endswith((", and", ", but", ", while", "; but", "; and", ";")):
                    cut = one._replace(content=Span(one.content.start, start))
                    break
        out.append(cut)
    return out


_VERBS = (ALL - _NOUN_LIKE - DOCUMENTS) | {"put"}
_STARTS = ALL | PASSIVE | BY | NOUNS | CUE_PHRASES | _MAYBE
