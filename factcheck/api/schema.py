"""How the API describes itself in OpenAPI: what each action takes and answers, from the tables the views are made of.

A view that is neither an action nor a plain list or record says so beside itself, by ``describe``. Nothing here needs a
setting of the host. The pages that serve the description are in ``docs``.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from functools import cache
from typing import Any

from drf_spectacular.extensions import OpenApiSerializerFieldExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ResolvedComponent, get_doc, is_list_serializer
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from rest_framework import mixins, serializers

from .batches import BatchAnswer, batch_body
from .errors import ErrorAnswer
from .lists import BIGGEST_ID

ANYTHING: dict[str, Any] = {"type": "object", "additionalProperties": True}
REFUSED = {
    400: "The body is not JSON, or not the form it says it is.",
    401: "No token, or none that is good.",
    403: "You have no right to this.",
    404: "There is no such record, or you may not see it.",
    406: "The API answers JSON.",
    409: "The action does not exist from this state.",
    412: "The record has changed since the version in If-Match.",
    413: "More than 10 MB.",
    415: "This kind of body is not read here.",
    422: "What you sent cannot be used.",
    428: "The action needs If-Match.",
    429: "Too many requests; see Retry-After.",
    503: "The database cannot take it at this moment, and nothing was written; see Retry-After.",
}
OF_READS: tuple[int, ...] = (401, 403, 404, 406, 422, 429, 503)
OF_WRITES: tuple[int, ...] = (400, 401, 403, 404, 406, 409, 413, 415, 422, 429, 503)
WHOLE = ("retrieve", "create", "update", "partial_update")
"""Actions that answer one whole record unless they say otherwise."""
PLAIN = {"list": "Those you may see, page by page.", "retrieve": "One, as it stands, with what you may do to it."}
KEY = {"type": "string", "pattern": "^[!-~]{1,200}$"}


@dataclass(frozen=True)
class Told:
    """What a view says of itself. ``many``: a page of a list; ``media``: what the answer is, where it is not JSON."""

    body: type[serializers.Serializer] | None = None
    answers: Any = None
    status: tuple[int, ...] = ()
    many: bool = False
    query: tuple[OpenApiParameter, ...] = ()
    media: tuple[str, ...] = ()
    versioned: bool = False


def describe(*status: int, **said: Any) -> Callable[[Any], Any]:
    """Say what a view takes and answers: ``@describe(201, body=NewTopic)``. Without ``answers`` it is the record."""

    def mark(view: Any) -> Any:
        view.told = Told(status=status, **said)
        return view

    return mark


class Schema(AutoSchema):
    """One operation, from the action of its viewset and the table of actions."""

    @property
    def noun(self) -> str:
        return str(self.path.rsplit("/api/v1/", 1)[-1].split("/")[0])

    @property
    def action(self) -> str:
        return getattr(self.view, "action", None) or ""

    @property
    def record_action(self) -> Any:
        """The row of the table this operation is made from, or None."""
        kind, _, name = self.action.partition("_")
        return (
            self.view.record_actions.get(name)
            if kind in ("action", "batch") and hasattr(self.view, "record_actions")
            else None
        )

    @property
    def is_batch(self) -> bool:
        return self.record_action is not None and self.action.startswith("batch_")

    @property
    def told(self) -> Told:
        view = getattr(self.view, self.action or self.method.lower(), None)
        return getattr(
            view, "told", Told(answers=None if self.record_action or self.action in (*WHOLE, "list") else ANYTHING)
        )

    @property
    def record(self) -> Any:
        """The serializer of one whole record of this noun."""
        detail = getattr(self.view, "detail_serializer_class", None)
        return detail or getattr(type(self.view), "serializer_class", None) or ANYTHING

    def get_description(self) -> str:
        plain = {
            "list": "Those you may see, page by page.",
            "retrieve": "One, as it stands, with what you may do to it.",
        }
        view = getattr(self.view, self.action or self.method.lower(), None)
        return plain.get(self.action) or get_doc(view) or get_doc(type(self.view))

    def get_operation_id(self) -> str:
        name = self.action.removeprefix("action_")
        if not name:
            parts = self.path.rsplit("/api/v1/", 1)[-1].strip("/").split("/")
            return "_".join(part for part in parts if "{" not in part).replace("-", "_")
        shared = Counter(self.view.action_map.values())[self.action] > 1
        return f"{self.noun}_{name}{f'_{self.method.lower()}' if shared else ''}".replace("-", "_")

    def get_tags(self) -> list[str]:
        return [self.noun]

    def get_summary(self) -> str:
        """The first sentence of the action's own words."""
        said = " ".join(self.get_description().split())
        return said.split(". ")[0].rstrip(".")[:120]

    def get_request_serializer(self) -> Any:
        if self.record_action is not None:
            return batch_body(self.record_action.body) if self.is_batch else self.record_action.body
        return self.told.body

    def get_response_serializers(self) -> dict[Any, Any]:
        found = {self.key(code): answer for code, answer in self.good_answers()}
        refused = OF_READS if self.method in ("GET", "HEAD") else OF_WRITES
        if not self.view.get_authenticators():
            refused = tuple(code for code in refused if code not in (403, 404, 409))
        if self.is_versioned():
            refused = (*refused, 412, 428)
        refusals = {code: OpenApiResponse(ErrorAnswer, REFUSED[code]) for code in sorted(refused)}
        return {**found, **{(str(code), "application/json"): answer for code, answer in refusals.items()}}

    def key(self, code: int) -> Any:
        return (str(code), *(self.told.media or ("application/json",)))

    def good_answers(self) -> Iterator[tuple[int, Any]]:
        told = self.told
        if self.record_action is not None:
            yield (200, BatchAnswer) if self.is_batch else (self.record_action.answers, self.record)
            return
        if self.action == "list" and told.answers is None:
            yield 200, type(self.view).serializer_class(many=True)
            return
        answers = self.record if told.answers is None else told.answers
        for code in told.status or ((201,) if self.action == "create" else (200,)):
            yield code, None if code == 204 else answers(many=True) if told.many else answers
        if self.action == "retrieve":
            yield 304, OpenApiResponse(None, "You have just that: see If-None-Match.")

    def get_override_parameters(self) -> list[OpenApiParameter | Any | type[Any]]:
        return [*self.told.query, *self.headers_sent(), *self.headers_answered(), *self.orderings()]

    def headers_sent(self) -> Iterator[OpenApiParameter]:
        if (
            self.method in ("POST", "PUT", "PATCH")
            and self.view.get_authenticators()
            and self.view.accepts_idempotency_key
        ):
            said = "The same request with the same key does nothing twice and gets its first answer."
            yield OpenApiParameter(
                "Idempotency-Key", {"type": "string", "pattern": "^[!-~]{1,200}$"}, "header", description=said
            )
        if self.is_versioned():
            said = "The version you acted on: the record's ETag, or * for any."
            yield OpenApiParameter("If-Match", str, "header", required=True, description=said)
        if self.action == "retrieve":
            yield OpenApiParameter("If-None-Match", str, "header", description="The ETag of what you have.")

    def is_versioned(self) -> bool:
        """The records of this noun have a version, and this operation changes one of them."""
        changes = (self.record_action is not None and not self.is_batch) or self.action in ("update", "partial_update")
        rows = getattr(self.view, "queryset", None)
        return self.told.versioned or (changes and rows is not None and hasattr(rows.model(), "version"))

    def headers_answered(self) -> Iterator[OpenApiParameter]:
        one = self.action in WHOLE or (self.record_action is not None and not self.is_batch)
        if one and self.told.answers is None and isinstance(self.view, mixins.RetrieveModelMixin):
            yield OpenApiParameter("ETag", str, "header", response=[200, 201, 202], description="Version and content.")
        yield OpenApiParameter("Retry-After", int, "header", response=[429, 503], description="Seconds.")

    def orderings(self) -> Iterator[OpenApiParameter]:
        known = getattr(self.view, "orderings", {})
        if self.action == "list" and known:
            yield OpenApiParameter("ordering", str, "query", enum=list(known))

    def _is_list_view(self, serializer: Any = None) -> bool:
        """A list is a page of rows, unless the view says that it answers something else."""
        if serializer is None or self.told.answers is None:
            return bool(super()._is_list_view(serializer))
        return is_list_serializer(serializer)

    def get_filter_backends(self) -> list[Any]:
        return getattr(self.view, "filter_backends", []) if self.action == "list" else []

    def _resolve_path_parameters(self, variables: list[str]) -> list[dict[str, Any]]:
        """As the address itself says: digits are a number, whatever else has its pattern."""
        groups = dict(re.findall(r"\(\?P<(\w+)>([^)]+)\)", self.path_regex))
        found = []
        for name in variables:
            pattern = groups.get(name) or groups.get("pk", "")
            digits = re.fullmatch(r"\[0-9\]\{1,(\d+)\}", pattern)
            whole = {"type": "integer", "minimum": 0, "maximum": 10 ** int(digits[1]) - 1} if digits else None
            schema = whole or {"type": "string", "pattern": f"^{pattern}$"}
            found.append({"in": "path", "name": name, "required": True, "schema": schema})
        return found

    def get_serializer_name(self, serializer: serializers.Serializer, direction: Any) -> str:
        """Its class; with the noun before it where two nouns have a class of that name."""
        name, module = short_name(type(serializer)), type(serializer).__module__
        return f"{module.rsplit('.', 1)[-1].title()}{name}" if name in names_used_twice() else name

    def _map_serializer_field(self, field: Any, direction: Any, bypass_extensions: bool = False) -> Any:
        """A choice is named after the class its choices come from, and what may be empty in the table may be null."""
        found = super()._map_serializer_field(field, direction, bypass_extensions)
        if found and may_be_null(field) and not found.get("nullable"):
            return {**({"allOf": [found]} if "$ref" in found else found), "nullable": True}
        single = isinstance(field, serializers.ChoiceField) and not isinstance(field, serializers.MultipleChoiceField)
        if not single or not found or "enum" not in found:
            return found
        values = [value for value in found["enum"] if value not in ("", None)]
        name = named_choices().get(frozenset(values))
        more = {key: value for key, value in found.items() if key not in ("enum", "type", "x-spec-enum-id")}
        enum = {"type": "string", "enum": values}
        if name is None:  # choices of one field only stay where they are
            return {"allOf": [{**enum, "enum": [value for value in found["enum"] if value is not None]}], **more}
        component = ResolvedComponent(name=name, type=ResolvedComponent.SCHEMA, object=name, schema=enum)
        self.registry.register_on_missing(component)
        options = [component.ref]
        if "" in found["enum"]:
            options.append({"type": "string", "enum": [""]})
        if not more and len(options) == 1:
            return component.ref
        return {"oneOf" if len(options) > 1 else "allOf": options, **more}


def below(parent: type[Any]) -> Iterator[type[Any]]:
    for child in parent.__subclasses__():
        yield child
        yield from below(child)


def may_be_null(field: Any) -> bool:
    """An answer's field that shows a column which may be empty, such as the owner of a source."""
    model = getattr(getattr(field.parent, "Meta", None), "model", None)
    if model is None or not isinstance(field, serializers.RelatedField | serializers.BaseSerializer):
        return False
    columns = {column.name: column for column in model._meta.concrete_fields}
    return field.source in columns and columns[field.source].null


def short_name(kind: type) -> str:
    return kind.__name__.removesuffix("Serializer")


@cache
def names_used_twice() -> set[str]:
    """Names that more than one of our serializers has, each in its own module."""
    ours = {kind for kind in below(serializers.Serializer) if kind.__module__.startswith("factcheck.")}
    pairs = {(short_name(kind), kind.__module__) for kind in ours}
    return {name for name, count in Counter(name for name, _ in pairs).items() if count > 1}


@cache
def named_choices() -> dict[frozenset[Any], str]:
    """Each set of choices in the app, by its values; the last of those that share all values gives the name."""
    ours: list[type[Enum]] = [kind for kind in below(Enum) if kind.__module__.startswith("factcheck.")]
    ours.sort(key=lambda kind: kind.__name__, reverse=True)
    return {frozenset(str(row.value) for row in kind): kind.__name__ for kind in ours if len(kind)}


class NamedRecord(OpenApiSerializerFieldExtension):
    """A record named in a body: by its id, or by its slug."""

    target_class = "factcheck.api.bodies.Visible"
    match_subclasses = True

    def map_serializer_field(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        if self.target.by == "pk":
            named = {"type": "integer", "minimum": 0, "maximum": BIGGEST_ID}
        else:
            named = {"type": "string", "minLength": 1, "maxLength": 100}
        return {**named, "nullable": True} if self.target.allow_null else named


class NamedColleague(OpenApiSerializerFieldExtension):
    """A person named in a body, by username."""

    target_class = "factcheck.api.bodies.Colleague"
    match_subclasses = True

    def map_serializer_field(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        named = {"type": "string", "minLength": 1, "maxLength": 150}
        return {**named, "nullable": True} if self.target.allow_null else named


class VersionOrStar(OpenApiSerializerFieldExtension):
    """The version of an item of a batch."""

    target_class = "factcheck.api.batches.Version"

    def map_serializer_field(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        return {"oneOf": [{"type": "integer", "minimum": 0, "maximum": 2**31 - 1}, {"type": "string", "enum": ["*"]}]}
