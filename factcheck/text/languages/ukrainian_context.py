"""What a figure of a Ukrainian sentence counts, for what day, at which place, and who says it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from factcheck.text.counted import CountedNoun
from factcheck.text.dates import DateMention, day_period, months, stated_period
from factcheck.text.languages.ukrainian_quantities import UkrainianNumber
from factcheck.text.lexicon import load, uk
from factcheck.text.patterns import Pattern
from factcheck.text.values import AttributionMention, Period, Span

_EN = load()
_AHEAD_DAYS = 45
"""A day of the year that lies further ahead than this is that of the year before."""
_LIST_REACH = 60
_FARTHEST_EVENT = 110
"""What an event word may cost at most, in letters, a clause counting 30."""
_OUT_OF = Pattern(r"\s(?:із|з)\s(?:\d[\d \u00a0]*|[\w']+)(?=\s[\w'])")
_MOST_WORDS = 4
"""Words between a number and its noun: "12 українських цивільних осіб"."""
_NOUN = Pattern("(?i:" + "|".join(rf"(?P<n{n}>(?:{p})(?![\w']))" for n, p in enumerate(uk.NOUNS)) + ")")
_NOUN_NAMES = list(uk.NOUNS.values())
_EVENT = Pattern("(?i:" + "|".join(rf"(?P<e{n}>(?<![\w'])(?:{p})(?![\w']))" for n, p in enumerate(uk.EVENTS)) + ")")
_EVENT_NAMES = list(uk.EVENTS.values())
_QUANTITY = Pattern(
    "(?i:" + "|".join(rf"(?P<q{n}>(?<![\w'])(?:{p})(?![\w']))" for n, p in enumerate(uk.QUANTITIES)) + ")"
)
_QUANTITY_NAMES = list(uk.QUANTITIES.values())
_WORD = Pattern(r"[^\W\d_][\w'-]*")
_CLAUSE = Pattern(r"[,;:\u2014]|(?<!\w)(?:а|але|ще|також|водночас|та|і|й)(?!\w)")
_MONTHS = "|".join(uk.MONTHS)
_WEEKDAYS = "|".join(uk.WEEKDAYS)
_DATE = Pattern(
    rf"(?i:(?<![\w,.'])(?P<day>[12]?\d|3[01])(?:-го)?\s(?P<month>{_MONTHS})(?:\s(?P<year>(?:19"
    rf"|20)\d\d)(?:\sроку|\sр\.)?)?(?![\w'])"
    rf"|(?<![\w.])(?P<dd>[0-3]?\d)\.(?P<mm>[01]?\d)\.(?P<yyyy>(?:19|20)\d\d)(?!\d)"
    rf"|(?<![\w'])(?:у|в|за)\s(?P<in>{_MONTHS})(?:\s(?P<in_year>(?:19|20)\d\d)(?:\sроку)?)?(?![\w'])"
    r"|(?<![\w.,])(?P<only>(?:19|20)\d\d)(?:\s(?:рік|року|році|роком)(?!\w)|-(?:й|го|му)(?!\w))"
    rf"|(?<![\w'])(?:у|в)\s(?:минул(?:у|ий|ого)\s)?(?P<weekday>{_WEEKDAYS})(?![\w'])"
    r"|(?<![\w'])(?P<word>вчора|учора|сьогодні|позавчора|торік|минулого\s(?:року|тижня|місяця)|цього\s(?:року"
    r"|тижня|місяця))(?![\w']))"
)
_AS_OF = Pattern(r"(?i:(?<!\w)станом\sна\s(?:ранок\s|вечір\s|\d{1,2}[:.]\d\d\s|кінець\s)?$)")
_AIM = Pattern(r"(?i:(?<![\w'])(?:до|з|від|після|з-поміж|порівняно\sз|ніж\s(?:у|в)?)\s(?:кінця\s)?$)")
_BY_WORDS = Pattern(
    rf"(?i:(?<![\w'])за\s(?:[\w']+\s)?(?:{'|'.join(uk.BY_WORDS)})\s)(?P<party>[^,.;:\n\u2014\u2013()]{{2,120}}?)(?=[,.;:\n]|\s[\u2014\u2013(]|$)"
)
_SAID = Pattern(rf"(?i:(?<![\w'])(?P<verb>{uk.SAYING})(?![\w']))")
_PARTY_AFTER = Pattern(r"\s(?:(?:у|в)\s)?(?P<party>[^,.;:\n\u2014\u2013()]{2,120}?)(?=[,.;:\n]|\s[\u2014\u2013(]|$)")
_PARTY_BEFORE = Pattern(
    r"(?:^|[.!?\n,:;«»\u2014\u2013]\s?)(?P<party>[^.!?\n,:;«»\u2014\u2013]{2,120}?)(?:,\s[^,]{2,60},)?\s(?:також\s|раніше\s|уже\s)?$"
)
_NO_PARTY = Pattern(
    r"(?i:що\s|про\s|(?:у|в)\s(?:понеділ|вівтор|серед|четвер|п'ятниц|субот|неділ|своєму|ефірі"
    r"|інтерв|телеграм|facebook))"
)
_SAYS_THAT = Pattern(r"(?i:(?:\s[\w']+){0,3}?(?:,\s(?:що|як|скільки)\s|:|\sпро\s))")
_TAIL = Pattern(r"(?i:\s(?:у|в|на|під\sчас|вранці|ввечері|сьогодні|вчора|учора)\s?(?:[\w'-]+\s?){0,3}$)")
_PLACE = Pattern("|".join(rf"(?P<p{n}>(?<![\w'])(?:{p})(?![\w']))" for n, p in enumerate(uk.PLACES)))
_PLACE_NAMES = list(uk.PLACES.values())


def _named(match: re.Match[str], names: list[str]) -> str:
    return names[int((match.lastgroup or "x0")[1:])]


@dataclass(frozen=True, slots=True)
class KnownWords:
    """The events, quantities and places of one sentence, each with where it stands and its name in English."""

    events: list[tuple[Span, str]]
    quantities: list[tuple[Span, str]]
    places: list[tuple[Span, str]]


NOTHING = KnownWords([], [], [])


def known_words(text: str, sentence: Span) -> KnownWords:
    """What a sentence names, looked for once for all its figures.

    >>> known_words("Загинули люди в Одесі.", Span(0, 22)).places
    [(Span(start=16, end=21), 'Odesa')]
    """
    tables = ((_EVENT, _EVENT_NAMES), (_QUANTITY, _QUANTITY_NAMES), (_PLACE, _PLACE_NAMES))
    found = (
        [(Span(*m.span()), _named(m, names)) for m in p.finditer(text, sentence.start, sentence.end)]
        for p, names in tables
    )
    return KnownWords(*found)


def counted_noun(
    text: str, number: UkrainianNumber, floor: int, limit: int, clause: Span, known: KnownWords
) -> CountedNoun:
    """What a number counts and what befell it: the noun behind it, the event nearest in its clause.

    ``floor`` and ``limit`` are the borders of the figures before and behind it.
    """
    noun, event, written = "", "", ""
    tail = number.tail
    shared = _OUT_OF.match(text, number.tail, clause.end)
    if shared is not None:
        tail, limit = shared.end(), clause.end
    words = list(islice(_WORD.finditer(text, tail, limit), _MOST_WORDS))
    for at, word in enumerate(words):
        gap = text[words[at - 1].end() if at else tail : word.start()]
        if "," in gap or "." in gap:
            break
        found = _NOUN.match(text, word.start(), limit)
        if found is not None:
            noun, written = _named(found, _NOUN_NAMES), text[word.start() : found.end()]
            break
    event = _nearest(text, number, floor, limit, known.events)
    family = _EN.event_families.get(event, "")
    if noun in ("dead", "injured"):
        family, noun, event = {"dead": "killed", "injured": "injured"}[noun], "people", noun
    quantity = "" if family or noun else _quantity(number, known.quantities)
    return (
        CountedNoun(noun=noun, head=noun, event=event, family=family, quantity=quantity)
        if written or event or quantity
        else CountedNoun()
    )


def shares_event(text: str, first: UkrainianNumber, second: UkrainianNumber) -> bool:
    """Whether one verb holds for both of two figures of a list: "пошкоджено 9 будинків, садок і понад 60 машин"."""
    between = text[first.tail : second.lead]
    return len(between) < _LIST_REACH and not any(mark in between for mark in ";.\u2014\u2013") and "," in between


def _nearest(text: str, number: UkrainianNumber, floor: int, limit: int, events: list[tuple[Span, str]]) -> str:
    """The event word nearest to a number: before it as far as the figure before, behind it as far as the next."""
    best: tuple[int, str] | None = None
    for span, name in events:
        before = span.end <= number.lead
        first, second = (span.end, number.lead) if before else (number.tail, span.start)
        if second - first > _FARTHEST_EVENT:
            continue
        past = span.end <= floor or span.start >= limit
        cost = (
            second - first + 30 * len(_CLAUSE.findall(text[first:second])) + (25 if past else 0) + (0 if before else 4)
        )
        if best is None or cost < best[0]:
            best = (cost, name)
    return best[1] if best and best[0] < _FARTHEST_EVENT else ""


def _quantity(number: UkrainianNumber, quantities: list[tuple[Span, str]]) -> str:
    if not quantities:
        return ""
    _, name = min(quantities, key=lambda q: min(abs(q[0].end - number.lead), abs(q[0].start - number.tail)))
    return _EN.quantity_nouns.get(name, name)


def find_dates(text: str, ref: datetime | None) -> list[DateMention]:
    """The dates of a text, understood from the time of publication.

    >>> found = find_dates("станом на 3 травня, у вівторок, торік", datetime(2031, 5, 14))
    >>> [d.period.start.date().isoformat() for d in found]
    ['2031-05-03', '2031-05-13', '2030-01-01']
    """
    out: list[DateMention] = []
    for match in _DATE.finditer(text):
        try:
            period = _period(match, ref)
        except (ValueError, OverflowError):
            continue
        out.append(DateMention(Span(*match.span()), period))
    return out


def _month(written: str) -> int:
    return next(number for pattern, number in uk.MONTHS.items() if re.fullmatch(pattern, written.lower()))


def _period(match: re.Match[str], ref: datetime | None) -> Period | None:
    """The period that an expression of time means; None where the time of publication is needed and not known."""
    said = match.group()
    if match["only"]:
        return months(int(match["only"]), 1, 12, ref, said, "year")
    if match["yyyy"]:
        written = datetime(int(match["yyyy"]), int(match["mm"]), int(match["dd"]), tzinfo=ref.tzinfo if ref else None)
        return day_period(written, said)
    if ref is None:
        return None
    today = ref.replace(hour=0, minute=0, second=0, microsecond=0)
    if match["day"]:
        month, day = _month(match["month"]), int(match["day"])
        year = int(match["year"]) if match["year"] else ref.year
        moment = today.replace(year=year, month=month, day=day)
        if not match["year"] and moment > today + timedelta(days=_AHEAD_DAYS):
            moment = moment.replace(year=year - 1)
        return day_period(moment, said)
    if match["in"]:
        month = _month(match["in"])
        year = int(match["in_year"]) if match["in_year"] else ref.year - (month > ref.month)
        return months(year, month, 1, ref, said, "month")
    if match["weekday"]:
        number = next(n for p, n in uk.WEEKDAYS.items() if re.fullmatch(p, match["weekday"].lower()))
        return day_period(today - timedelta(days=(today.weekday() - number) % 7), said)
    return _of_word(match["word"].lower(), today, said)


def _of_word(word: str, today: datetime, said: str) -> Period:
    days = {"сьогодні": 0, "вчора": 1, "учора": 1, "позавчора": 2}
    if word in days:
        return day_period(today - timedelta(days=days[word]), said)
    if word == "торік" or word.endswith("року"):
        return months(today.year - (word != "цього року"), 1, 12, today, said, "year")
    if word.endswith("місяця"):
        back = word.startswith("мин")
        year, month = (today.year - 1, 12) if back and today.month == 1 else (today.year, today.month - back)
        return months(year, month, 1, today, said, "month")
    monday = today - timedelta(days=today.weekday() + (7 if word.startswith("мин") else 0))
    return stated_period(monday, monday + timedelta(days=7), "week", said)


def date_of(text: str, number: UkrainianNumber, sentence: Span, dates: list[DateMention]) -> DateMention | None:
    """The date a figure holds for: "станом на" first, then the nearest of its sentence that is no aim or start."""
    here = [d for d in dates if d.period is not None and sentence.contains(d.span)]
    for date in here:
        if _AS_OF.search(text, max(sentence.start, date.span.start - 30), date.span.start):
            return date
    fitting = [d for d in here if not _AIM.search(text, max(sentence.start, d.span.start - 24), d.span.start)]
    return min(fitting, key=lambda d: _distance(text, number.span, d.span), default=None)


def _distance(text: str, number: Span, date: Span) -> int:
    first, second = sorted((number, date))
    between = text[first.end : second.start]
    return len(between) + 30 * len(_CLAUSE.findall(between))


def find_attributions(text: str, sentences: list[Span]) -> list[AttributionMention]:
    """Who says what a sentence holds: "за даними ДСНС", "повідомила ДСНС", "міністр сказав, що".

    >>> t = "Загинуло троє людей, повідомила ДСНС."
    >>> [a.party for a in find_attributions(t, [Span(0, len(t))])]
    ['ДСНС']
    """
    found = (_attribution(text, sentence) for sentence in sentences)
    return [a for a in found if a is not None]


def _attribution(text: str, sentence: Span) -> AttributionMention | None:
    match = _BY_WORDS.search(text, sentence.start, sentence.end)
    if match is not None:
        return _mention(match.group()[: match.start("party") - match.start()].strip(), match, sentence)
    for verb in _SAID.finditer(text, sentence.start, sentence.end):
        after = _PARTY_AFTER.match(text, verb.end(), sentence.end)
        lead = text[max(sentence.start, verb.start() - 6) : verb.start()].rstrip()
        inverted = lead.endswith((",", "\u2014", "\u2013", "»", " як", "Як")) or not lead
        named = after is not None and not _NO_PARTY.match(after["party"])
        if (inverted or verb.group().lower().startswith(("й", "і"))) and after is not None and named:
            return _mention(verb["verb"], after, sentence)
        before = _PARTY_BEFORE.search(text, sentence.start, verb.start())
        clause = _SAYS_THAT.match(text, verb.end(), sentence.end) is not None
        if clause and before is not None and any(word[:1].isupper() for word in before["party"].split()):
            return _mention(verb["verb"], before, sentence)
    return None


def _mention(cue: str, match: re.Match[str], sentence: Span) -> AttributionMention:
    start, end = match.span("party")
    party = match["party"]
    tail = _TAIL.search(party)
    if tail is not None and tail.start() > 2:
        end, party = start + tail.start(), party[: tail.start()]
    return AttributionMention(Span(*match.span()), cue, party.strip(), Span(start, end), content=sentence)


def place_named_nearest(text: str, number: Span, known: KnownWords, story: str) -> str:
    """The known place named nearest to a figure in its sentence, by its English name; else that of the story."""
    if not known.places:
        return story
    return min(known.places, key=lambda place: _distance(text, number, place[0]))[1]


def main_place(text: str) -> str:
    """The place that a text names first."""
    found = _PLACE.search(text)
    return _named(found, _PLACE_NAMES) if found else ""


def glosses_of(word: str) -> str:
    """A word in English, where it is known; else the word itself.

    >>> glosses_of("будинків"), glosses_of("Харкові"), glosses_of("криця")
    ('houses', 'Kharkiv', 'криця')
    """
    for pattern, names in (
        (_EVENT, _EVENT_NAMES),
        (_NOUN, _NOUN_NAMES),
        (_QUANTITY, _QUANTITY_NAMES),
        (_PLACE, _PLACE_NAMES),
    ):
        found = pattern.fullmatch(word)
        if found is not None:
            return _named(found, names)
    return next((english for stem, english in uk.GLOSSES.items() if re.fullmatch(stem, word.lower())), word)
