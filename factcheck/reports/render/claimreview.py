"""The signed-off claims of a document as ClaimReview of schema.org, in JSON-LD that may stand in a page."""

from __future__ import annotations

import json
import uuid
from typing import Any

from factcheck.errors import Invalid

from .tables import Data, each_claim

PERSONS = {"official", "eyewitness"}
OF_SCRIPTS = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"})


def as_claimreview(data: Data) -> bytes:
    """A graph of one ClaimReview and one Claim for each claim that was signed off.

    Raises:
        Invalid: the report is of a desk, and holds no claims.
    """
    if data["kind"] != "document":
        raise Invalid("ClaimReview is made of the report of a document.", code="format_not_of_this_kind")
    rows = [(part, claim) for part, claim in each_claim(data) if claim["state"] == "signed_off" and claim["signed_by"]]
    graph = [review(part, claim, data) for part, claim in rows]
    text = json.dumps({"@context": "https://schema.org", "@graph": graph}, ensure_ascii=False)
    return text.translate(OF_SCRIPTS).encode("utf-8", "replace")


def review(part: Data, claim: Data, data: Data) -> dict[str, Any]:
    return without_empty(
        {
            "@type": "ClaimReview",
            "@id": node_id(part, claim, "review"),
            "url": part["url"],
            "datePublished": claim["signed_at"][:10],
            "author": {"@type": "Organization", "name": part["publisher"] or data["desk"]},
            "claimReviewed": claim["text"],
            "inLanguage": part["language"],
            "reviewRating": {"@type": "Rating", "alternateName": claim["verdict_words"]},
            "itemReviewed": without_empty(
                {
                    "@type": "Claim",
                    "@id": node_id(part, claim, "claim"),
                    "text": claim["text"],
                    "author": speaker(claim),
                    "datePublished": part["published_at"][:10],
                    "appearance": without_empty(
                        {"@type": "CreativeWork", "headline": part["title"], "url": part["url"]},
                    ),
                }
            ),
        }
    )


def speaker(claim: Data) -> dict[str, str]:
    """To whom the copy ascribes the claim; whether a person or an organisation only where that is known."""
    if not claim["attributed_to"]:
        return {}
    kind = claim["attributed_kind"]
    named = {"name": claim["attributed_to"]}
    return named | {"@type": "Person" if kind in PERSONS else "Organization"} if kind else named


def node_id(part: Data, claim: Data, thing: str) -> str:
    """A stable ``@id`` for a claim or review: based on the URL of the text, else a UUID."""
    if part["url"].startswith(("https://", "http://")):
        return f"{part['url'].split('#')[0]}#{thing}-{claim['id']}"
    return uuid.uuid5(uuid.NAMESPACE_OID, f"factcheck {thing} {claim['id']} {part['text_sha256']}").urn


def without_empty(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value}
