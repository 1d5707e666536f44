"""Who said it: the party the copy ascribes a stretch to, the cue, and the relay that quotes the party.

Here lives "according to", reporting verbs with their subject before or after, floating quotes, pronouns,
and passive reports. Whether the party can be trusted is for people.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from factcheck.text.anaphora import Memory, house, resolve
from factcheck.text.lexicon import load
from factcheck.text.numbers import alternatives
from factcheck.text.parties import subject_before
from factcheck.text.patterns import Pattern
from factcheck.text.values import AttributionMention, Span

_LEX = load()
_VERB = Pattern(
    rf"(?<![\w-])(?P<verb>{alternatives(_LEX.strong_verbs)}|(?:came\sto|arrived\sat)(?=\s(?:about\s|some\s)?[$£€])"
    r"|(?:counted|tallied)(?=\s(?:[a-z]+\s){0,2}\d))(?![\w-])"
)
_LEAD_IN = Pattern(r"(?i:in|on|at|after|before|during|by|for|with|from|as|since|meanwhile|when|while|if|but|and)\b")
_ASIDE_AFTER = Pattern(r"\s(?!that\b)[^,;\u201d]{1,60}(?:,|$)")
_ACCORDING = Pattern(
    r"(?i:\b(?P<cue>according\sto|in\sthe\swords\sof|as\sreported\sby|as\sconfirmed\sby|confirmed\sby"
    r"|announced\sby|estimated\sby|compiled\sby|released\sby|cited\sby|quoted\sby"
    r"|quoted\sas\ssaying\sby|told\sby)\s|[,(]\s?(?P<per>per)\s(?=an?\s|the\s|[A-Z]))"
)
_RELAY = Pattern(
    r"(?i:\b(?:quoted\sby|cited\sby|citing|translation\sby|as\sreported\sby|confirmed\sby"
    r"|told)\s)(?P<relay>(?:the\s)?[A-Z][\w.&'\u2019-]*(?:\s[A-Z][\w.&'\u2019-]*){0,4})"
)
_CITING = Pattern(r"\b(?P<cue>citing)\s(?P<party>[^,.;\n]{2,80})")
_PASSIVE = Pattern(
    r"(?i:\b(?P<cue>reportedly|allegedly|(?:was|were|is|are|been)\s(?:reported|said|believed|thought"
    r"|estimated|feared|rumou?red)))\b"
)
_PARTY_END = Pattern(
    r"[,;:.!?)\u201d\"\u2014](?:\s|$)|\s(?:who|which|that|as|while|after|when|where|and\s(?:the|its"
    r"|his|that)|but|said|is|are|was|were|has|have|had|would|will|on\s(?:Mon|Tue|Wed|Thu|Fri|Sat"
    r"|Sun)\w*|based|showed|shows)\b|[\u2013\u2014]|\n"
)
_INVERTED = Pattern(
    r"\s(?P<party>(?:(?:the|an?|its|his|her|their|one|local|state|police"
    r"|city)\s)?(?:[\w.'\u2019&-]+\s){0,6}?[A-Z][\w.'\u2019&-]+(?:\s(?:[A-Z][\w.'\u2019&-]+|of|for"
    r"|the|de|van|al|bin))*|(?:the|a|an|local|one)?\s?(?:[\w-]+\s){0,3}?(?:"
    + alternatives(w for w in _LEX.party_heads if len(w) > 3)
    + r"))(?=[,.;]|\s(?:of|who|in|on|at|from|as|during|after|told|adding|said)\b|$)"
)
_SPOKEN = Pattern(r",\s(?:said|says|told|claimed|stated|added|put|estimated|reported)\b")
_TAIL = Pattern(
    rf"(?i:\s*(?:(?:to\s)?(?:[A-Z][\w.]+\s?){{1,3}})?,?\s?(?:(?:on|in|at|late|early|earlier|to|via"
    rf"|during|by)\s[^,.;]{{1,60}}|(?:{alternatives(_LEX.weekdays)}|today|yesterday|later|afterwards"
    rf"|again|there)[^,.;]{{0,30}})?[.!?\"\u201d]*\s*$)"
)
_BLOCKED = frozenset(
    [
        "the",
        "a",
        "an",
        "to",
        "of",
        "in",
        "his",
        "her",
        "their",
        "its",
        "these",
        "those",
        "such",
        "with",
        "for",
        "by",
        "several",
        "some",
        "any",
        "no",
        "not",
        "my",
        "our",
        "your",
        "can",
        "could",
        "will",
        "would",
        "may",
        "might",
        "must",
        "should",
        "be",
        "being",
        "and",
        "or",
        "at",
        "on",
        "from",
        "new",
        "old",
        "false",
        "similar",
        "more",
        "most",
        "all",
        "many",
        "what",
    ]
)
_BODIES = frozenset(
    [
        "ministry",
        "agency",
        "institute",
        "department",
        "company",
        "group",
        "bank",
        "police",
        "army",
        "corp",
        "plc",
        "inc",
        "government",
        "radio",
        "news",
        "officials",
        "authorities",
    ]
)
_OFFICES = frozenset(["spokesman", "spokeswoman", "spokesperson", "chief", "minister", "president", "director", "head"])
_PERSONS = frozenset(
    ["man", "woman", "mother", "father", "witness", "spokesman", "spokeswoman", "president", "minister", "official"]
)
_QUOTES = '"\u201c'


@dataclass(frozen=True, slots=True)
class _Found:
    span: Span
    cue: str
    party: str
    party_span: Span | None
    content: Span
    relay: str = ""


def find(text: str, sentences: list[Span]) -> list[AttributionMention]:
    """Every attribution of a text in order, pronouns resolved to the party last named.

    >>> t = "Nine boats sank, said Mayor Ada Orr. She said two were old."
    >>> from factcheck.text.sentences import split
    >>> [(a.party, a.cue) for a in find(t, split(t))]
    [('Mayor Ada Orr', 'said'), ('Mayor Ada Orr', 'said')]
    """
    out: list[AttributionMention] = []
    memory = Memory(text)
    previous: list[AttributionMention] = []
    for sentence in sentences:
        here: list[AttributionMention] = []
        for found in _in_sentence(text, sentence):
            if found.party.lower() in ("who", "which") and not found.party_span:
                continue
            party = _named(memory, found)
            here.append(AttributionMention(found.span, found.cue, party, found.party_span, found.relay, found.content))
        if not here and previous and _quoted(text, sentence):
            said = previous[-1]
            here = [AttributionMention(sentence, "", said.party, None, said.relay, sentence)]
        out += here
        previous = here
    return _next_quotes(text, sentences, out)


def _named(memory: Memory, found: _Found) -> str:
    """The party by its name, where a pronoun or a definite noun stands for it; whoever speaks is remembered."""
    low = found.party.lower()
    if low in ("he", "she"):
        return memory.person or memory.body
    if low in ("they", "it"):
        return memory.body or memory.person or memory.last(found.span.start)
    party = house(found.party)
    if party and found.party_span is not None:
        party = resolve(memory, found.party_span.cut(memory.text), found.party_span.start) or party
    if party:
        memory.hear(party, _is_person(party))
    return party


def _next_quotes(text: str, sentences: list[Span], found: list[AttributionMention]) -> list[AttributionMention]:
    """A quoted sentence without a cue belongs to who is named in the sentence after it."""
    taken = {a.content.start for a in found if a.content}
    extra: list[AttributionMention] = []
    for one, two in pairwise(sentences):
        if text[one.start] not in _QUOTES or one.start in taken or "\n" in text[one.end : two.start]:
            continue
        says = next((a for a in found if a.content and two.start <= a.span.start < two.end and a.party), None)
        if (says is not None and text[two.start] in _QUOTES + "\u201d") or (
            says is not None and text[one.end - 1] not in '\u201d"'
        ):
            extra.append(replace(says, span=one, cue="", party_span=None, content=one))
    return sorted(found + extra, key=lambda a: (a.span.start, a.span.end))


def _quoted(text: str, sentence: Span) -> bool:
    return text[sentence.start] in _QUOTES and (
        text[sentence.end - 1] in '"\u201d' or text.count("\u201c", sentence.start, sentence.end) > 0
    )


def _is_person(party: str) -> bool:
    words = party.replace(",", "").split()
    capitals = [w for w in words if w[:1].isupper()]
    heads = {w.lower() for w in words}
    if heads & _BODIES:
        return bool(heads & _OFFICES)
    return len(capitals) >= 2 or bool(heads & _PERSONS)


def _in_sentence(text: str, sentence: Span) -> list[_Found]:
    window = text[sentence.start : sentence.end]
    found = list(_according(text, sentence, window))
    taken = [f.span for f in found]
    for match in _VERB.finditer(text, sentence.start, sentence.end):
        if any(s.start <= match.start() < s.end for s in taken):
            continue
        mention = _by_verb(text, sentence, match)
        if mention is not None:
            found.append(mention)
    if not found:
        found += _passive(text, sentence)
    found.sort(key=lambda f: f.span.start)
    return [_cut_at_next(f, found) for f in found]


def _cut_at_next(found: _Found, every: list[_Found]) -> _Found:
    """What X said ends where Y's saying begins."""
    content = found.content
    for other in every:
        if (
            other is not found
            and content.start <= found.span.end
            and found.span.end < other.span.start < content.end
            and other.content.start >= other.span.start
        ):
            return replace(found, content=Span(content.start, max(content.start, other.span.start)))
    return found


def _according(text: str, sentence: Span, window: str) -> Iterator[_Found]:
    low = window.lower()
    if (
        "by " not in low
        and "according" not in low
        and "per " not in low
        and "citing" not in low
        and "words of" not in low
    ):
        return
    for match in _ACCORDING.finditer(text, sentence.start, sentence.end):
        if (
            match["cue"]
            and match["cue"].lower().startswith(("quoted by", "cited by"))
            and _SPOKEN.search(text, match.end(), sentence.end)
        ):
            continue
        end = _party_end(text, match.end(), sentence.end)
        party = text[match.end() : end].strip()
        if not party:
            continue
        cue = (match["cue"] or match["per"]).lower()
        relay_match = _RELAY.search(text, match.start(), sentence.end)
        relay = relay_match["relay"].rstrip(".'\u2019") if relay_match else ""
        span = Span(match.start("cue") if match["cue"] else match.start("per"), end)
        if cue in ("quoted by", "cited by", "confirmed by") or (match["per"] and relay and party.endswith(relay)):
            if match["per"]:
                yield _Found(span, cue, "", None, Span(sentence.start, sentence.start), relay)
                continue
            party = _strip(party)
        first = not window[: match.start() - sentence.start].strip(' "\u201c\u2014-')
        content = Span(end, sentence.end) if first else Span(sentence.start, match.start())
        comma = re.compile(r",\s(?:and|but|while|with|including|which)\s").search(text, end, sentence.end)
        if not first and comma is None and text[end : end + 1] == "," and sentence.end - end > 30:
            content = Span(sentence.start, sentence.end)
        yield _Found(span, cue, _strip(party), Span(match.end(), end), content, relay if relay != party else "")
    for match in _CITING.finditer(text, sentence.start, sentence.end):
        yield _Found(
            Span(*match.span()),
            "citing",
            _strip(match["party"]),
            Span(*match.span("party")),
            Span(sentence.start, match.start()),
        )


def _party_end(text: str, start: int, limit: int) -> int:
    stop = _PARTY_END.search(text, start, min(limit, start + 120))
    end = stop.start() if stop else min(limit, start + 120)
    while (
        stop is not None
        and text[end : end + 1] == "."
        and re.search(r"\b(?:[A-Z]|Mr|Mrs|Ms|Dr|Gen|Col|Lt|Sgt|Gov|Sen|Rep|St|Inc|U\.S|U\.N)$", text[start:end])
    ):
        stop = _PARTY_END.search(text, end + 1, min(limit, start + 120))
        end = stop.start() if stop else min(limit, start + 120)
    if text[end : end + 1] == "," and re.match(
        r",\s(?:an?|the|head|director|president|chief|spokes\w+|minister|mayor|of)\b[^,.;]{2,50}[,.]",
        text[end : min(limit, end + 70)],
    ):
        second = re.compile(r"[,.]").search(text, end + 2, limit)
        if second and not re.search(r"\b(?:said|was|is|were|has|had)\b", text[end : second.start()]):
            end = second.start()
    while end > start and text[end - 1] in " \t":
        end -= 1
    return end


def _strip(party: str) -> str:
    """A party without article, age, or trailing sign."""
    party = re.sub(
        r"^(?:the|a|an|its|his|her|their|our)\s", "", party.strip(' ,.;:\u2014-"\u201c\u201d'), flags=re.IGNORECASE
    )
    party = re.sub(r",\s\d{1,3}(?=,|$)", "", party)
    return re.sub(r"\s{2,}", " ", party).strip(" ,")


def _by_verb(text: str, sentence: Span, match: re.Match[str]) -> _Found | None:
    verb = match["verb"]
    if verb == "think" and text[match.end() : match.end() + 5] in (" tank", "-tank"):
        return None
    before = text[max(sentence.start, match.start() - 12) : match.start()].rstrip().rsplit(" ", 1)[-1].lower()
    if before in _BLOCKED:
        return None
    after = text[match.end() : match.end() + 1]
    preceding = text[max(sentence.start, match.start() - 3) : match.start()].strip()
    if preceding[-1:] in (",", "\u201d", '"', "?", "!") or match.start() == sentence.start:
        inverted = _INVERTED.match(text, match.end(), sentence.end)
        if inverted is not None and (
            verb in ("said", "says", "added", "adds", "told", "wrote", "explained") or preceding[-1:] in ("\u201d", '"')
        ):
            end = _party_end(text, inverted.start("party"), sentence.end)
            party = Span(inverted.start("party"), max(end, inverted.start("party") + 1))
            return _Found(
                Span(match.start(), party.end),
                verb,
                _strip(party.cut(text)),
                party,
                Span(sentence.start, match.start()),
            )
    if verb in ("saying", "adding", "claiming", "reporting", "stating", "confirming", "announcing"):
        subject = _participlesubject_before(text, sentence, match)
    else:
        subject = subject_before(text, sentence, match.start())
    if subject is None:
        return None
    if before in ("was", "were", "is", "are", "been"):
        return None
    tail = _TAIL.match(text, match.end(), sentence.end)
    lead = text[sentence.start : subject.start].strip()
    aside = (
        lead.endswith(",")
        and len(lead) > (25 if _LEAD_IN.match(lead) else 12)
        and _ASIDE_AFTER.match(text, match.end(), sentence.end) is not None
    )
    if tail is None and (aside or lead.endswith(", which")):
        content = sentence
    elif (tail is not None and len(lead) > 12) or (after == "," and len(lead) > 25):
        content = Span(sentence.start, subject.start) if tail else Span(sentence.start, sentence.end)
    else:
        quoted = text[sentence.start] in _QUOTES
        content = Span(sentence.start if quoted else match.end(), sentence.end)
    relay = _RELAY.search(text, subject.end, match.start())
    carried = relay["relay"].rstrip(".'\u2019").removeprefix("the ") if relay else ""
    return _Found(Span(subject.start, match.end()), verb, _strip(subject.cut(text)), subject, content, carried)


def _participlesubject_before(text: str, sentence: Span, match: re.Match[str]) -> Span | None:
    """ "…, adding that": the subject of the sentence, its first name-like words."""
    first = re.compile(
        r"(?:The\s|An?\s)?(?:[A-Z][\w.'\u2019&-]+)(?:\s(?:[A-Z][\w.'\u2019&-]+|of|for|the))*|(?:He|She"
        r"|They|It)\b"
    ).match(text, sentence.start, match.start())
    if (
        first is None
        or text[match.start() - 2 : match.start()].strip() not in (",", "\u2014", "")
        or "," not in text[match.start() - 3 : match.start()]
    ):
        return None
    return Span(*first.span())


def _passive(text: str, sentence: Span) -> list[_Found]:
    match = _PASSIVE.search(text, sentence.start, sentence.end)
    if match is None:
        return []
    return [_Found(Span(*match.span()), match["cue"].lower(), "", None, sentence)]
