"""Who says a figure: the registered source, the party as the copy names it, or the outlet that speaks for itself.

What is then made of it, one origin or two, one statement or two, is said where figures are compared.
"""

from __future__ import annotations

from factcheck.models import Figure


def says_of(figure: Figure) -> str:
    """Who says it: the registered source, else the party as named, else the outlet itself."""
    attribution, document = figure.attribution, figure.document
    if attribution is not None:
        return attribution.source.name if attribution.source else attribution.party
    return document.publisher.name if document.publisher else document.publisher_name
