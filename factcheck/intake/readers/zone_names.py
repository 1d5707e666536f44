"""Names of time zones as machines write them behind a time: "CEST", "GMT+2", "-0000", "IST".

A name that means one offset is replaced by it. One that means several is replaced by none, and said.
"""

from __future__ import annotations

import re

_MINUTES = {
    **dict.fromkeys(["GMT", "UTC", "UT", "Z", "WET"], 0),
    **dict.fromkeys(["BST", "CET", "WEST", "WAT"], 60),
    **dict.fromkeys(["CEST", "EET", "CAT", "SAST"], 120),
    **dict.fromkeys(["EEST", "EAT", "MSK", "TRT"], 180),
    "MEZ": 60,
    "MESZ": 120,
    "IRST": 210,
    "AFT": 270,
    "PKT": 300,
    "NPT": 345,
    "ICT": 420,
    "WIB": 420,
    **dict.fromkeys(["HKT", "SGT", "PHT", "AWST", "WITA"], 480),
    **dict.fromkeys(["JST", "KST", "WIT"], 540),
    "ACST": 570,
    "ACDT": 630,
    "AEST": 600,
    "AEDT": 660,
    "NZST": 720,
    "NZDT": 780,
    "NST": -210,
    "NDT": -150,
    "ADT": -180,
    "BRT": -180,
    "ART": -180,
    "CLT": -240,
    "COT": -300,
    "PET": -300,
    "EST": -300,
    "EDT": -240,
    "CST": -360,
    "CDT": -300,
    "MST": -420,
    "MDT": -360,
    "PST": -480,
    "PDT": -420,
    "AKST": -540,
    "AKDT": -480,
    "HST": -600,
}
"""What each name adds to universal time, in minutes."""
_BY_CUSTOM = {
    "BST": "British Summer Time (it may mean Bangladesh Standard Time)",
    "CST": "Central Standard Time of North America (it may mean China Standard Time)",
}
_SEVERAL = {
    "IST": "India, Ireland or Israel",
    "AST": "Atlantic or Arabia Standard Time",
    "GST": "Gulf or South Georgia time",
    "AMT": "Amazon or Armenia time",
    "ECT": "Ecuador or Eastern Caribbean time",
    "PYT": "Paraguay or Pyongyang time",
    "WST": "Western Australia or Samoa time",
    "ADST": "several zones",
    "EDST": "several zones",
}

_TIME = r"(?P<time>.*\d:\d\d(?::\d\d(?:[.,]\d+)?)?)"
_NAMED = re.compile(_TIME + r"\s*\(?(?P<name>[A-Za-z]{1,5})\)?")
_OFFSET = re.compile(
    _TIME
    + r"\s*(?:GMT|UTC|UT|Z)?\s*(?P<sign>[+\-\u2212])(?P<hours>\d\d?)(?::?(?P<minutes>\d\d))?(?:\s*\([^()]{1,40}\))?",
    re.IGNORECASE,
)


def with_offset(found: str) -> tuple[str, tuple[str, ...]]:
    """A stamp with its zone as an offset, and what had to be said; without any zone where its name decides none.

    >>> with_offset("10 Jul 2026 15:07:41 CEST")
    ('10 Jul 2026 15:07:41 +0200', ())
    >>> with_offset("10 Jul 2026 15:07:41 GMT+2")
    ('10 Jul 2026 15:07:41 +0200', ())
    """
    if matched := _OFFSET.fullmatch(found):
        sign = "+" if matched["sign"] == "+" else "-"
        return f"{matched['time']} {sign}{int(matched['hours']):02}{matched['minutes'] or '00'}", ()
    matched = _NAMED.fullmatch(found)
    if matched is None or matched["name"].upper() in ("AM", "PM"):
        return found, ()
    name = matched["name"].upper()
    if name in _SEVERAL:
        return matched["time"], (f"The zone {name!r} may mean {_SEVERAL[name]}; it is not guessed.",)
    if name not in _MINUTES:
        return matched["time"], (f"The zone {name!r} is not known.",)
    said = (f"The zone {name!r} is read as {_BY_CUSTOM[name]}.",) if name in _BY_CUSTOM else ()
    return f"{matched['time']} {_written(_MINUTES[name])}", said


def _written(minutes: int) -> str:
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}{abs(minutes) % 60:02}"
