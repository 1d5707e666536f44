"""The language of a text: its letters and small words where they are clear, else what the document says of itself.

A document that calls itself German while it is plainly English is read as English: what is not read is not checked.

Ten closed classes of words and a few letters decide; the engine needs no more than "English, Ukrainian, or neither".
"""

from __future__ import annotations

import re

READ_LANGUAGES = frozenset(["en", "uk"])
"""The languages whose figures are read."""
_CYRILLIC = re.compile(r"[\u0400-\u04ff]")
_OTHER_SCRIPT = re.compile(r"[\u0370-\u03ff\u0530-\u1fff\u3040-\u9fff\uac00-\ud7af]")
_WORD = re.compile(r"[^\W\d_]+")
_SMALL_WORDS = {
    "en": "the of and to in a that is was for on with said as at by from it were has have after who people",
    "de": "der die das und in zu den von mit ist im dem nicht ein eine auf sich auch nach bei wurde wurden sind",
    "fr": "le la les des et est dans une un du que pour qui sur au pas par plus ont été selon avec",
    "es": "el la los las de que en y un una por con para del se al fue han más según",
    "it": "il di che la e in un una per con del della sono le i gli non da al stato",
    "pt": "o a os as de que e do da em um uma para com não por foi dos no na",
    "nl": "de het een van en in is dat op te zijn met voor niet aan er door bij",
    "pl": "w i na z do że się nie jest to po od za przez oraz był są a ich jej jego już według jeszcze tym tego może",
    "sv": "och att det i en som på är av för med till den har inte ett om",
    "tr": "ve bir bu da de için ile olarak daha olan çok en gibi kadar",
}
_ENOUGH = 6
"""Words fewer than which say nothing: a headline is read as English."""
_MARGIN, _LEAST = 1.3, 4
"""By how much another language must lead, and how many different small words it must have."""
_SAMPLE = 20_000
"""Letters that are looked at."""


def language_of(text: str, declared: str = "") -> str:
    """The code of two letters of a text's language; empty where the letters are of another script.

    >>> language_of("Внаслідок обстрілу загинуло троє людей, їх уже впізнали.")
    'uk'
    >>> language_of("Bei dem Feuer wurden nach Angaben der Polizei zwei Menschen verletzt, die Schule ist zu.")
    'de'
    >>> language_of("Two people died.", "en-GB"), language_of("Загинуло троє людей.", "en")
    ('en', 'uk')
    """
    said = declared.replace("_", "-").partition("-")[0].lower()
    words = {word.lower() for word in _WORD.findall(text[:_SAMPLE])}
    if not words:
        return said or "en"
    if _most(words, _OTHER_SCRIPT):
        return said if said not in READ_LANGUAGES else ""
    if _most(words, _CYRILLIC):
        return _of_cyrillic(" ".join(sorted(words)), said if said in _CYRILLIC_LANGUAGES else "")
    return _of_latin(words, said if said not in _CYRILLIC_LANGUAGES else "")


def _most(words: set[str], script: re.Pattern[str]) -> bool:
    """Whether most of the different words are in a script; a word told a thousand times counts once."""
    return sum(script.match(word) is not None for word in words) * 2 > len(words)


_CYRILLIC_LANGUAGES = frozenset(["uk", "ru", "be", "bg", "sr", "mk", "kk"])


def _of_cyrillic(sample: str, said: str) -> str:
    """By the letters that only one of the languages has; else what the document says, else Ukrainian."""
    ukrainian, russian, other = (sum(sample.count(c) for c in letters) for letters in ("іїєґ", "ыэъё", "ўјљњћђѓќәңұ"))
    if other:
        return said if said not in READ_LANGUAGES else ""
    if ukrainian != russian:
        return "uk" if ukrainian > russian else said if said not in ("", "uk") else "ru"
    return said or "uk"


def _of_latin(words: set[str], said: str) -> str:
    """The language whose small words stand out, whatever the document says; else what it says, else English."""
    counts = {code: len(words & small) for code, small in _SETS.items()}
    best = max(counts, key=lambda code: (counts[code], code == said))
    others = max(count for code, count in counts.items() if code != best)
    stands_out = len(words) >= _ENOUGH and counts[best] >= _LEAST and counts[best] > _MARGIN * others + 1
    return best if stands_out else said or "en"


_SETS = {code: frozenset(words.split()) for code, words in _SMALL_WORDS.items()}
