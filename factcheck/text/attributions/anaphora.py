"""Anaphora: the name that a pronoun or a definite noun refers to ("the office", "the think tank", "it").

Which words of a clause name the speaker is decided in ``parties``.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass, field

from factcheck.text.attributions.cues import word_set
from factcheck.text.lexicon import load
from factcheck.text.patterns import Pattern, alternatives
from factcheck.text.values import Span

_LEX = load()
_NAME = Pattern(
    r"(?<![\w&'\u2019-])[A-Z][\w&'\u2019-]{0,40}[\w&](?:['\u2019](?=\s[A-Z]))?(?:\s(?:(?:of|for|on)\s(?:the\s)?|and\s)?"
    r"[A-Z][\w&'\u2019-]{0,40}[\w&](?:['\u2019](?=\s[A-Z]))?){1,6}"
)
_MEMBERS = Pattern(
    rf"(?i:(?:[\w-]+\s){{0,2}}(?:{alternatives(_LEX.speakers_for)})\s(?:at|of|from|with|for)\s(?:the\s)?)"
    r"(?P<body>[A-Z][\w&.'\u2019-]*(?:\s(?:(?:of|for|on)\s(?:the\s)?|and\s)?[A-Z][\w&.'\u2019-]*)*)"
    r"(?P<rest>(?:\s(?!in\b)[a-z-]+){0,3})"
)
_DEFINITE = Pattern(r"(?i:the|its)\s(?P<noun>[a-z][a-z'\u2019-]*(?:\s[a-z][a-z'\u2019-]*){0,2})")
_TITLED = Pattern(r"(?P<title>[a-z][a-z -]{2,40}), (?P<name>[A-Z][\w.'\u2019-]+(?:\s[A-Z][\w.'\u2019-]+){1,3})")
_TIME = Pattern(
    r"(?i:^(?:(?:last|this|next|earlier\sthis)\s(?:week|month|year|night|weekend)|yesterday|today|meanwhile|late|early"
    r"|(?:mon|tues|wednes|thurs|fri|satur|sun)day),?\s(?=[A-Z]|the\s))"
)
_ARTICLE = re.compile(r"^(?:the|a|an|its|his|her|their|our)\s", re.IGNORECASE)
_AGE = re.compile(r",\s\d{1,3}(?=,|$)|\s\([^()]{1,40}\)")
_BODIES = word_set(
    "ministry agency institute department company group bank police army corp plc inc government radio "
    "news officials authorities"
)
_OFFICES = word_set("spokesman spokeswoman spokesperson chief minister president director head")
_PERSONS = word_set("man woman mother father witness spokesman spokeswoman president minister official")
_GIVEN = Pattern(r"(?:(?<![\w'\u2019-])[A-Z][\w.'\u2019-]{0,20}\s){1,4}$")
_LONG_FORM = Pattern(
    r"(?P<name>[A-Z][\w&.'\u2019-]+(?:\s(?:(?:of|for|on|and|in|the)\s){0,2}[A-Z][\w&.'\u2019-]+){1,7})\s\(?$"
)
_STYLES = word_set("Mr Mrs Ms Miss Dr Prof Sir Sgt Capt Lt Col Gen Sen Rep Gov Rev Judge Justice Lord Lady")
_NO_NAMES = (
    _LEX.function_words
    | frozenset(_LEX.weekdays)
    | frozenset(_LEX.months)
    | word_set("but and when while after before as since although though because if also meanwhile still yet so")
)
_FAR = 60
_ORGANISATION = frozenset(word for words in _LEX.kind_words.values() for word in words.split("|")) | _LEX.party_heads
_PERSONAL = frozenset(
    [
        "mayor",
        "governor",
        "minister",
        "president",
        "chief",
        "commander",
        "spokesman",
        "spokeswoman",
        "spokesperson",
        "director",
        "chairman",
        "chairwoman",
        "general",
        "secretary",
        "sheriff",
        "coroner",
        "captain",
        "colonel",
        "sergeant",
        "ambassador",
        "prosecutor",
        "judge",
    ]
)


@dataclass(slots=True)
class Memory:
    """Who has spoken and who has been named so far in one text; kept for one reading."""

    text: str
    person: str = ""
    body: str = ""
    someone: str = ""
    persons: list[str] = field(default_factory=list)
    _fulls: dict[str, str] = field(default_factory=dict)
    _names: list[tuple[int, str, frozenset[str]]] = field(default_factory=list)
    _known: dict[str, tuple[str, bool]] = field(default_factory=dict)
    _read: int = 0

    def names(self, at: int) -> list[tuple[int, str, frozenset[str]]]:
        """Every organisation the text names up to a place, with its place and its words."""
        if at > self._read:
            rows: list[tuple[int, str, frozenset[str]]] = []
            for match in _NAME.finditer(self.text, self._read, at):
                name = match.group()
                words = _words(name)
                if not words.isdisjoint(_ORGANISATION):
                    rows.append((match.start(), name.removeprefix("The "), words))
            self._names += sorted(rows, key=lambda row: (row[0], row[1]))
            self._read = at
        return self._names

    def last(self, at: int) -> str:
        """The organisation named last before a place."""
        names = self.names(at)
        index = bisect_left(names, (at,))
        return names[index - 1][1] if index else ""

    def name(self, mention: str, span: Span) -> str:
        """The party by its name, where a pronoun or a definite noun refers to it; the speaker is remembered."""
        low = mention.lower()
        if low in ("he", "she", "his", "her"):
            return self.person or self.someone or mention
        if low in ("they", "their"):
            return self.someone or self.person or self.last(span.start) or mention
        if low in ("it", "its"):
            return self.body or self.person or self.last(span.start) or mention
        known = self._known.get(mention)
        if known is None:
            party = organisation_of(_strip(mention))
            party = self.full(party, span.start) if party else ""
            known = self._known[mention] = (party, _is_person(party))
        party, person = known
        definite = resolve_definite_noun(self, mention, span.start)
        if definite:
            party, person = definite, _is_person(definite)
        if party:
            self.hear(party, person)
        return party

    def full(self, party: str, at: int) -> str:
        """A last name on its own, or behind a title, with the names that stood before it when it was first given.

        >>> Memory("Mayor Ada Orr spoke. Orr said so.").full("Orr", 21)
        'Mayor Ada Orr'
        """
        if party.isupper() and 2 < len(party) < 8 and party.isalpha():
            return self._spelled_out(party, at) or party
        words = party.split()
        if not words or len(words) > 2 or (len(words) == 2 and words[0].rstrip(".") not in _STYLES):
            return party
        last = words[-1]
        if not last[0].isupper() or len(last) < 3 or last.lower() in _ORGANISATION:
            return party
        if last not in self._fulls:
            self._fulls[last] = self._first_naming(last, at)
        return self._fulls[last] or party

    def _spelled_out(self, acronym: str, at: int) -> str:
        """The name that stands before an acronym in brackets where it is first given: "Arden Oil Survey (AOS)"."""
        if acronym not in self._fulls:
            place = self.text.find(f"({acronym})", 0, at)
            given = _LONG_FORM.search(self.text, max(0, place - 90), place) if place > 0 else None
            name = given["name"].removeprefix("The ") if given is not None else ""
            self._fulls[acronym] = f"{name} ({acronym})" if name[:1] == acronym[0] else ""
        return self._fulls[acronym]

    def _first_naming(self, last: str, at: int) -> str:
        place = 0
        for _ in range(4):
            place = self.text.find(f" {last}", place, at)
            if place < 0:
                return ""
            end = place + 1 + len(last)
            given = _GIVEN.search(self.text, max(0, place - 48), place + 1)
            if given is not None and not self.text[end : end + 1].isalnum():
                names = [w for w in given.group().split() if w.rstrip(".").lower() not in _NO_NAMES]
                if names and not (len(names) == 1 and names[0].rstrip(".") in _STYLES):
                    return " ".join([*names, last])
            place = end
        return ""

    def hear(self, party: str, is_person: bool) -> None:
        """Keep who spoke, for a later pronoun or noun."""
        if is_person:
            self.person = party
            self.persons.append(party)
        else:
            self.someone = party
            self.body = party if _may_be_body(party) else self.body


def _may_be_body(party: str) -> bool:
    """Whether "it" may be this party: it has a name of its own or is a kind of body; "Iraqi exports", a sum are none.

    >>> _may_be_body("Arden Institute"), _may_be_body("Iraqi exports"), _may_be_body("Orr's offer of 40 dollars")
    (True, False, False)
    """
    words = party.split()
    if any(c.isdecimal() for c in party) or not words:
        return False
    if not _words(party).isdisjoint(_ORGANISATION):
        return True
    names = [
        w for w in words if w[:1].isupper() and not w.endswith(("'s", "\u2019s")) and _LEX.countries.get(w, w) == w
    ]
    return bool(names) and words[-1][:1].isupper()


def _strip(party: str) -> str:
    """A party without article, age, or trailing sign."""
    party = _ARTICLE.sub("", _TIME.sub("", party.strip(' ,.;:\u2014-"\u201c\u201d<>')))
    return _AGE.sub("", party).strip(" ,") if "," in party or "(" in party else party


def _is_person(party: str) -> bool:
    words = party.replace(",", "").split()
    heads = {w.lower() for w in words}
    if heads & _BODIES:
        return bool(heads & _OFFICES)
    return sum(w[:1].isupper() for w in words) >= 2 or bool(heads & _PERSONS)


def _words(name: str) -> frozenset[str]:
    low = name.lower().replace("\u2019", "'")
    if "'" in low:
        return frozenset(w.removesuffix("'s").removesuffix("'") for w in low.split())
    return frozenset(low.split())


def resolve_definite_noun(memory: Memory, mention: str, at: int) -> str:
    """The name a definite noun at ``at`` refers to; empty where it refers to nobody named earlier.

    >>> t = "The Arden Institute counts boats. Nine sank, the think tank said."
    >>> resolve_definite_noun(Memory(t), "the think tank", 45)
    'Arden Institute'
    """
    match = _DEFINITE.fullmatch(mention.strip()) if mention[:4].lower() in ("the ", "its ") else None
    if match is None:
        return ""
    words = match["noun"].lower().split()
    head = "think tank" if words[-2:] == ["think", "tank"] else words[-1]
    narrow = set(words[:-2] if head == "think tank" else words[:-1])
    if head in ("statement", "release"):
        return memory.body or memory.person
    if head in _PERSONAL:
        fitting = [
            p
            for p in memory.persons[-20:]
            if head in _words(p.replace(",", "")) and narrow <= _words(p.replace(",", ""))
        ]
        return fitting[-1] if fitting else ""
    if head not in _LEX.kind_words and head not in _ORGANISATION:
        return ""
    kinds = set(_LEX.kind_words.get(head, "").split("|")) | {head}
    if head in _LEX.vague_kinds and not narrow and not kinds.isdisjoint(_words(memory.body)):
        return memory.body
    names = memory.names(at)
    last = bisect_left(names, (at,))
    for _, name, of in reversed(names[max(0, last - _FAR) : last]):
        if of & kinds and narrow <= of:
            return name
    if head in _LEX.vague_kinds and not narrow:
        return memory.body
    return ""


def organisation_of(party: str) -> str:
    """The organisation where a party is only those who speak for it; an office stands before its holder's name.

    >>> organisation_of("Experts at the Arden Institute think tank"), organisation_of("Officials in Ost")
    ('Arden Institute', 'Officials in Ost')
    >>> organisation_of("mayor, Ada Orr")
    'Mayor Ada Orr'
    """
    match = None if _LEX.speakers_for.isdisjoint(party.lower().split()) else _MEMBERS.fullmatch(party)
    if match is not None:
        return match["body"]
    titled = _TITLED.fullmatch(party) if "," in party else None
    if titled is not None and titled["title"].rsplit(" ", 1)[-1] in _PERSONAL:
        return f"{titled['title'].capitalize()} {titled['name']}"
    return party
