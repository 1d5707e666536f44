"""The measure of a figure: the key under which comparable figures meet.

Maps nouns and verbs of the news to families (towns and villages are settlements, the dead and the killed are one
toll), and keeps finer differences as definition or scope.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache
from typing import Any, NamedTuple

from factcheck.text.counted import CountedNoun
from factcheck.text.lexicon import load
from factcheck.text.patterns import Pattern
from factcheck.text.quantities import STATIC_DIMENSIONS, FigureCandidate
from factcheck.text.values import LONGEST_PART, Basis, MeasureIdentity, MeasureKey, Period, Span

_LEX = load()
_CONDITION = Pattern(
    r"(?i:\s(?:(?:people|victims|others|patients|men|women|more|remain\w*|are|were|is|was|still|of"
    r"|those|in|listed)\s){0,6}(?P<state>critical|stable|serious|fair|good|grave)\scondition)"
)
_PART = Pattern(
    r"(?i:\b(?:including|among\sthem|of\s(?:them|these|those)"
    r"|at\sleast\sone\sof)\s(?:[\w$-]+\s){0,4}$)"
)
_ANOTHER = Pattern(r"(?i:\b(?:another|additional|a further|other)\s$)")
_PERSONAL = frozenset(
    [
        "killed",
        "injured",
        "missing",
        "homeless",
        "displaced",
        "trapped",
        "rescued",
        "arrested",
        "infected",
        "hospitalised",
        "captured",
        "released",
        "shot",
        "identified",
        "charged",
        "in care",
    ]
)
_SIDED = frozenset(["launched", "downed"])
_HOLDING = frozenset(["controlled", "recaptured"])
_UNOWNED = frozenset(["damage", "reward"])
_PLAIN_MODIFIERS = frozenset(
    [
        "of",
        "off-duty",
        "powerful",
        "large",
        "small",
        "new",
        "major",
        "potential",
        "possible",
        "total",
        "additional",
        "separate",
        "different",
        "local",
        "main",
        "own",
        "remaining",
        "such",
        "similar",
        "further",
        "strong",
        "big",
    ]
)
_OTHER_EVENT = Pattern(
    r"(?i:\b(?:since|than|like|similar\sto|comparable\s(?:to|with)|compared\s(?:to|with)|recall(?:s|ed|ing)?|echo(?:es|ed|ing)?"
    r"|surpass(?:es|ed|ing)?|after)\s(?:the|a|an|last|that|another)\s)(?P<event>[^,;.]{0,80}?(?i:massacre|shootings?|attacks?"
    r"|bombings?|earthquakes?|quakes?|floods?|storms?|hurricanes?|fires?|crash|disaster|war|strikes?|explosion|blast"
    r"|accident|collapse|eruption|tsunami|cyclone|epidemic|outbreak|famine|siege|battle)\b)[^;]{0,60}$"
)
_BODIES = frozenset(
    [
        "team",
        "delegation",
        "crew",
        "squad",
        "panel",
        "committee",
        "jury",
        "council",
        "board",
        "commission",
        "contingent",
        "mission",
        "force",
        "unit",
        "convoy",
        "parliament",
        "assembly",
        "party",
        "group",
        "brigade",
        "troupe",
    ]
)
_TO_LEVEL = Pattern(r"(?i:\b(?:to|at)\s(?:an?\s|about\s)?$)")
_EVERY = Pattern(r"(?i:\b(?:each|every)\s(?:year|day|month|week)\b|\ban\saverage\sof\s|\bannually\b)")
_PER_SO_MANY = Pattern(r"(?i:(?:\s[\w-]+){0,4}?\s(?:(?:a|per|each|every)\s(?:year|month|week|day)\b|per\s\d|annually))")
_WON = frozenset(["seat", "vote", "point", "goal", "medal", "ballot", "delegate", "constituency", "run", "wicket"])
_OUTSTANDING = Pattern(r"(?:\s[\w'\u2019-]+){1,3}?\soutstanding\b|\soutstanding\s")
_SHOCKS = Pattern(r"(?i:\b(?:earthquakes|quakes|tremors|shocks|aftershocks)\b[^.;,]{0,40}$)")
_IS_CLASS = Pattern(r"(?i:\s(?:is|are|would\sbe)\s(?:considered|regarded|classified|classed|rated|called|capable)\b)")
_AFTERSHOCK = Pattern(r"(?i:[\w\s-]{0,16}\b(?:aftershock|foreshock|(?:new|second|another)\s(?:shock|quake|tremor))\b)")
_STRONG = Pattern(r"-(?:member|strong|person|man|seat)\b")
_BODY_OF = Pattern(rf"(?i:\b(?P<body>(?:{'|'.join(sorted(_BODIES))})s?)\sof\s(?:some\s|about\s)?$)")
_EARLIER = Pattern(
    r"(?i:\bsince\s(?:\w+\s)?(?P<year>(?:19|20)\d\d),?\swhen\b[^.;]{0,60}$|\b(?:an?\s(?:previous|earlier|similar)|the\slast\ssuch)"
    r"\s(?:massacre|shooting|attack|bombing|earthquake|quake|flood|storm|hurricane|fire|crash|disaster|explosion|blast|accident)"
    r"\b[^.;,]{0,40}$)"
)
_THAT = Pattern(r"\b(?:that|which|when|in\swhich)\s(?:[a-z]+\s){0,2}(?:about\s|some\s|at\sleast\s)?$|\b(?:of|with)\s$")
_OTHERS = Pattern(r"(?i:\b(?:others?|more|another|additional)\b)")
_TOLL = frozenset(["killed", "injured", "missing", "homeless", "displaced", "shot"])
_OF_THEM = Pattern(r"(?i:\sof\s(?:them|these|those|whom)\b)")
_FURTHER = Pattern(r"(?i:\s(?:more|additional)\s(?!than))")
_PLAIN = Pattern(r"[a-z]+")
_NAMES = r"[A-Z][\w&-]*(?:['\u2019]s?)?(?:\s[A-Z][\w&-]*(?:['\u2019]s?)?){0,3}"
_BY_NAME = Pattern(rf"(?:\s[a-z]+){{0,4}}\sby\s(?:the\s)?(?P<name>{_NAMES})")
_OWNER = Pattern(
    rf"(?P<object>\b(?i:for|acquire|acquires|acquiring|of|in|buy|buying|from|to|at|on|with"
    rf"|against)\s(?:all\s|the\s)?)?(?<![\w'])(?P<name>{_NAMES})(?P<own>(?<=['\u2019]s)"
    rf"|(?<=s['\u2019]))?"
)
_CAPITAL = Pattern(r"\b[A-Z][\w'\u2019-]+")
_IRREGULAR = {
    "men": "man",
    "women": "woman",
    "children": "child",
    "people": "person",
    "feet": "foot",
    "lives": "life",
    "wives": "wife",
    "knives": "knife",
    "teeth": "tooth",
}


@lru_cache(maxsize=8192)
def lemma(word: str) -> str:
    """The singular of a noun.

    >>> lemma("Villages"), lemma("companies"), lemma("losses")
    ('village', 'company', 'loss')
    """
    low = re.sub(r"['\u2019]s?$", "", word.lower())
    if low in _IRREGULAR:
        return _IRREGULAR[low]
    if low.endswith("ies") and len(low) > 4:
        return low[:-3] + "y"
    if low.endswith(("sses", "shes", "ches", "xes", "buses")):
        return low[:-2]
    if low.endswith("s") and not low.endswith(("ss", "us", "is")) and len(low) > 3:
        return low[:-1]
    return low


def noun_family(noun: str) -> str:
    """The family of a counted noun by its head: town, village and hamlet are settlements.

    >>> noun_family("border villages"), noun_family("hard hats")
    ('settlement', 'hat')
    """
    words = noun.lower().split()
    if not words:
        return ""
    if noun.lower() in _LEX.noun_families:
        return _LEX.noun_families[noun.lower()]
    two = " ".join(words[-2:])
    if "of" in words:
        words = words[: words.index("of")] or words
        two = words[-1]
    return _LEX.noun_families.get(two) or _LEX.noun_families.get(words[-1]) or lemma(words[-1])


class _Thing(NamedTuple):
    """What a figure measures: the event family, the concept and the noun of its key, and the body of people counted."""

    family: str
    concept: str
    noun: str
    body: str = ""

    @property
    def has_side(self) -> bool:
        """Whether it is somebody's: launched and downed drones."""
        return self.family in _SIDED

    @property
    def is_held(self) -> bool:
        """Whether it is land or places that a party holds."""
        return self.family in _HOLDING


def measure_of(
    text: str,
    raw: FigureCandidate,
    found: CountedNoun,
    sentence: Span,
    place: str,
    party: str,
    period: Period | None,
    published: Period | None,
    story: str = "",
) -> MeasureIdentity:
    """The measure of a figure, with the key under which it meets others."""
    dimension = raw.quantity.dimension
    thing = _thing(text, raw, found, sentence)
    year = _event_date(period, published)
    scope = _scope(text, raw, sentence, place)
    scope = "" if scope == "further" and found.first else scope
    owner, modifiers = _owner_and_modifiers(text, raw, found, sentence, thing)
    key = _clipped_key(
        dimension=dimension,
        concept=thing.concept,
        noun=thing.noun,
        modifiers=modifiers,
        side=party.lower() if thing.has_side else _sender(found, party) if thing.body else "",
        owner=owner,
        shock=_other_shock(text, raw, sentence, story) if dimension == "magnitude" else "",
        near=_context(text, raw, sentence) if _says_nothing(dimension, thing.concept, thing.noun) else "",
        year=year,
        event=_other_event(text, raw, sentence) if thing.family in _TOLL and not year else "",
        scope=scope,
        change=_is_change(text, raw) and thing.concept != "growth",
        rate=dimension == "count" and _is_rate(text, raw, sentence),
    )
    return MeasureIdentity(
        key=key,
        counted=found.phrase,
        dimension=dimension,
        definition=found.definition,
        scope=scope,
        place=place,
        party=party if thing.has_side or thing.is_held else "",
        running=_is_running(thing, dimension, is_dated=bool(year)),
    )


def measure_of_noun(
    found: CountedNoun, dimension: str, place: str, period: Period | None, published: Period | None
) -> MeasureIdentity:
    """The measure of a figure of which only the counted noun is known, as of a text in another language.

    >>> str(measure_of_noun(CountedNoun("people", "people", "killed", "killed"), "count", "", None, None).key)
    'count|killed|person'
    """
    year = _event_date(period, published)
    family, concept, noun = _family_concept_noun(found, found.family, dimension)
    key = _clipped_key(dimension=dimension, concept=concept, noun=noun, year=year)
    running = _is_running(_Thing(family, concept, noun), dimension, is_dated=bool(year))
    return MeasureIdentity(key=key, counted=found.phrase, dimension=dimension, place=place, running=running)


def _thing(text: str, raw: FigureCandidate, found: CountedNoun, sentence: Span) -> _Thing:
    """What a figure measures; of a team its size is measured, not its people."""
    dimension = raw.quantity.dimension
    event = _medical_condition(text, raw, sentence) or found.family
    family, concept, noun = _family_concept_noun(found, event, dimension)
    body = _body_of_people(text, raw, found) if dimension == "count" else ""
    if body:
        return _Thing("", "size", body, body)
    if noun == "share" and _OUTSTANDING.match(text, raw.tail, sentence.end):
        noun = "share outstanding"
    return _Thing(family, concept, noun)


def _owner_and_modifiers(
    text: str, raw: FigureCandidate, found: CountedNoun, sentence: Span, thing: _Thing
) -> tuple[str, str]:
    """Whose the thing is, where it is somebody's, and what else narrows it."""
    dimension, noun = raw.quantity.dimension, thing.noun
    is_narrowed = noun and noun != "person" and not (thing.has_side or thing.is_held or thing.body)
    modifiers = _modifiers(found) if is_narrowed else ""
    can_be_owned = dimension.startswith(("money", "ratio")) or noun.startswith("share") or noun in _WON
    if not can_be_owned or thing.concept in _UNOWNED:
        return "", modifiers
    owner = owner_of(text, raw.lead, raw.tail, sentence)
    return (owner, modifiers) if owner else (modifiers, "")  # "900,000 Arden shares": the name before is the owner's


def _clipped_key(**parts: Any) -> MeasureKey:
    """A key whose words are cut to the longest that is kept."""
    clipped: dict[str, Any] = {
        name: part[:LONGEST_PART] if isinstance(part, str) else part for name, part in parts.items()
    }
    return MeasureKey(**clipped)


def _is_running(thing: _Thing, dimension: str, *, is_dated: bool) -> bool:
    """Whether a measure moves with time; a dated event is over."""
    if thing.concept == "level":
        return True
    if dimension == "count":
        moves = thing.family in _LEX.running_families
    else:
        moves = dimension not in STATIC_DIMENSIONS or bool(thing.family)
    return moves and not is_dated


def _is_change(text: str, raw: FigureCandidate) -> bool:
    """Whether a number is the size of a change ("rose by 300"), not the level it led to ("rose to 4,500")."""
    return bool({"up", "down"}.intersection(raw.flags)) and not _TO_LEVEL.search(text, max(0, raw.lead - 12), raw.lead)


def _is_rate(text: str, raw: FigureCandidate, sentence: Span) -> bool:
    """Whether a count is per year or per so many people: "340 deaths per 100,000"."""
    return bool(
        _EVERY.search(text, max(sentence.start, raw.lead - 60), raw.lead)
        or _PER_SO_MANY.match(text, raw.tail, min(sentence.end, raw.tail + 60))
    )


def _body_of_people(text: str, raw: FigureCandidate, found: CountedNoun) -> str:
    """The body of people whose size is given: "a 200-member relief team", "a team of 195 people"."""
    behind = _STRONG.match(text, raw.tail)
    if behind is not None:
        return next((lemma(w) for w in reversed(found.noun.split()) if lemma(w.lower()) in _BODIES), "")
    before = _BODY_OF.search(text, max(0, raw.lead - 24), raw.lead)
    return lemma(before["body"]) if before is not None else ""


def _sender(found: CountedNoun, party: str) -> str:
    """Whose team it is: the people in its name, else the people last named."""
    named = [_LEX.countries[w] for w in found.noun.split() if w in _LEX.countries]
    return (named[0] if named else party).lower()


def _family_concept_noun(found: CountedNoun, family: str, dimension: str) -> tuple[str, str, str]:
    """The event family, the concept and the noun of a key, in the words that copies of one measure share."""
    noun = noun_family(found.noun)
    if family in _PERSONAL and (not noun or noun in ("person", "gunshot", family) or noun in _LEX.event_families):
        noun = "person"
    if family == "shot" and _OTHERS.search(found.phrase):
        family = "injured"  # those hit beside the dead
    if family == "launched" and noun == "gunshot":
        family = ""
    if family == "laid off" or (noun == "loss" and "job" in found.noun.lower()):
        family, noun = "laid off", "person"
    concept = found.quantity or family
    if dimension == "ratio" and (noun == "share" or concept == "stake"):
        return family, "stake", ""
    if dimension == "area" and family in _HOLDING:
        return family, family, ""
    named = found.quantity and (dimension == "magnitude" or found.quantity == _LEX.quantity_nouns.get(noun, ""))
    return family, concept, "" if named else noun


def _modifiers(found: CountedNoun) -> str:
    """Words before the head that narrow it: names and plain adjectives, sorted."""
    words = found.noun.split()
    family = noun_family(found.noun)
    kept = {lemma(w) for w in words[:-1] if w.lower() not in _PLAIN_MODIFIERS and not w.lower().endswith("est")}
    return " ".join(sorted(kept - {family} - set(family.split()))[:2])


def _says_nothing(dimension: str, concept: str, noun: str) -> bool:
    """Whether nothing says what is measured, so that only the same words can mean the same thing."""
    if dimension in ("count", "ratio") or dimension.startswith("money"):
        return not concept and noun in ("", "person", "time")
    return dimension != "magnitude" and not concept


def _context(text: str, raw: FigureCandidate, sentence: Span) -> str:
    """The plain words around a figure, for copies of one report: two before, two after."""
    before = [
        w
        for w in _PLAIN.findall(text[max(sentence.start, raw.lead - 60) : raw.lead].lower())
        if w not in _LEX.function_words
    ]
    after = [
        w
        for w in _PLAIN.findall(text[raw.tail : min(sentence.end, raw.tail + 40)].lower())
        if w not in _LEX.function_words
    ]
    return " ".join(lemma(w) for w in before[-1:] + after[:1])


def owner_of(text: str, begin: int, tail: int, sentence: Span) -> str:
    """Whose price, stake or share it is: "by X" after it, else the last name before it that is not the object.

    >>> t = "Arden Corp raised its offer for Belco to 40 dollars"
    >>> owner_of(t, 41, 51, Span(0, len(t)))
    'arden'
    """
    after = _BY_NAME.match(text, tail, sentence.end)
    if after is not None:
        return _short(after["name"])
    chosen = ""
    for match in _OWNER.finditer(text, max(sentence.start, begin - 160), begin):
        word = match["name"].split()[0]
        low = word.lower().rstrip(".")
        begins = match.start("name") == sentence.start and " " not in match["name"] and match["own"] is None
        if begins and (low in _LEX.quantity_nouns or low in _LEX.noun_families or lemma(low) in _LEX.quantity_nouns):
            continue  # "Unemployment was", "Exports fell"
        if low in _LEX.function_words or low in _LEX.months or low in _LEX.weekdays or word.isdigit():
            continue
        if match["object"] and match["own"] is None:
            continue
        chosen = match["name"]
    return _short(chosen)


def _short(name: str) -> str:
    return lemma(re.sub(r"['\u2019]s?$", "", name.split(maxsplit=1)[0])) if name else ""


def _other_shock(text: str, raw: FigureCandidate, sentence: Span, story: str) -> str:
    """What makes a magnitude another shock's: a class of quakes, an aftershock, another country."""
    window = max(sentence.start, raw.lead - 60)
    if _SHOCKS.search(text, window, raw.lead) or _IS_CLASS.match(text, raw.tail, sentence.end):
        return "class"
    if _AFTERSHOCK.search(text, window, raw.lead) or _AFTERSHOCK.match(
        text, raw.tail, min(sentence.end, raw.tail + 24)
    ):
        return "aftershock"
    clause = max(sentence.start, text.rfind(",", sentence.start, raw.lead) + 1)
    for match in _CAPITAL.finditer(text, clause, raw.lead):
        country = _LEX.countries.get(match.group(), "")
        if country and country not in story:
            return country.lower()
    return ""


def _medical_condition(text: str, raw: FigureCandidate, sentence: Span) -> str:
    condition = _CONDITION.match(text, raw.tail, sentence.end)
    if condition is not None:
        return f"{condition['state'].lower()} condition"
    return ""


def _scope(text: str, raw: FigureCandidate, sentence: Span, place: str) -> str:
    """Part of a whole: "including 34 over …", "another five"; empty for the whole."""
    if _ANOTHER.search(text, max(sentence.start, raw.lead - 14), raw.span.start) or _FURTHER.match(
        text, raw.span.end, sentence.end
    ):
        return "further"
    if _OF_THEM.match(text, raw.span.end, sentence.end) and raw.form != "fraction":
        return "part"
    if _PART.search(text, max(sentence.start, raw.lead - 60), raw.lead):
        return "part:" + place.lower()
    return ""


def _other_event(text: str, raw: FigureCandidate, sentence: Span) -> str:
    """The event a toll is of where the copy only compares with it: "since the flood in Ost that killed 49"."""
    window = max(sentence.start, raw.lead - 160)
    earlier = _EARLIER.search(text, window, raw.lead)
    if earlier is not None:
        return str(earlier["year"] or "earlier")
    match = _OTHER_EVENT.search(text, window, raw.lead)
    if match is None or not _THAT.search(text, match.start(), raw.lead):
        return ""
    return " ".join(sorted({lemma(w) for w in _PLAIN.findall(match["event"].lower())} - _LEX.function_words)[:3])


def _event_date(period: Period | None, published: Period | None) -> str:
    """The date of another event than the one reported, as far as the copy dates it."""
    if period is None or period.basis in (Basis.PUBLICATION, Basis.UNKNOWN):
        return ""
    if period.basis is Basis.EVENT or published is None:
        return f"{period.start.year}"
    ahead = period.start > published.end or period.granularity == "year"
    return f"{period.start.year}" if ahead and period.start.year != published.start.year else ""


def with_place(measure: MeasureIdentity, place: str) -> MeasureIdentity:
    """The same measure kept apart because one sentence gives it for two places: "23 in Assam and 41 in Bihar".

    >>> with_place(MeasureIdentity(MeasureKey("count", "killed", "person"), "people killed", "count"), "Ost").key.place
    'ost'
    """
    return replace(measure, key=replace(measure.key, place=place.partition(",")[0].lower()[:LONGEST_PART]))


def with_modality(measure: MeasureIdentity, mood: str) -> MeasureIdentity:
    """The same measure kept apart because the copy forecasts, fears, plans or denies it."""
    return replace(measure, key=replace(measure.key, mood=mood))
