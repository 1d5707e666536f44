"""Whom a definite noun or a pronoun stands for: "the office", "the think tank", "the mayor", "it".

Here lives the way back to the name; which words of a clause name who speaks is the business of ``parties``.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass, field

from factcheck.text.lexicon import load
from factcheck.text.numbers import alternatives
from factcheck.text.patterns import Pattern

_LEX = load()
_NAME = Pattern(
    r"(?<![\w&'\u2019-])[A-Z][\w&'\u2019-]{0,40}[\w&](?:['\u2019](?=\s[A-Z]))?(?:\s(?:(?:of|for|on)\s(?:the\s)?|and\s)?"
    r"[A-Z][\w&'\u2019-]{0,40}[\w&](?:['\u2019](?=\s[A-Z]))?){1,6}"
)
_TOWN_BODY = Pattern(r"\b(?P<kind>[a-z]{1,30}\s(?:council|office|court|board|hall|police)) of [A-Z][\w'\u2019-]+")
_MEMBERS = Pattern(
    rf"(?i:(?:[\w-]+\s){{0,2}}(?:{alternatives(_LEX.speakers_for)})\s(?:at|of|from|with|for)\s(?:the\s)?)"
    r"(?P<body>[A-Z][\w&.'\u2019-]*(?:\s(?:(?:of|for|on)\s(?:the\s)?|and\s)?[A-Z][\w&.'\u2019-]*)*)"
    r"(?P<rest>(?:\s(?!in\b)[a-z-]+){0,3})"
)
_DEFINITE = Pattern(r"(?i:the|its)\s(?P<noun>[a-z][a-z'\u2019-]*(?:\s[a-z][a-z'\u2019-]*){0,2})")
_TITLED = Pattern(r"(?P<title>[a-z][a-z -]{2,40}), (?P<name>[A-Z][\w.'\u2019-]+(?:\s[A-Z][\w.'\u2019-]+){1,3})")
_FAR = 60
_ORGANISATION = frozenset(word for words in _LEX.kind_words.values() for word in words.split("|")) | _LEX.party_heads
_PERSONAL = frozenset(
    [
        "mayor", "governor", "minister", "president", "chief", "commander", "spokesman", "spokeswoman", "spokesperson",
        "director", "chairman", "chairwoman", "general", "secretary", "sheriff", "coroner", "captain", "colonel",
        "sergeant", "ambassador", "prosecutor", "judge",
    ]
)  # fmt: skip


@dataclass(slots=True)
class Memory:
    """Who has spoken and who has been named so far in one text; lives for one reading."""

    text: str
    person: str = ""
    body: str = ""
    persons: list[str] = field(default_factory=list)
    _names: list[tuple[int, str, frozenset[str]]] | None = None

    def names(self) -> list[tuple[int, str, frozenset[str]]]:
        """Every organisation the text names, with its place and its words."""
        if self._names is None:
            found = [(m.start(), m.group()) for m in _NAME.finditer(self.text)]
            found += [(m.start(), m.group()) for m in _TOWN_BODY.finditer(self.text)]
            rows = [(at, re.sub(r"^The ", "", name), _words(name)) for at, name in found]
            self._names = sorted((at, name, words) for at, name, words in rows if words & _ORGANISATION)
        return self._names

    def last(self, at: int) -> str:
        """The organisation named last before a place."""
        names = self.names()
        index = bisect_left(names, (at,))
        return names[index - 1][1] if index else ""

    def hear(self, party: str, is_person: bool) -> None:
        """Keep who spoke, for a later pronoun or noun."""
        if is_person:
            self.person = party
            self.persons.append(party)
        else:
            self.body = party


def _words(name: str) -> frozenset[str]:
    return frozenset(re.sub(r"['\u2019]s?$", "", w.lower()) for w in name.split())


def resolve(memory: Memory, said: str, at: int) -> str:
    """The name a definite noun stands for where it is said at ``at``; empty where it names nobody earlier.

    >>> t = "The Arden Institute counts boats. Nine sank, the think tank said."
    >>> resolve(Memory(t), "the think tank", 45)
    'Arden Institute'
    """
    match = _DEFINITE.fullmatch(said.strip())
    if match is None:
        return ""
    words = match["noun"].lower().split()
    head = "think tank" if words[-2:] == ["think", "tank"] else words[-1]
    narrow = set(words[:-2] if head == "think tank" else words[:-1])
    if head in _PERSONAL:
        fitting = [
            p
            for p in memory.persons[-20:]
            if head in _words(p.replace(",", "")) and narrow <= _words(p.replace(",", ""))
        ]
        return fitting[-1] if fitting else ""
    kinds = set(_LEX.kind_words.get(head, "").split("|")) | {head}
    names = memory.names()
    last = bisect_left(names, (at,))
    for _, name, of in reversed(names[max(0, last - _FAR) : last]):
        if of & kinds and narrow <= of:
            return name
    if head in _LEX.vague_kinds and not narrow:
        return memory.body
    return ""


def house(party: str) -> str:
    """The organisation where a party is only those who speak for it; an office stands before its holder's name.

    >>> house("Experts at the Arden Institute think tank"), house("Officials in Ost")
    ('Arden Institute', 'Officials in Ost')
    >>> house("mayor, Ada Orr")
    'Mayor Ada Orr'
    """
    match = _MEMBERS.fullmatch(party)
    if match is not None:
        return match["body"]
    titled = _TITLED.fullmatch(party)
    if titled is not None and titled["title"].rsplit(" ", 1)[-1] in _PERSONAL:
        return f"{titled['title'].capitalize()} {titled['name']}"
    return party
