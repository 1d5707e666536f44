"""A report as a tagged PDF, set by Typst. Its data come in as JSON, so no text of a user is ever markup."""

from __future__ import annotations

import json
import re
import unicodedata
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, Literal

import typst
from django.utils.translation import get_language, gettext

from factcheck.intake.text_cleaning import replace_unusable, with_directions_closed
from factcheck.language import ENGLISH

from .measure_chart import for_print, with_charts
from .pages import WHOLE, family
from .shorten import limit_lists
from .tables import Data
from .telling import printed_words, told_report

ROOT = Path(__file__).resolve().parents[2] / "templates" / "factcheck"
IN_PRINT = {
    "documents": 200,
    "blockers": 30,
    "claims": 500,
    "figures": 30,
    "evidence": 30,
    "discrepancies": 300,
    "conflicts": 300,
    "people": 100,
    "tasks": 200,
    "overdue": 300,
    "judgements": 300,
    "publications": 500,
    "corrections": 500,
    "sentences": 5,
    "others": 30,
}
UNDISPLAYABLE = re.compile(r'the text `"(.+?)"` could not be displayed')
ESCAPED = re.compile(r"\\u\{([0-9a-f]+)\}")
SPECIAL = {"Cc", "Cf", "Cn", "Co", "Cs", "Mn", "Me"}
NO_WIDTH = "\ufeff"
"""The byte order mark: PDF/UA forbids it, and where no mark of the order it is a space of no width."""
TRIES = 4


@cache
def fonts() -> Any:
    """Those inside Typst come first; the system's are asked only for what those do not have."""
    return typst.Fonts(include_system_fonts=True, include_embedded_fonts=True)


def as_pdf(data: Data) -> bytes:
    """PDF/UA-1, A4, the same bytes for the same data. A character no font has is replaced by its name in brackets."""
    report = with_charts(told_report(limit_lists(data, IN_PRINT, elsewhere=gettext(WHOLE))), clean=for_print)
    report |= {"words": printed_words(data), "lang": pdf_language(get_language() or ENGLISH)}
    for document in report.get("documents", ()):
        document["language"] = pdf_language(document["language"])
    report_json = json.dumps(all_usable(report), ensure_ascii=False)
    for _ in range(TRIES):
        try:
            return set_by_typst(data, report_json, "ua-1")
        except typst.TypstError as error:
            if not (missing := characters_without_font(error)):
                raise
            report_json = report_json.translate({ord(char): character_name(char) for char in missing})
    return set_by_typst(data, report_json)  # with a box where a character cannot be shown


def all_usable(part: Any) -> Any:
    """The data with U+FFFD for each character that XML cannot hold, as the metadata are XML; see ``NO_WIDTH``."""
    if isinstance(part, dict):
        return {name: all_usable(value) for name, value in part.items()}
    if isinstance(part, list):
        return [all_usable(value) for value in part]
    return with_directions_closed(replace_unusable(part).replace(NO_WIDTH, "")) if isinstance(part, str) else part


def set_by_typst(data: Data, report_json: str, *standards: Literal["ua-1"]) -> bytes:
    made = typst.compile(
        str(ROOT / f"report_{family(data)}.typ"),
        root=str(ROOT),
        font_paths=fonts(),
        sys_inputs={"report": report_json},
        pdf_standards=list(standards),
        timestamp=timestamp_of(data["built_at"]),
        format="pdf",
    )
    return bytes(made)


def timestamp_of(built_at: str) -> int:
    """When the report was built, which is when its PDF was made, whenever it is made again."""
    try:
        at = datetime.strptime(built_at, "%Y-%m-%d %H:%M UTC").replace(tzinfo=UTC)
    except ValueError:
        return 0
    return int(at.timestamp())


def pdf_language(language: str) -> str:
    code = language.split("-", maxsplit=1)[0].lower()
    return code if re.fullmatch(r"[a-z]{2,3}", code) else "en"


def characters_without_font(error: typst.TypstError) -> set[str]:
    """The characters no font has, from what Typst says of them."""
    undisplayable = UNDISPLAYABLE.findall(error.diagnostic)
    return {char for words in undisplayable for char in ESCAPED.sub(lambda found: chr(int(found[1], 16)), words)}


def character_name(char: str) -> str:
    """A character in words.

    >>> character_name("\\N{GRINNING FACE}"), character_name("\\u4e2d"), character_name("\\N{ZERO WIDTH JOINER}")
    ('[grinning face]', '[U+4E2D]', '')
    """
    if unicodedata.category(char) in SPECIAL:
        return ""
    name = unicodedata.name(char, "")
    return f"[{name.lower()}]" if name and not name.startswith("CJK") else f"[U+{ord(char):04X}]"
