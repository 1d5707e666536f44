"""Whether two names are of one party: an article, a possessive, a place, an acronym, a title or an office apart.

The rules are true of names in news at large and hold no list of names: what a newsroom knows besides (aliases) is
its registry's. In doubt two names are two parties. Which words of a sentence name the party is read elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import combinations

from factcheck.text.lexicon import load
from factcheck.text.patterns import Pattern


def _word_set(phrase: str) -> frozenset[str]:
    return frozenset(phrase.split())


_LEX = load()
_ARTICLES = _word_set("the a an its their his her our")
_LINKS = _word_set("of for the and on in to de la von van der del &")
_HE = _word_set("mr sir lord king prince pope")
_SHE = _word_set("mrs ms miss dame lady queen princess")
_COURTESY = _word_set("mr sir lord mrs ms miss dame lady dr doctor professor acting former")
_UNDER = _word_set("deputy vice vice-president")
_TITLES = _word_set(
    "president minister premier chancellor governor mayor senator general colonel major captain lieutenant admiral "
    "bishop sheriff chief secretary ambassador judge justice prime foreign"
) | (_HE | _SHE | _COURTESY | _UNDER)
_OFFICES = Pattern(
    r"(?i)^(?:(?:a|an|the)\s+)?(?:spokes(?:man|woman|person)|office|press\s+(?:service|office))\s+(?:for|of)\s+(?:the\s+)?(.+)$"
    r"|^(.+?)(?:'s|(?<=s)')\s+(?:office|press\s+(?:service|office)|spokes(?:man|woman|person))$"
    r"|^(?!(?:a|an|the)\s+spokes)(.+?)\s+spokes(?:man|woman|person)(?:\s+[^\W\d_][\w.'-]*){0,3}$"
)
_BODIES = _word_set(
    "ministry department office agency service police army navy force council government parliament assembly senate "
    "congress court board bureau commission committee authority administration institute university school hospital "
    "bank fund union association federation organization society company group corporation party movement brigade "
    "battalion staff command team unit center council official spokesman spokeswoman resident witness worker "
    "network press news post time herald tribune gazette journal mail telegraph mirror observer review daily radio "
    "television house league island airline street nation state republic city town county district region province"
)
_OF_A_PLACE = _word_set(
    "council mayor governor police government parliament president king queen army navy authority brigade ministry "
    "bishop senate court city official resident court prosecutor sheriff premier chancellor"
)
_OF_A_FIELD = _word_set(
    "ministry department minister secretary office institute bureau committee board agency university bank "
    "union association court council commission"
)
_TWO_LETTERS_NAME_NOT = (_OF_A_FIELD | _OF_A_PLACE) - {"union"}
_NO_FORENAMES = _word_set(
    "north south east west northern southern eastern western central new old upper lower great greater saint st san "
    "santa el los las fort port mount lake united"
)
_PARENTHESIS = Pattern(r"^(.*\S)\s*\(([^()]{2,12})\)$")
_TOKEN = Pattern(r"[^\s,;:\"\u201c\u201d()]+")
_ACRONYM = Pattern(r"[A-Z](?:[a-z]?[A-Z]){1,5}$|(?:[A-Z]\.){2,6}$")
_SPELLINGS = (("fence", "fense"), ("isation", "ization"), ("labour", "labor"), ("centre", "center"))


@dataclass(frozen=True, slots=True)
class _Name:
    """A name taken apart: ``owner`` is whose it is or where, ``core`` the rest.

    What may be a person has a surname; ``titles`` stand before it, and ``post`` before them ("Torvik Mayor Ada Orr").
    """

    core: frozenset[str]
    owner: frozenset[str] = frozenset()
    surname: str = ""
    forenames: tuple[str, ...] = ()
    titles: frozenset[str] = frozenset()
    post: frozenset[str] = frozenset()
    acronym: str = ""
    initials: frozenset[str] = frozenset()

    @property
    def whole(self) -> frozenset[str]:
        return self.core | self.owner


def same_party(one: str, other: str) -> bool:
    """Whether two names are surely of one party, judged by the two alone.

    >>> same_party("Finance Ministry", "Sarvenna's Finance Ministry")
    True
    >>> same_party("Velden's Finance Ministry", "Sarvenna's Finance Ministry")
    False
    >>> same_party("ISW", "the Institute for the Study of War")
    True
    >>> same_party("President Volodymyr Zelensky", "Zelensky's office")
    True
    """
    return _same(_parsed(one), _parsed(other))


def one_party(names: Iterable[str], known: Mapping[str, object] | None = None) -> dict[str, str]:
    """For each name the first one that is of the same party; a name that fits two parties stays by itself.

    ``known``: what the registry holds some names to be; two that are known to be different are never one.

    >>> one_party(["Finance Ministry", "Sarvenna's Finance Ministry"])["Sarvenna's Finance Ministry"]
    'Finance Ministry'
    >>> one_party(["Sarvenna's Finance Ministry", "Velden's Finance Ministry", "Finance Ministry"])["Finance Ministry"]
    'Finance Ministry'
    """
    registered = known or {}
    same_words: dict[tuple[frozenset[str], object], list[str]] = {}
    for name in dict.fromkeys(names):
        same_words.setdefault((_parsed(name).whole or frozenset([name]), registered.get(name)), []).append(name)
    groups = list(same_words.values())
    near: dict[int, set[int]] = {at: set() for at in range(len(groups))}
    for one, other in combinations(near, 2):
        if any(_may_be_one(a, b, registered) for a in groups[one] for b in groups[other]):
            near[one].add(other)
            near[other].add(one)
    sure = {at for at in near if all(b in near[a] for a, b in combinations(near[at], 2))}
    first: dict[int, int] = {}
    for at, others in near.items():
        first[at] = min((first[other] for other in others & first.keys() if {at, other} <= sure), default=at)
    return {name: groups[first[at]][0] for at, group in enumerate(groups) for name in group}


def _may_be_one(one: str, other: str, known: Mapping[str, object]) -> bool:
    apart = one in known and other in known and known[one] != known[other]
    return not apart and same_party(one, other)


def _same(a: _Name, b: _Name) -> bool:
    if not a.whole or not b.whole:
        return False
    if a.surname and b.surname:
        return a.surname == b.surname and _same_person(a, b)
    if a.whole == b.whole:
        return True
    if a.acronym or b.acronym:
        return _is_acronym_of(a, b) or _is_acronym_of(b, a)
    if a.core != b.core:
        return False
    if a.owner and b.owner:
        return _same_place(a.owner, b.owner)
    return len(" ".join(a.core).split()) > 1


def _is_acronym_of(short: _Name, full: _Name) -> bool:
    return bool(short.acronym) and not full.acronym and short.acronym in full.initials


def _same_person(a: _Name, b: _Name) -> bool:
    """Whether two with one surname are one person.

    A bare name is that of a longer one only where a title says that it is a person at all: Canada is not Health
    Canada, nor Ford Gerald Ford. Without a forename in common two titles must be those of one office.
    """
    if (a.titles & _HE and b.titles & _SHE) or (a.titles & _SHE and b.titles & _HE):
        return False
    if a.forenames and b.forenames:
        return all(
            x == y or (1 in (len(x), len(y)) and x[0] == y[0]) for x, y in zip(a.forenames, b.forenames, strict=False)
        )
    if a.forenames != b.forenames and not (a.titles or b.titles):
        return False
    return _same_office(a.titles - _COURTESY, b.titles - _COURTESY) and (
        not a.post or not b.post or _same_place(a.post, b.post)
    )


def _same_office(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether titles before a surname may be of one office: one is missing, or one says the other more briefly.

    >>> _same_office(frozenset(["prime", "minister"]), frozenset(["minister"]))
    True
    >>> _same_office(frozenset(["deputy", "mayor"]), frozenset(["mayor"]))
    False
    """
    if not one or not other:
        return True
    return (one <= other or other <= one) and one & _UNDER == other & _UNDER


def _same_place(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether two words of whose it is mean one place: the same, or a country and what is of it.

    >>> _same_place(frozenset(["ukraine"]), frozenset(["ukrainian"]))
    True
    >>> _same_place(frozenset(["niger"]), frozenset(["nigerian"]))
    False
    """
    if one == other:
        return True
    if len(one) != 1 or len(other) != 1:
        return False
    (a,), (b,) = one, other
    return b in _people_of(a) or a in _people_of(b)


def _people_of(place: str) -> set[str]:
    """What is called after a place, as such words are mostly made."""
    if place.endswith(("a", "i", "o")):
        return {place + "n", place[:-1] + "ese", place + "an"}
    if place.endswith(("e", "y")):
        return {place[:-1] + "ian", place[:-1] + "ish", place + "an"}
    return {place + "i", place + "ese"}


@lru_cache(maxsize=4096)
def _parsed(name: str) -> _Name:
    """A name taken apart."""
    phrase = " ".join(name.replace("\u2019", "'").split())
    alias = ""
    if found := _PARENTHESIS.match(phrase):
        phrase, alias = found.group(1), found.group(2)
    for _ in range(2):  # "a spokesman for Zelensky's office"
        if office := _OFFICES.match(phrase):
            phrase = next(part for part in office.groups() if part)
    words = [word if _ACRONYM.match(word) else word.strip(".") or word for word in _TOKEN.findall(phrase)]
    while len(words) > 1 and words[0].casefold() in _ARTICLES:
        words = words[1:]
    if len(words) == 1 and _ACRONYM.match(words[0]):
        letters = words[0].replace(".", "").casefold()
        return _Name(frozenset([letters]), acronym=letters)
    parsed = _person(words) or _body(words)
    initials = _initials(words) | ({alias.replace(".", "").casefold()} if _ACRONYM.match(alias) else set())
    return replace(parsed, initials=frozenset(initials))


def _person(words: list[str]) -> _Name | None:
    """A person, with or without title and forenames; None for what is none."""
    at = max((i for i, word in enumerate(words) if word.casefold().strip(".") in _TITLES), default=-1)
    names = words[at + 1 :]
    if not names or len(names) > 4 or not all(word[:1].isupper() for word in names):
        return None
    low = [_plain_word(word) for word in names]
    if len(words) == 1 and words[0] in _LEX.countries:
        return None
    if any(word.endswith(("'s", "s'")) for word in names) or low[-1] in _BODIES or low[0] in _NO_FORENAMES:
        return None
    before = [_plain_word(word) for word in words[: at + 1]]
    return _Name(
        frozenset(low),
        surname=low[-1],
        forenames=tuple(low[:-1]),
        titles=frozenset(before) & _TITLES,
        post=frozenset(before) - _TITLES - _LINKS,
    )


def _body(words: list[str]) -> _Name:
    """A body or an office: whose it is, or where, apart from what it is."""
    owner: list[str] = []
    for at, word in enumerate(words[:-1]):
        if word[:1].isupper() and (word.endswith("'s") or (word.endswith("s'") and len(words) - at > 2)):
            owner, words = words[: at + 1], words[at + 1 :]
            break
    else:
        owner, words = _place_behind(words) or _place_before(words)
    core = frozenset(_plain_word(word) for word in words if word.casefold() not in _LINKS)
    if len(words) == 2 and words[0].casefold() in _NO_FORENAMES:
        core = frozenset([" ".join(map(_plain_word, words))])  # the West Bank is no Bank of the West
    return _Name(core, frozenset(_plain_word(word) for word in owner if word.casefold() not in _LINKS))


def _place_behind(words: list[str]) -> tuple[list[str], list[str]] | None:
    """ "council of Torvik", "Finance Ministry of Sarvenna"; the Ministry of Finance is of no place."""
    links = [i for i, word in enumerate(words) if word.casefold() in ("of", "in") and 0 < i < len(words) - 1]
    if not links:
        return None
    at = links[-1]
    before = [_plain_word(word) for word in words[:at] if word.casefold() not in _LINKS]
    behind = words[at + 1 :]
    if not before or not all(word[:1].isupper() or word.casefold() in _LINKS for word in behind):
        return None
    head, of_a_people = before[-1], len(before) == 2 and _is_people(words[0])
    if len(before) > 1 and not (of_a_people and head in _OF_A_FIELD):
        of_a_place = bool({before[0], head} & (_BODIES | _OF_A_PLACE))
    else:
        of_a_place = head in _OF_A_PLACE and (head not in _OF_A_FIELD or head == "council")
    return (behind, words[:at]) if of_a_place else None


def _place_before(words: list[str]) -> tuple[list[str], list[str]]:
    """ "Torvik fire brigade": a name before plain words; "Ukrainian Defense Ministry": the word for a people."""
    if len(words) < 2 or not words[0][:1].isupper():
        return [], words
    plain = all(word[:1].islower() for word in words[1:])
    people = _is_people(words[0]) and (len(words) > 2 or _plain_word(words[-1]) in _BODIES | _OF_A_PLACE)
    return (words[:1], words[1:]) if plain or people else ([], words)


def _is_people(word: str) -> bool:
    return word[:1].isupper() and word.endswith(("an", "ish", "ese", "eli", "aqi", "ani"))


def _initials(words: list[str]) -> set[str]:
    """The acronyms a name may have: of its great words, and of all; of two words only where they name no body."""
    great = [word for word in words if word.casefold() not in _LINKS]
    if len(great) < 2 or not all(word[:1].isupper() for word in great):
        return set()
    if len(great) == 2 and (_plain_word(great[-1]) in _TWO_LETTERS_NAME_NOT or great[0].casefold() in _TITLES):
        return {"".join(word[0] for word in words).casefold()} if len(words) > 2 else set()
    return {"".join(word[0] for word in some).casefold() for some in (great, words)}


def _plain_word(word: str) -> str:
    """A word without case, possessive, plural, and the ways in which one language spells it."""
    low = word.casefold().strip(".")
    low = low.removesuffix("'s").removesuffix("'")
    for one, other in _SPELLINGS:
        low = low.replace(one, other)
    if low.endswith("ies") and len(low) > 4:
        return low[:-3] + "y"
    return low[:-1] if low.endswith("s") and not low.endswith(("ss", "us", "is")) and len(low) > 3 else low
