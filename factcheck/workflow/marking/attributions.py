"""The attribution rows of one document, each looked up once."""

from __future__ import annotations

from factcheck.models import Attribution, Document, Source
from factcheck.text import (
    AttributionMention,
)


class Attributions:
    """Finds or makes the row of an attribution that the engine read; its source, if the registry knows the party."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.rows: dict[tuple[str, str, str], Attribution] = {}

    def of(self, mention: AttributionMention | None) -> Attribution | None:
        """The row for a mention; None where nobody is named."""
        if mention is None or not mention.party.strip():
            return None
        key = (mention.cue[:200], mention.party[:300], mention.relay[:300])
        if key not in self.rows:
            self.rows[key], _ = Attribution.objects.get_or_create(
                document=self.document,
                cue=key[0],
                party=key[1],
                relay=key[2],
                defaults={"source": Source.objects.named(key[1])},
            )
        return self.rows[key]
