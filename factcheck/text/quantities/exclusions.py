"""Numbers that are no figures: ages, clock times, addresses, telephone numbers, designations, links.

Each rule has a name, so that a reading can say why a number was passed over. Dates are found in ``dates``; what
remains is read in ``figures``.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from factcheck.text.lexicon import load
from factcheck.text.patterns import Pattern, alternatives
from factcheck.text.quantities import units
from factcheck.text.quantities.numerals import NumberMention, without_mark

_LEX = load()
_LINK = Pattern(
    r"(?:https?://|www\.)\S{1,2000}|[\w.+-]{1,64}@[\w.-]{1,100}|\b(?:pic\.\w+|t\.co|bit\.ly)\S{0,200}"
    r"|[@#]\w{1,100}"
)
_CLOCK_FORM = Pattern(
    r"\d{1,2}:\d{2}|\d{1,2}\.\d{2}\s?[ap]\.?m|\d{1,2}\s?(?:[ap]\.m\.?|[ap]m\b)|\d{1,4}\s?(?:GMT|UTC"
    r"|EST|EDT|BST|CET|MSK)\b|\d{1,2}:\d{2}"
)
_AGE_AFTER = Pattern(r"(?:-|\s)(?:years?|months?|weeks?|days?)(?:-|\s)(?:olds?\b|of\sage\b)")
_AGE_BEFORE = Pattern(
    r"(?i:\b(?:aged?|ages|age of|the age of|over the age of|under the age of|turned|turns"
    r"|turning)(?:\s(?:about|around|over|under|of))?(?:\s\w+\s(?:and|to))?)\s$"
)
_NAME_BEFORE = Pattern(r"(?:[A-Z][\w'\u2019.-]+\s){0,2}[A-Z][\w'\u2019-]+,\s(?:who\sis\s)?$")
_SOMEBODY_BEFORE = Pattern(
    r"(?i:\b(?:man|woman|boy|girl|driver|victim|suspect|mother|father|teenager|son|daughter|wife|husband),\s$)"
)
_AGE_END = Pattern(r"[,.;)]|\s(?:of|from|and|was|is|said|told|has|who)\b|$")
_STREET = Pattern(
    rf"\s(?:[NSEW]\.?\s)?(?:[A-Z][\w.'\u2019-]*\s){{1,4}}(?:{alternatives({w.capitalize() for w in _LEX.street_words})}"
    rf")(?!\w)"
    rf"|\s(?:[NSEW]\.?\s)?\d{{1,3}}(?:st|nd|rd"
    rf"|th)\s(?:{alternatives({w.capitalize() for w in _LEX.street_words})})(?!\w)"
)
_ZIP = Pattern(r"(?:\b[A-Z]{2}\.?|[A-Z][a-z]+\.?|(?:[A-Z]\.){2}),?\s$")
_ZIP_TAIL = Pattern(r"(?<!\d)\d{5}-$")
_BOX = Pattern(r"(?i:\bP\.?\s?O\.?\sbox|\bbox|\bzip(?:\scode)?|\bpostcode)\s$")
_PHONE = Pattern(
    r"(?=[\d(+])(?!\d{1,3}(?: \d{3})+(?!\d))"
    r"(?:(?<![\w$£€,])(?:\+?\d{1,3}[-. ])?(?:\(\d{3}\)\s?|\d{3}[-./ ])\d{3,4}(?:[-. ]\d{3,4})?(?![\d,%]"
    r"|\.\d)|\+\d{1,3}(?:[ -]\d{2,5}){2,5}|\b\d{3}-[A-Z]{3,5}(?:-[A-Z]{3,5})?\b"
    r"|\b1?-?800-[A-Z0-9-]{4,12})"
)
_DESIGNATION_BEFORE = Pattern(r"(?:(?<!\w)(?P<word>[A-Za-z]+(?:-[a-z]+)?)\.?|#|\u2116)[ -]?$")
_NUMBERED = frozenset(
    [
        "chapter",
        "section",
        "page",
        "row",
        "seat",
        "paragraph",
        "channel",
        "route",
        "flight",
        "highway",
        "figure",
        "table",
        "category",
        "type",
        "phase",
        "grade",
        "tier",
    ]
)
_NO_NAMES = _LEX.function_words | _LEX.adverbs | _LEX.hedge_fillers | frozenset(_LEX.hedges_before)
_CALL_BEFORE = Pattern(r"(?i:\b(?:call|dial|phone|text|ring|helpline|hotline)\s(?:the\s|on\s|at\s)?$)")
_PER_BEFORE = Pattern(r"(?i:\bper\s$)")
_DAYS_OF_NAME = frozenset(["9/11", "24/7", "7/7"])
_ENDS = Pattern(r"[.,;:)]|\s(?:on|at|in|to|for|from|and|or|of|with|by|is|was|will|has|where)\b|$")
_ERA_BEFORE = Pattern(r"(?i:\b(?:A\.?D\.?|B\.?C\.?)\s?(?:\d{1,4}\s(?:and|to|or)\s)?$)")
_ERA_AFTER = Pattern(r"(?i:\s?(?:A\.?D|B\.?C\.?E?|C\.E)\b|\szip\s?codes?\b|\spostcodes?\b)")
_GOES_ON = Pattern(
    rf"\s(?:{alternatives(sorted(_LEX.change_up | _LEX.change_down | _LEX.clause_verbs))}|index|futures|ended|closed"
    r"|finished|opened|slipped|edged|ended|traded|finishes|ends|closes)\b"
)
_PLAIN_DESIGNATIONS = frozenset(["no", "no.", "nos", "number", "nr"])
_MODEL_BEFORE = Pattern(r"(?<![\w$€£.,])(?=\w*[A-Za-z])(?=\w*\d)\w{2,8}-$|(?<![\w$€£.,])[A-Z][\w'\u2019]+\s\d{3}-$")
_INDEX_BEFORE = Pattern(rf"(?<![\w.])(?:{alternatives(_LEX.index_names)})\s$")
_KIND_AFTER = Pattern(
    r"(?i:-(?:term|time|final|finals|brother|sister|hearted|mast|light|moon|price|way|back"
    r"|truth|marathon)s?\b|-figures?\b|[- ](?:calib(?:er|re)|cal|bore)\b|-gauge\b)"
)
_BORE_AFTER = Pattern(
    r"(?i:[ -]?(?:mm|millimet(?:er|re))[ -](?:semi-?automatic|automatic|glock|self-propelled|towed|anti-\w+)?[ -]?"
    r"(?:pistol|handgun|rifle|gun|howitzer|mortar|cannon|artillery|shell|round|ammunition|bullet|casing|caliber|calibre"
    r"|weapon|submachine|machine|semi|rocket|cartridge|autocannon|magazine))"
)
_REVOLVER_AFTER = Pattern(r"(?i:\s(?:\w+\s)?(?:revolver|pistol|handgun|rifle|special|magnum|calib))")
_EMERGENCY = frozenset(["911", "999", "112", "101", "102", "103", "111", "000"])
_CALLED = frozenset(["911", "999"])
"""Numbers so well known that several calls of them are no count: "112 calls" may be."""
_EMERGENCY_AFTER = Pattern(
    r"[ -](?:calls?|callers?|dispatch\w*|operators?|emergency|lines?|cent(?:er|re)s?|systems?|recordings?"
    r"|tapes?|audio|hotline|services?)\b"
)
_NAMED = Pattern(r"(?:^|[^.!?:;\u201c\"\n]\s)(?P<name>[A-Z][A-Za-z'\u2019]*(?:&(?:amp;)?)?[A-Za-z])\s$")
_SCORE = Pattern(
    r"(?i:(?<=\d\s)(?:down|up|ahead|behind|at\s)|\b(?:beat|beats|beating|won|win|wins|lost|loss|draw|drew"
    r"|defeat|defeated|victory|score|lead"
    r"|led|leading|trailed|trailing|set|sets|tied|tie|tie-break|vote|voted|voting|ruled|ruling|innings|inning"
    r"|wickets?|season|seeded)\b)"
)
_ONE_AFTER = Pattern(
    r"(?:\s|-)(?:[a-z]+\s(?:after|by)\s(?:another|one)\b|of\s(?:only|just|the|its|his|her|their|our|my|your"
    r"|many|several|those\swho\b|a\b"
    r"|[A-Z][\w'\u2019-]*['\u2019]s)|another|day|thing|time\b|point|side|hand(?=,)|way|such|can|could"
    r"|should|must|may|might|would|"
    r"who|that|else|final|more\sthing|last\stime|by\sone|after|off\b|i\b|we\b|you\b|he\b|she\b|they\b)"
    r"|['\u2019]s\b|-(?:time|off|way|sided|on-one|man\b|woman\b|stop|to-one)"
)
_ONE_BEFORE = Pattern(
    r"(?i:\b(?:the|this|that|no|any|every|each|which|only|as|first|next|last|latest|only|new|big|good"
    r"|great|right|wrong|bad|whole|day|some|not|like|for|a)\s)$"
)
_ONE_OF_ONLY = Pattern(r"(?i:\bone\sof\s(?:only|just)\s$)")
_PLACED = Pattern(r"(?i:\b(?:top|bottom)\s$)")
_NEXT_WORD = Pattern(r"\s(?P<word>[a-z]{3,})\b")
_REPORTS = Pattern(rf"\s(?:[\w'\u2019-]+\s){{0,3}}?(?:{alternatives(_LEX.strong_verbs)})\b")
_UNSURE = Pattern(r"(?i:\b(?:the|these|those|both|between the|all|our|other|his|her|its)\s)$")


_STATED_NOUN = Pattern(
    r"\s(?:(?:different|separate|such|other|very|main|official|rival|competing|further|big|open|key|simple)\s){0,2}"
    r"(?P<noun>[a-z]+)\b(?!\sof\s(?!the\b|this\b|that\b|these\b|a\b|an\b|how\b|what\b|one\b))"
)


def link_spans(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Where links, handles, addresses of mail and telephone numbers stand in a stretch of text."""
    window = text[start:end]
    spans: list[tuple[int, int]] = []
    if "://" in window or "www." in window or "@" in window or "#" in window or "pic." in window or "t.co" in window:
        spans += [m.span() for m in _LINK.finditer(text, start, end)]
    if "-" in window or "(" in window or "." in window or "+" in window:
        spans += [m.span() for m in _PHONE.finditer(text, start, end)]
    return spans


def _is_clock(text: str, number: NumberMention, end: int) -> bool:
    at = number.span.start
    if _CLOCK_FORM.match(text, at, end):
        return True
    if re.match(r"(?i:\so['\u2019]clock)", text[number.span.end : number.span.end + 9]):
        return True
    before = text[max(0, at - 3) : at]
    return len(before) > 1 and before[-1] == ":" and before[-2].isdigit()


def _is_age(text: str, number: NumberMention, end: int) -> bool:
    span = number.span
    if number.value is None or number.value > 130 or number.form == "range":
        return bool(_AGE_AFTER.match(text, span.end, end))
    if _AGE_AFTER.match(text, span.end, end):
        return True
    before = text[max(0, span.start - 45) : span.start]
    if _AGE_BEFORE.search(before) and not re.match(r"\s?%|\s[a-z]+s\b", text[span.end : span.end + 12]):
        return True
    named = _NAME_BEFORE.search(before) or _SOMEBODY_BEFORE.search(before)
    plain = number.form == "digits" and text[span.start : span.end].isdigit()
    return bool(named and plain and _AGE_END.match(text, span.end) and number.value >= 1)


def _is_address(text: str, number: NumberMention, end: int) -> bool:
    span = number.span
    if number.form != "digits":
        return False
    if _STREET.match(text, span.end, end):
        return True
    before = text[max(0, span.start - 24) : span.start]
    written = span.cut(text)
    return (
        bool(_BOX.search(before))
        or bool(_ZIP_TAIL.search(before) and len(written) == 4)
        or (
            len(written) == 5
            and written.isdigit()
            and bool(_ZIP.search(before))
            and not re.match(r"\s[a-z]", text[span.end : span.end + 2])
        )
    )


def _is_designation(text: str, number: NumberMention, end: int) -> bool:
    span = number.span
    written = span.cut(text)
    char = text[span.start - 1] if span.start else " "
    after = text[span.end : span.end + 1]
    if number.form == "digits" and (char.isalpha() or char == "_") and not number.mark:
        return True
    if written in _DAYS_OF_NAME or (
        number.form == "digits" and written[0] == "0" and written.isdigit() and len(written) > 1
    ):
        return True
    if _is_model(text, number, end):
        return True
    if _CALL_BEFORE.search(text, max(0, span.start - 14), span.start) or _PER_BEFORE.search(
        text, max(0, span.start - 4), span.start
    ):
        return True
    if _ERA_AFTER.match(text, span.end, end):
        return True
    if number.form == "digits" and _ERA_BEFORE.search(text, max(0, span.start - 16), span.start):
        return True
    joined = char in "-\u2013/" and span.start > 1 and text[span.start - 2].isalpha()
    if joined and not text.lower().startswith("sub-", max(0, span.start - 4)):
        return number.form == "digits" or text[span.end : span.end + 1] == "-"  # "Apollo-13", "a production-four-door"
    if number.form == "digits" and after.isalpha() and not number.mark and not written[-1].isalpha():
        return units.unit_after(text, span.end, end) is None
    lead = _DESIGNATION_BEFORE.search(text, max(0, span.start - 16), span.start)
    word = (lead["word"] or "#") if lead is not None else ""
    low = word.lower()
    if word == "#" or (low in _PLAIN_DESIGNATIONS and low not in ("no", "number")):
        return True
    if lead is None or low not in _LEX.designation_words:
        return _is_named_number(text, number)
    if word in ("No", "Number", "Nos", "number") or (word[0].isupper() and lead.start() > 0):
        return True
    return low in _NUMBERED or _ENDS.match(text, span.end, end) is not None


def _is_model(text: str, number: NumberMention, end: int) -> bool:
    """ "A320-200", "a six-figure sum", "a 155-mm howitzer", "a 911 call": a kind of thing, not a number of it."""
    span = number.span
    written = span.cut(text)
    if _INDEX_BEFORE.search(text, max(0, span.start - 20), span.start):
        return True
    if _KIND_AFTER.match(text, span.end, end) or _BORE_AFTER.match(text, without_mark(number).span.end, end):
        return True
    if number.form != "digits":
        return False
    after = _EMERGENCY_AFTER.match(text, span.end, end) if written in _EMERGENCY else None
    if after is not None and (written in _CALLED or not after.group().endswith("s")):
        return True
    if written[0] == "." and len(written) == 3 and _REVOLVER_AFTER.match(text, span.end, end):
        return True
    return bool(_MODEL_BEFORE.search(text, max(0, span.start - 24), span.start))


def _is_named_number(text: str, number: NumberMention) -> bool:
    """ "Hill 203", "Boeing 747": a name, then bare digits, then no noun to count."""
    span = number.span
    written = span.cut(text)
    if number.mark and written[:-1].isdigit() and len(written) > 3 and not re.match(r"\s[a-z]+s\b", text[span.end :]):
        written = written[:-1]  # "Citation 5500M"
    if number.form != "digits" or not written.isdigit() or len(written) > 4:
        return (
            number.form == "words"
            and written[:1].isupper()
            and bool(_NAMED.search(text[max(0, span.start - 30) : span.start]))
            and not text[span.start : span.end].isupper()
            and re.match(r"[.,]|\s[A-Z]", text[span.end : span.end + 2]) is not None
        )
    before = _NAMED.search(text[max(0, span.start - 30) : span.start])
    if before is None:
        return False
    name = before["name"]
    if name.lower() in _LEX.weekdays or name.lower() in _LEX.months or name.lower() in _NO_NAMES:
        return False
    if _GOES_ON.match(text, span.end):
        return True
    if name.isupper() and len(name) > 3:
        return False
    following = text[span.end : span.end + 24]
    return not re.match(r"\s?[%$€£-]|\s[a-z]+", following) or bool(
        re.match(r"\s(?:is|was|in|on|at|and|that|has|of|to|with|for|by|the|a|from|will)\b", following)
    )


def _is_score(text: str, number: NumberMention, end: int) -> bool:
    span = number.span
    if number.form not in ("digits", "range"):
        return False
    pair = re.compile(r"\d{1,3}[-\u2013]\d{1,3}(?!\d)").match(text, span.start, end)
    inner = span.start > 1 and text[span.start - 1] in "-\u2013" and text[span.start - 2].isdigit()
    if not pair and not inner:
        return False
    return bool(_SCORE.search(text[max(0, span.start - 40) : min(end, span.end + 30)]))


def _is_pronoun_one(text: str, number: NumberMention, end: int) -> bool:
    span = number.span
    if number.form != "words" or span.cut(text).lower() != "one":
        return False
    if _ONE_AFTER.match(text, span.end, end):
        return True
    if _ONE_BEFORE.search(text[max(0, span.start - 9) : span.start]) and not _counts_a_noun(text, span.end, end):
        return True
    return bool(_REPORTS.match(text, span.end, min(end, span.end + 60))) and not re.match(
        r"(?i:\s(?:\w+\s){0,2}(?:killed|dead|died|injured|wounded|shot))", text[span.end : span.end + 40]
    )


def _counts_a_noun(text: str, at: int, end: int) -> bool:
    """Whether a noun stands behind "one": "said that one person died", "extended for one week", not "I for one"."""
    match = _NEXT_WORD.match(text, at, end)
    if match is None or match["word"] in _LEX.function_words or match["word"] in _LEX.clause_verbs:
        return False
    return not match["word"].endswith("s") or match["word"].endswith("ss")


def _is_idle(text: str, number: NumberMention, end: int) -> bool:
    """ "the two sides", "one of the 10 largest": small round numbers that only refer."""
    span = number.span
    if number.value is None or number.form != "words" or number.value > 3:
        return False
    if _UNSURE.search(text[max(0, span.start - 12) : span.start]) and re.match(
        r"\s(?:[a-z]+ing\s)?(?:sides|states|countries|men|women|nations|leaders|companies|parties|governments"
        r"|presidents"
        r"|teams|neighbours|neighbors|brothers|sisters|of\b|were|are|had|have|has|was|do|does|did|may|might|can|could"
        r"|will|would|must|should|never|still|also|then|not|both|said|say|met|agree|agreed|differ|lie|stand)\b",
        text[span.end : span.end + 28],
    ):
        return True
    if _ONE_OF_ONLY.search(text, max(0, span.start - 14), span.start):
        return True
    if _PLACED.search(text, max(0, span.start - 8), span.start) and not _NEXT_WORD.match(text, span.end, end):
        return True
    following = _STATED_NOUN.match(text, span.end, end)
    if following is not None and following["noun"].lower() in _LEX.statement_nouns:
        return number.value > 1
    return bool(
        re.match(
            r"(?i:\s(?:sources|people\sfamiliar|officials\sfamiliar|persons\sfamiliar))", text[span.end : span.end + 20]
        )
    )


def _is_footnote(text: str, number: NumberMention, end: int) -> bool:
    start, stop = number.span.start, number.span.end
    counter = number.form == "fraction" and text[start - 1 : start] == "(" and text[stop : stop + 1] == ")"
    return counter or (text[start - 1 : start] == "[" and text[stop : stop + 1] == "]")


RULES: tuple[tuple[str, Callable[[str, NumberMention, int], bool]], ...] = (
    ("time", _is_clock),
    ("age", _is_age),
    ("address", _is_address),
    ("designation", _is_designation),
    ("score", _is_score),
    ("one", _is_pronoun_one),
    ("idle", _is_idle),
    ("footnote", _is_footnote),
)


def excluded(text: str, number: NumberMention, end: int) -> str:
    """The name of the first rule by which a number is no figure; empty where it is one.

    >>> from factcheck.text.quantities.numbers import find_numbers
    >>> text = "Channel 9 met a 41-year-old"
    >>> [excluded(text, n, len(text)) for n in find_numbers(text, 0, len(text))]
    ['designation', 'age']
    """
    for name, rule in RULES:
        if rule(text, number, end):
            return name
    return ""
