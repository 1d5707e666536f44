"""Choices and nulls in the OpenAPI schema, by name: where they are listed, a reference to one component stands."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from functools import cache
from typing import Any

from factcheck.models import Assessment, ReportKind, Role
from factcheck.reports.builders import OF_A_DESK
from factcheck.workflow.webhook_events import WEBHOOK_EVENTS

from .errors import ERROR_TYPES

CHOICES: dict[str, tuple[str, ...]] = {
    "AssessedBy": (Assessment.SECOND, Assessment.SELF),
    "DeskReportKind": tuple(kind for kind in ReportKind.values if kind in OF_A_DESK),
    "DeskRole": tuple(role for role in Role.values if role != Role.CHIEF_EDITOR),
    "ErrorType": ERROR_TYPES,
    "Reliability": tuple("ABCDEF"),
    "WebhookEvent": WEBHOOK_EVENTS,
}
"""Choices that are part of an enum, or of none."""


NULL: dict[str, Any] = {"enum": [None], "nullable": True, "description": "Nothing."}


@cache
def enum_names() -> dict[frozenset[str], str]:
    """The name of each enum of the app by its values; of enums with equal values the first name in the alphabet."""
    enums = [enum for enum in subclasses_of(Enum) if enum.__module__.startswith("factcheck.")]
    enums.sort(key=lambda enum: enum.__name__, reverse=True)
    named = {frozenset(str(member.value) for member in enum): enum.__name__ for enum in enums if len(enum)}
    return {**named, **{frozenset(map(str, values)): name for name, values in CHOICES.items()}}


def subclasses_of(parent: type[Enum]) -> Iterator[type[Enum]]:
    for child in parent.__subclasses__():
        yield child
        yield from subclasses_of(child)


def without_blanks(schema: dict[str, Any]) -> list[str]:
    return [value for value in schema["enum"] if value not in ("", None)]


def enum_name(schema: dict[str, Any]) -> str | None:
    """The name of the component for the choices that a schema lists; None where they have none."""
    return enum_names().get(frozenset(without_blanks(schema)))


def name_enums(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """A hook over the whole schema: choices in parameters and properties refer to the component of their enum."""
    components = result["components"]["schemas"]
    for place in (result["paths"], *[row for row in components.values() if "enum" not in row]):
        name_enums_in(place, components)
    return result


def name_nulls(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """A hook over the whole schema: what refers to a component, or is null, says so as OpenAPI 3.0 has it.

    There ``nullable`` beside a reference does not make what it refers to nullable.
    """
    components = result["components"]["schemas"]
    name_nulls_in(components)
    return {**result, "components": {**result["components"], "schemas": {**components, "Null": NULL}}}


def name_nulls_in(place: Any) -> None:
    for row in place.values() if isinstance(place, dict) else place:
        if isinstance(row, dict) and row.get("nullable") and "type" not in row:
            del row["nullable"]
            row["oneOf"] = [*row.pop("allOf", ()), *row.pop("oneOf", ()), {"$ref": "#/components/schemas/Null"}]
        if isinstance(row, dict | list):
            name_nulls_in(row)


def name_enums_in(place: Any, components: dict[str, Any]) -> None:
    for key, value in list(place.items()) if isinstance(place, dict) else enumerate(place):
        if isinstance(value, dict) and isinstance(value.get("enum"), list) and (name := enum_name(value)):
            components.setdefault(name, {"type": "string", "enum": sorted(without_blanks(value))})
            place[key] = reference_to(name, value)
        elif isinstance(value, dict | list):
            name_enums_in(value, components)


def reference_to(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    """A reference to the component of an enum, with what else the schema says."""
    rest = {key: value for key, value in schema.items() if key not in ("enum", "type", "x-spec-enum-id")}
    reference = {"$ref": f"#/components/schemas/{name}"}
    if "" in schema["enum"]:
        return {"oneOf": [reference, {"type": "string", "enum": [""]}], **rest}
    return {"allOf": [reference], **rest} if rest else reference
