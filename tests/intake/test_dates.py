"""Stamps that machines wrote: zones by name, what is ambiguous, and that an embargo has bounds of its own."""

from datetime import UTC, datetime, timedelta

import pytest

from factcheck.intake.readers.dates import read_embargo, read_stamp

NOW = datetime(2026, 7, 20, tzinfo=UTC)
AT = datetime(2026, 7, 10, 14, 7, 41, tzinfo=UTC)


@pytest.mark.parametrize(
    "found",
    [
        "Fri, 10 Jul 2026 15:07:41 BST",
        "Fri, 10 Jul 2026 16:07:41 CEST",
        "Fri, 10 Jul 2026 17:07:41 EEST",
        "Fri, 10 Jul 2026 17:07:41 MSK",
        "Sat, 11 Jul 2026 00:07:41 AEST",
        "Sat, 11 Jul 2026 02:07:41 NZST",
        "Fri, 10 Jul 2026 16:07:41 SAST",
        "Fri, 10 Jul 2026 23:07:41 JST",
        "Fri, 10 Jul 2026 16:07:41 GMT+2",
        "Fri, 10 Jul 2026 16:07:41 UTC+02:00",
        "Fri, 10 Jul 2026 12:37:41 GMT-0130",
        "Fri, 10 Jul 2026 14:07:41 -0000",
        "Fri, 10 Jul 2026 14:07:41 gmt",
        "Fri, 10 Jul 2026 15:07:41 +0100 (BST)",
        "Fri, 10 Jul 2026 16:07:41 +02:00",
        "10 Jul 2026 16:07:41 CEST",
        "2026-07-10T16:07:41 CEST",
        "2026-07-10 16:07:41 +0200",
        "2026-07-10 14:07:41 UTC",
        "Fri, 10 Jul 2026 10:07:41 EDT",
    ],
)
def test_a_zone_by_its_name_or_offset_is_read(found):
    stamp = read_stamp(found, now=NOW)
    assert stamp.at == AT
    assert not any("assumed" in note for note in stamp.notes)


@pytest.mark.parametrize(("zone", "words"), [("IST", "India, Ireland or Israel"), ("AST", "Arabia"), ("GST", "Gulf")])
def test_a_zone_of_several_meanings_is_said_and_not_guessed(zone, words):
    stamp = read_stamp(f"Fri, 10 Jul 2026 15:07:41 {zone}", now=NOW)
    assert any(repr(zone) in note and words in note for note in stamp.notes)
    assert any("UTC is assumed" in note for note in stamp.notes)


def test_a_zone_said_elsewhere_decides_what_the_name_leaves_open():
    stamp = read_stamp("Fri, 10 Jul 2026 15:07:41 IST", zone="Asia/Kolkata", now=NOW)
    assert stamp.at == datetime(2026, 7, 10, 9, 37, 41, tzinfo=UTC)


@pytest.mark.parametrize("zone", ["BST", "CST"])
def test_a_zone_that_is_read_by_custom_says_so(zone):
    assert any(zone in note for note in read_stamp(f"Fri, 10 Jul 2026 15:07:41 {zone}", now=NOW).notes)


@pytest.mark.parametrize("zone", ["XYZT", "LOCAL", "PIPPO"])
def test_a_zone_that_nobody_knows_is_named(zone):
    stamp = read_stamp(f"Fri, 10 Jul 2026 15:07:41 {zone}", now=NOW)
    assert stamp.at is not None
    assert any(repr(zone) in note and "not known" in note for note in stamp.notes)


@pytest.mark.parametrize("days", [1, 31, 40, 200, 365])
def test_an_embargo_within_a_year_is_kept(days):
    until = NOW + timedelta(days=days)
    assert read_embargo(until.isoformat(), now=NOW) == (until, ())


@pytest.mark.parametrize("found", ["2029-01-01T00:00:00Z", "when the minister speaks", "0001-01-01"])
def test_an_embargo_that_cannot_be_kept_is_put_before_a_person(found):
    at, notes = read_embargo(found, now=NOW)
    assert at is None
    assert any("embargo" in note and found in note for note in notes)


def test_an_embargo_without_an_hour_lasts_to_the_end_of_its_day_and_says_so():
    at, notes = read_embargo("2026-08-01", now=NOW)
    assert at == datetime(2026, 8, 2, tzinfo=UTC)
    assert any("embargo" in note and "end of" in note for note in notes)


def test_an_embargo_without_a_zone_says_what_is_assumed():
    at, notes = read_embargo("2026-08-01T06:00:00", now=NOW)
    assert at == datetime(2026, 8, 1, 6, tzinfo=UTC)
    assert any("embargo" in note and "UTC is assumed" in note for note in notes)


def test_no_embargo_is_none():
    assert read_embargo(" ", now=NOW) == (None, ())
