"""What a figure counts: the noun, the event, the place, and whether the text reports it as a fact.

How the number is written is in ``quantities``; under which measure the counted thing falls is in ``matching``.

- ``counted_noun``: the value the other modules fill in
- ``noun_phrases``: the counted noun beside the number, and which module reads its event
- ``events``: a verb or noun of an event beside the counted noun
- ``predicates``: a verb behind an insertion ("40 people, including 12 children, died")
- ``event_phrases``: an event in several words ("without power", "under its control")
- ``places``: places in a text and the one a figure belongs to
- ``modality``: denied, feared, forecast, planned
"""

from factcheck.text.counted.counted_noun import CountedNoun
from factcheck.text.counted.modality import modality_of
from factcheck.text.counted.noun_phrases import counted_nouns
from factcheck.text.counted.places import (
    PlaceMention,
    country_in,
    find_places,
    main_place,
    nearest_place,
    party_beside,
    with_country,
)

__all__ = [
    "CountedNoun",
    "PlaceMention",
    "counted_nouns",
    "country_in",
    "find_places",
    "main_place",
    "modality_of",
    "nearest_place",
    "party_beside",
    "with_country",
]
