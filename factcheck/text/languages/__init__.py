"""Other languages than English: which language a text is in, and the reading of Ukrainian.

- ``identification``: the language of a text, and whether its figures are read
- ``ukrainian``: the reading of a Ukrainian text
- ``ukrainian_quantities``: its numbers, units and hedges
- ``ukrainian_exclusions``: numbers that are no figures there
- ``ukrainian_context``: what is counted there, when, where and who says it
- ``gloss``: a Ukrainian sentence word by word in English, so that its figures meet those of English texts
"""

from factcheck.text.languages.gloss import gloss_of
from factcheck.text.languages.identification import READ_LANGUAGES, language_of
from factcheck.text.languages.ukrainian import UkrainianText, read_figures

__all__ = ["READ_LANGUAGES", "UkrainianText", "gloss_of", "language_of", "read_figures"]
