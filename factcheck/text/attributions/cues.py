"""Cues: reporting verbs, by how they take their content, and nouns of report.

Word lists only; how a cue finds its party and its content is in ``speech``.
"""

from __future__ import annotations

from itertools import chain

from factcheck.text.lexicon import load

_LEX = load()


def word_set(words: str) -> frozenset[str]:
    """The words of a list.

    >>> sorted(word_set("said says"))
    ['said', 'says']
    """
    return frozenset(words.split())


def _forms(words: str) -> frozenset[str]:
    """The finite and the -ing forms of regular verbs: "claim" gives claims, claimed, claiming."""
    out: set[str] = set()
    for verb in words.split():
        stem = verb[:-1] if verb.endswith("e") else verb
        out |= {verb, f"{stem}ed", f"{stem}ing", f"{verb}es" if verb.endswith(("s", "sh", "ch", "x")) else f"{verb}s"}
        if verb.endswith("y") and verb[-2] not in "aeiou":
            out |= {f"{verb[:-1]}ies", f"{verb[:-1]}ied"}
            out -= {f"{verb}s", f"{verb}ed"}
    return frozenset(out)


# What follows is what the subject says, in any order of the clause.
SAY = (
    word_set(
        "said say says saying told tell tells telling wrote write writes writing tweeted tweets thinks think "
        "thought admitted admits admitting quipped quips replied replies replying denied denies denying "
        "forecast forecasts forecasting testified testifies shot"
    )
    | _forms(
        "add state announce claim note explain argue continue insist acknowledge concede warn declare respond recall"
        " remark comment observe joke assert contend maintain allege confirm disclose reveal predict estimate post"
        " emphasise emphasize stress clarify suggest indicate conclude believe reckon expect complain report"
        " project calculate caution counter retort reason recount reiterate speculate lament muse opine"
        " hint boast recommend imply"
    )
) - {"state", "reason", "project", "post", "counter", "reasons", "stating", "comment", "comments"} | {"stating"}
# What the subject says only where "that", a quotation or a clause follows, or where the subject is a document.
FIND = _forms("show learn fear worry agree calculate list record count tally peg suspect point") | word_set(
    "found finds find showed shown knew knows know felt feels feel puts put pegged pegging"
)
# A speech act that takes a thing, an infinitive or a person.
ACT = _forms(
    "propose pledge promise vow urge demand criticize criticise blame accuse endorse praise condemn defend reject"
    " oppose support threaten call want plan hope ask hail denounce question describe cite express dismiss assure"
    " attribute highlight tout slam blast attack mock welcome push advocate support seek repeat agree favor favour"
    " order refuse decline intend offer request remind"
) | word_set("sought decried decries vied begged planned planning")
# Said of what cannot speak, these carry no report.
DOCUMENTS = word_set(
    "poll polls polling survey surveys study studies report reports analysis analyses data records record "
    "documents document filing filings email emails e-mail e-mails ledgers figures statistics numbers "
    "projections estimates estimate research census ranking rankings index memo memos letter letters "
    "review audit files file calculations findings paper papers projection tally results result article "
    "book statement video footage transcript papers"
)
STATEMENTS = word_set(
    "statement letter email e-mail tweet tweets post memo note message speech remarks article release "
    "interview essay op-ed column testimony book"
)
NOUNS = word_set(
    "claim claims assertion assertions contention allegation allegations belief argument suggestion "
    "statement estimate estimates prediction forecast promise pledge warning announcement admission vow "
    "call"
)
PASSIVE = word_set(
    "reported estimated expected believed thought said feared rumored rumoured projected forecast alleged "
    "predicted considered quoted cited announced confirmed claimed deemed told suspected understood "
    "presumed"
)
BY = word_set(
    "reported confirmed announced estimated compiled released cited quoted told posted published "
    "projected calculated expected described alleged predicted denied criticized criticised "
    "endorsed condemned proposed"
)
SPEAKERS = (
    _LEX.party_heads
    | DOCUMENTS
    | word_set(
        "campaign campaigns republicans democrats conservatives liberals critics supporters opponents "
        "advocates voters people men women house senate congress editors editorial board columnist reporter "
        "reporters author authors pollster strategist strategists aide spokesmen prosecutors many some others "
        "several most those all everyone friends lobbyists respondents percent majority party mayor candidate "
        "candidates nominee journalist correspondent writer professor historian pastor investor investors "
        "trader traders economist company firms companies banks workers employees parents daughter son wife "
        "husband friend colleague teachers students farmers owners drivers narrator half third thirds quarter "
        "both two insider insiders lobbyist nurse veterans veteran blogger host anchor"
    )
)
ALL = SAY | FIND | ACT
_OTHER = word_set("according citing per words came arrived reportedly allegedly poll polls survey surveys polling")
_LOW = ALL | _OTHER | NOUNS | PASSIVE
# Words with what may stand beside them, as they fall between spaces: a sentence without one holds no cue.
TRIGGERS = (
    frozenset(chain.from_iterable((w, w + ",", w + ".", w + ":", w.capitalize()) for w in SAY | FIND | _OTHER))
    | _LOW
    | {f"{w}ed," for w in ("promis", "pledg", "vow", "urg", "ask")}
) - word_set("State States state state, state.")
# Participles that are a cue only before "by".
BY_TRIGGERS = BY - _LOW
