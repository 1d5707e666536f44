"""The starter data keeps its own rules (factcheck/starter/README.md). Standard library only."""

from __future__ import annotations

import json
import re
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import pytest

from factcheck.intake.readers.plain import read_markdown
from factcheck.management.starter import without_demo_headers

STARTER = Path(__file__).resolve().parents[1] / "factcheck" / "starter"
ARTICLES = sorted((STARTER / "articles").glob("*.md"))

SOURCE_KEYS = {"slug", "name", "kind", "country", "aliases", "domains", "owner"}
KINDS = {
    "wire_agency",
    "think_tank",
    "ministry",
    "military",
    "official",
    "international_organisation",
    "ngo",
    "media",
    "document",
    "eyewitness",
    "social_media",
}
PLATFORMS = (
    "x.com",
    "twitter.com",
    "facebook.com",
    "instagram.com",
    "threads.net",
    "t.me",
    "telegram.org",
    "telegram.me",
    "youtube.com",
    "youtu.be",
    "tiktok.com",
    "vk.com",
    "ok.ru",
    "weibo.com",
    "linkedin.com",
    "reddit.com",
    "medium.com",
    "substack.com",
    "wordpress.com",
    "blogspot.com",
    "whatsapp.com",
    "wikipedia.org",
)
SHARED_PORTALS = ("gov.uk", "gov.pl", "gov.il", "gob.es", "gouv.fr", "gov.ua", "gov.ru", "europa.eu", "go.jp")
AMBIGUOUS = {
    "the ministry",
    "ministry",
    "defence ministry",
    "defense ministry",
    "ministry of defence",
    "ministry of defense",
    "foreign ministry",
    "ministry of foreign affairs",
    "interior ministry",
    "finance ministry",
    "ministry of finance",
    "treasury",
    "general staff",
    "central bank",
    "the government",
    "police",
    "officials",
    "president",
}
ARTICLE_KEYS = ["Title", "Publisher", "URL", "Published", "Zone", "Author", "Topic", "Kind"]
DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}")


def read_sources() -> list[dict[str, Any]]:
    rows = json.loads((STARTER / "sources.json").read_text(encoding="utf-8"))
    assert isinstance(rows, list)
    return rows


def read_article(path: Path) -> tuple[dict[str, str], str]:
    head, _, body = path.read_text(encoding="utf-8").partition("\n\n")
    pairs = [line.split(": ", 1) for line in head.splitlines()]
    assert [pair[0] for pair in pairs] == ARTICLE_KEYS, path.name
    assert all(len(pair) == 2 and pair[1].strip() for pair in pairs), path.name
    return {pair[0]: pair[1].strip() for pair in pairs}, body


SOURCES = read_sources()


# --- the registry


def test_there_are_enough_sources_of_every_usual_kind() -> None:
    assert len(SOURCES) >= 60
    found = {row["kind"] for row in SOURCES}
    assert found <= KINDS
    usual = {
        "wire_agency",
        "think_tank",
        "ministry",
        "military",
        "official",
        "international_organisation",
        "ngo",
        "media",
    }
    assert usual <= found


def test_every_row_has_exactly_the_agreed_fields() -> None:
    for row in SOURCES:
        assert set(row) == SOURCE_KEYS, row.get("slug")  # so no row carries a grade
        assert re.fullmatch(r"[a-z0-9]+(?:-[a-z0-9]+)*", row["slug"]), row["slug"]
        assert row["name"], row["slug"]
        assert row["name"] == row["name"].strip(), row["slug"]
        assert re.fullmatch(r"(?:[A-Z]{2})?", row["country"]), row["slug"]
        for key in ("aliases", "domains"):
            assert isinstance(row[key], list), row["slug"]
            assert all(isinstance(item, str) for item in row[key]), row["slug"]


def test_slugs_are_unique() -> None:
    slugs = [row["slug"] for row in SOURCES]
    assert len(slugs) == len(set(slugs))


def test_no_name_or_alias_belongs_to_two_sources_or_stands_twice() -> None:
    owner_of: dict[str, str] = {}
    for row in SOURCES:
        for name in [row["name"], *row["aliases"]]:
            assert name, row["slug"]
            assert name == " ".join(name.split()), row["slug"]
            key = name.casefold()
            assert key not in owner_of, f"{name!r}: {row['slug']} and {owner_of[key]}"
            owner_of[key] = row["slug"]


def test_no_alias_is_a_name_that_several_bodies_share() -> None:
    for row in SOURCES:
        for name in [row["name"], *row["aliases"]]:
            bare = re.sub(r"^the ", "", name.casefold())
            assert not {name.casefold(), bare} & set(AMBIGUOUS), f"{row['slug']}: {name}"


def test_domains_are_bare_lower_case_and_belong_to_one_source() -> None:
    seen: dict[str, str] = {}
    for row in SOURCES:
        for domain in row["domains"]:
            assert DOMAIN.fullmatch(domain), f"{row['slug']}: {domain}"
            assert not domain.startswith("www."), f"{row['slug']}: {domain}"
            assert domain not in SHARED_PORTALS, f"{row['slug']}: {domain}"
            assert domain not in seen, f"{domain}: {row['slug']} and {seen[domain]}"
            seen[domain] = row["slug"]


def test_no_platform_is_a_source() -> None:
    for row in SOURCES:
        for domain in row["domains"]:
            assert not any(domain == p or domain.endswith("." + p) for p in PLATFORMS), f"{row['slug']}: {domain}"


def test_owners_exist_and_never_run_in_a_circle() -> None:
    owner = {row["slug"]: row["owner"] for row in SOURCES}
    for slug, first in owner.items():
        assert first is None or first in owner, f"{slug}: {first}"
        walked = {slug}
        step = first
        while step is not None:
            assert step not in walked, f"{slug}: circle at {step}"
            walked.add(step)
            step = owner[step]


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("ISW", "isw"),
        ("AFP", "afp"),
        ("ICRC", "icrc"),
        ("Pentagon", "us-defense"),
        ("Russian Defence Ministry", "ru-defence"),
        ("Russian Ministry of Defence", "ru-defence"),
        ("Ukraine's Ministry of Foreign Affairs", "ua-foreign"),
        ("General Staff of Ukraine", "ua-general-staff"),
    ],
)
def test_names_as_news_copy_writes_them_lead_to_their_source(name: str, slug: str) -> None:
    assert [row["slug"] for row in SOURCES if name in [row["name"], *row["aliases"]]] == [slug]


# --- the articles


def test_there_are_enough_articles_outlets_and_dates_on_two_topics() -> None:
    heads = [read_article(path)[0] for path in ARTICLES]
    assert len(heads) >= 8
    assert {head["Topic"] for head in heads} == {"kursk-2024", "larkmoor-flood-2025"}
    assert len({head["Publisher"] for head in heads}) >= 4
    assert len({head["Published"][:10] for head in heads}) >= 3
    for topic in {head["Topic"] for head in heads}:
        assert [head["Publisher"] for head in heads if head["Topic"] == topic and head["Kind"] == "story"] == [
            "The Harbour Courier"
        ]
    assert len({head["URL"] for head in heads}) == len(heads)


@pytest.mark.parametrize("path", ARTICLES, ids=lambda path: path.stem)
def test_article_parses(path: Path) -> None:
    head, body = read_article(path)
    assert head["Kind"] in {"story", "coverage", "reference"}
    published = datetime.fromisoformat(head["Published"])
    assert published.utcoffset() is not None
    assert published.replace(tzinfo=ZoneInfo(head["Zone"])).utcoffset() == published.utcoffset()
    assert 130 <= len(body.split()) <= 300
    assert body.endswith("\n")
    assert not body.endswith("\n\n")
    assert "\t" not in body


@pytest.mark.parametrize("path", ARTICLES, ids=lambda path: path.stem)
def test_the_demo_hands_in_the_copy_and_not_its_own_notes(path: Path) -> None:
    _, body = read_article(path)
    assert read_markdown(without_demo_headers(path.read_bytes()).decode()).text.strip() == body.strip()


@pytest.mark.parametrize("path", ARTICLES, ids=lambda path: path.stem)
def test_outlets_are_plainly_fictional(path: Path) -> None:
    head, _ = read_article(path)
    parts = urlsplit(head["URL"])
    assert parts.scheme == "https"
    assert (parts.hostname or "").endswith(".example")
    real = {name.casefold() for row in SOURCES for name in [row["name"], *row["aliases"]]}
    assert head["Publisher"].casefold() not in real


def test_an_outlet_has_one_address() -> None:
    hosts: dict[str, set[str]] = {}
    for path in ARTICLES:
        head, _ = read_article(path)
        hosts.setdefault(head["Publisher"], set()).add(urlsplit(head["URL"]).hostname or "")
    assert all(len(found) == 1 for found in hosts.values()), hosts
