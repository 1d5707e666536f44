"""Attributions: who says it. The party a stretch of text is ascribed to, the cue, and the relay that quotes the party.

Whether the party can be trusted is for people; whether two names mean one party is in ``matching``.

- ``cues``: reporting verbs and nouns
- ``parties``, ``phrases``: who speaks, as a noun phrase beside the cue
- ``speech``: reads the attributions of one sentence
- ``content``: the stretch that is ascribed
- ``quotes``: quotations and their borders
- ``anaphora``: names of pronouns and short names
- ``detection``: finds the attributions of a text
"""

from factcheck.text.attributions.detection import find_attributions

__all__ = ["find_attributions"]
