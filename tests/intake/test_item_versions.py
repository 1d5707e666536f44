"""Which of two versions of a wire item is the older one, as far as they say."""

import pytest

from factcheck.intake.item_versions import is_older


def version(number=None, created=None, **keys):
    return {
        name: value
        for name, value in {"version": number, "versioncreated": created, **keys}.items()
        if value is not None
    }


OLDER = [
    (version(2), version(3)),
    (version("2"), version("10")),
    (version("1.2"), version("1.10")),
    (version(created="2026-03-10T08:30:00+03:00"), version(created="2026-03-10T06:30:00Z")),
    (version(2, "2026-03-10T08:30:00Z"), version(2, "2026-03-10T09:30:00Z")),
    (version(versionCreated="2026-03-10T08:30:00Z"), version(version_created="2026-03-10T09:30:00Z")),
]


@pytest.mark.parametrize(("older", "newer"), OLDER)
def test_the_older_version_is_told_by_its_number_or_else_its_time(older, newer):
    assert is_older(older, newer)
    assert not is_older(newer, older)


@pytest.mark.parametrize(
    ("one", "two"),
    [
        (version(2), version(2)),
        (version(), version()),
        (version(1), version()),
        (version("draft"), version("final")),
        (version(created="soon"), version(created="2026-03-10T09:30:00Z")),
        (version([1], {}), version(None, 7)),
        (version(True), version(2)),
    ],
)
def test_what_says_nothing_of_its_order_is_not_older(one, two):
    assert not is_older(one, two)
    assert not is_older(two, one)
