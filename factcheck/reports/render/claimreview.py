"""The signed-off claims of a document as ClaimReview of schema.org, in JSON-LD that may stand in a page."""

from __future__ import annotations

import json
import uuid
from typing import Any

from factcheck.conf import settings
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
            "url": story_address(part),
            "datePublished": claim["signed_at"][:10],
            "author": house(part, data),
            "claimReviewed": claim["text"],
            "inLanguage": part["language"],
            "reviewRating": rating(claim),
            "itemReviewed": without_empty(
                {
                    "@type": "Claim",
                    "@id": node_id(part, claim, "claim"),
                    "text": claim["text"],
                    "author": speaker(claim) or house(part, data),
                    "datePublished": part["published_at"][:10],
                    "appearance": without_empty(
                        {"@type": "CreativeWork", "headline": part["title"], "url": web_address(part)},
                    ),
                }
            ),
        }
    )


def web_address(part: Data) -> str:
    """Where the text stands on the web, where that is known."""
    return str(part["url"]) if part["url"].startswith(("https://", "http://")) else ""


def story_address(part: Data) -> str:
    """Where our story stands, which is where the review is read; another outlet's text holds no review of ours."""
    return web_address(part) if part["kind"] == "story" else ""


def house(part: Data, data: Data) -> dict[str, str]:
    """Who publishes the text, and says in it what it ascribes to nobody."""
    return {"@type": "Organization", "name": part["publisher"] or data["desk"]}


def speaker(claim: Data) -> dict[str, str]:
    """To whom the copy ascribes the claim. schema.org has persons and organisations: who is not known to be a person
    is given as the other."""
    if not claim["attributed_to"]:
        return {}
    return {
        "@type": "Person" if claim["attributed_kind"] in PERSONS else "Organization",
        "name": claim["attributed_to"],
    }


def rating(claim: Data) -> dict[str, Any]:
    """The verdict in words, and on the site's scale (``VERDICT_RATINGS``) where the verdict has a place on it."""
    scale = settings().VERDICT_RATINGS
    named = {"@type": "Rating", "alternateName": claim["verdict_words"]}
    if claim["verdict"] not in scale:
        return named
    best, worst = max(scale.values()), min(scale.values())
    return {**named, "ratingValue": scale[claim["verdict"]], "bestRating": best, "worstRating": worst}


def node_id(part: Data, claim: Data, thing: str) -> str:
    """A stable ``@id`` for a claim or review: based on the URL of the text, else a UUID."""
    if address := web_address(part):
        return f"{address.split('#')[0]}#{thing}-{claim['id']}"
    return uuid.uuid5(uuid.NAMESPACE_OID, f"factcheck {thing} {claim['id']} {part['text_sha256']}").urn


def without_empty(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value}
