"""OpenAPI operations, generated from the viewsets and their tables of actions by drf-spectacular.

A view that is neither an action nor a plain list or record is annotated with ``describe``. No setting of the host is
needed. The views that serve the schema are in ``docs``.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from drf_spectacular.contrib.knox_auth_token import KnoxTokenScheme
from drf_spectacular.extensions import OpenApiSerializerFieldExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ResolvedComponent, get_doc, is_list_serializer
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from rest_framework import mixins, serializers

from .batches import BatchResponseSerializer, batch_serializer
from .enums import enum_name, reference_to, without_blanks
from .errors import ErrorResponseSerializer
from .filters import MAX_ID
from .idempotency import KEY_PATTERN, WRITE_METHODS

API_PREFIX = "/api/v1/"
ANY_OBJECT: dict[str, Any] = {"type": "object", "additionalProperties": True}
JSON_ITEMS: dict[tuple[str, str], dict[str, Any]] = {
    ("Anchor", "candidates"): {"type": "array", "items": {"type": "integer"}},
    ("Waiver", "covers"): {
        "type": "object",
        "required": ["code", "record", "message"],
        "properties": {
            "code": {"type": "string"},
            "record": {"type": "string"},
            "record_id": {"type": "integer", "nullable": True},
            "message": {"type": "string"},
            "pairs": {"type": "array", "items": {"type": "integer"}, "description": "All pairs of a dispute."},
        },
    },
}
"""Lists in JSON columns whose entries are no words."""
ERROR_DESCRIPTIONS = {
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
READ_ERRORS: tuple[int, ...] = (401, 403, 404, 406, 422, 429, 503)
WRITE_ERRORS: tuple[int, ...] = (400, 401, 403, 404, 406, 409, 413, 415, 422, 429, 503)
SINGLE_RECORD_ACTIONS = ("retrieve", "create", "update", "partial_update")
"""Methods of a viewset whose response is one record, unless ``describe`` names another."""
DEFAULT_DESCRIPTIONS = {
    "list": "Those you may see, page by page.",
    "retrieve": "One, as it stands, with what you may do to it.",
}


@dataclass(frozen=True)
class OperationInfo:
    """What ``describe`` says of a view."""

    status_codes: tuple[int, ...] = ()
    request: type[serializers.Serializer] | None = None
    response: Any = None
    """A serializer class or a type; None for the record of the viewset."""
    many: bool = False
    """Whether the response is a page of a list."""
    parameters: tuple[OpenApiParameter, ...] = ()
    media_types: tuple[str, ...] = ()
    """Of the response, where it is not JSON."""
    versioned: bool = False
    """Whether If-Match is required."""


def describe(*status_codes: int, **info: Any) -> Callable[[Any], Any]:
    """Annotate a view for the schema: ``@describe(201, request=NewTopicSerializer)``; see ``OperationInfo``."""

    def decorate(view: Any) -> Any:
        view.operation_info = OperationInfo(status_codes=status_codes, **info)
        return view

    return decorate


class OperationSchema(AutoSchema):
    """One operation, from the method of its viewset and the table of actions."""

    @property
    def path_parts(self) -> list[str]:
        return str(self.path).rsplit(API_PREFIX, 1)[-1].strip("/").split("/")

    @property
    def resource(self) -> str:
        return self.path_parts[0]

    @property
    def action(self) -> str:
        return getattr(self.view, "action", None) or ""

    @property
    def view_method(self) -> Any:
        return getattr(self.view, self.action or self.method.lower(), None)

    @property
    def endpoint(self) -> Any:
        """The ``ActionEndpoint`` that this operation was made from, or None."""
        kind, _, name = self.action.partition("_")
        return getattr(self.view, "record_actions", {}).get(name) if kind in ("action", "batch") else None

    @property
    def is_batch(self) -> bool:
        return self.endpoint is not None and self.action.startswith("batch_")

    @property
    def is_record_action(self) -> bool:
        return self.endpoint is not None and not self.is_batch

    @property
    def info(self) -> OperationInfo:
        known = self.endpoint is not None or self.action in (*SINGLE_RECORD_ACTIONS, "list")
        return getattr(self.view_method, "operation_info", OperationInfo(response=None if known else ANY_OBJECT))

    @property
    def record_serializer(self) -> Any:
        detail = getattr(self.view, "detail_serializer_class", None)
        return detail or getattr(type(self.view), "serializer_class", None) or ANY_OBJECT

    def get_description(self) -> str:
        return DEFAULT_DESCRIPTIONS.get(self.action) or get_doc(self.view_method) or get_doc(type(self.view))

    def get_summary(self) -> str:
        """The first sentence of the description."""
        description = " ".join(self.get_description().split())
        return description.split(". ")[0].rstrip(".")[:120]

    def get_operation_id(self) -> str:
        name = self.action.removeprefix("action_")
        if not name:
            return "_".join(part for part in self.path_parts if "{" not in part).replace("-", "_")
        methods = {method: action for method, action in self.view.action_map.items() if method != "head"}
        shared = Counter(methods.values())[self.action] > 1  # the framework adds HEAD once a route has been asked for
        return f"{self.resource}_{name}{f'_{self.method.lower()}' if shared else ''}".replace("-", "_")

    def get_tags(self) -> list[str]:
        return [self.resource]

    def get_request_serializer(self) -> Any:
        if self.is_batch:
            return batch_serializer(self.endpoint.serializer_class)
        body: Any = self.info.request if self.endpoint is None else self.endpoint.serializer_class
        return bodies_of(body)

    def get_response_serializers(self) -> dict[Any, Any]:
        media_types = self.info.media_types or ("application/json",)
        responses: dict[Any, Any] = {(str(code), *media_types): found for code, found in self.success_responses()}
        for code in self.error_codes():
            response = OpenApiResponse(ErrorResponseSerializer, ERROR_DESCRIPTIONS[code])
            responses[str(code), "application/json"] = response
        return responses

    def success_responses(self) -> Iterator[tuple[int, Any]]:
        info = self.info
        if self.endpoint is not None:
            yield (
                (200, BatchResponseSerializer)
                if self.is_batch
                else (
                    self.endpoint.status_code,
                    self.record_serializer,
                )
            )
            return
        if self.action == "list" and info.response is None:
            yield 200, type(self.view).serializer_class(many=True)
            return
        response = self.record_serializer if info.response is None else info.response
        for code in info.status_codes or ((201,) if self.action == "create" else (200,)):
            yield code, None if code == 204 else response(many=True) if info.many else response
        if self.action == "retrieve":
            yield 304, OpenApiResponse(None, "You have just that: see If-None-Match.")

    def error_codes(self) -> list[int]:
        codes = set(READ_ERRORS if self.method in ("GET", "HEAD") else WRITE_ERRORS)
        if not self.view.get_authenticators():
            codes -= {403, 404, 409}
        if self.is_versioned():
            codes |= {412, 428}
        return sorted(codes)

    def get_override_parameters(self) -> list[OpenApiParameter | Any | type[Any]]:
        return [
            *self.info.parameters,
            *self.request_headers(),
            *self.response_headers(),
            *self.ordering_parameters(),
        ]

    def request_headers(self) -> Iterator[OpenApiParameter]:
        authenticated = bool(self.view.get_authenticators())
        if self.method in WRITE_METHODS and authenticated and self.view.accepts_idempotency_key:
            key = {"type": "string", "pattern": f"^{KEY_PATTERN.pattern}$"}
            text = "The same request with the same key does nothing twice and gets its first answer."
            yield OpenApiParameter("Idempotency-Key", key, "header", description=text)
        if self.is_versioned():
            text = "The version you acted on: the record's ETag, or * for any."
            yield OpenApiParameter("If-Match", str, "header", required=True, description=text)
        if self.action == "retrieve":
            yield OpenApiParameter("If-None-Match", str, "header", description="The ETag of what you have.")

    def is_versioned(self) -> bool:
        """Whether the operation changes a record that has a version."""
        changes = self.is_record_action or self.action in ("update", "partial_update")
        queryset = getattr(self.view, "queryset", None)
        return self.info.versioned or (changes and queryset is not None and hasattr(queryset.model(), "version"))

    def response_headers(self) -> Iterator[OpenApiParameter]:
        single = self.is_record_action or self.action in SINGLE_RECORD_ACTIONS
        if single and self.info.response is None and isinstance(self.view, mixins.RetrieveModelMixin):
            yield OpenApiParameter("ETag", str, "header", response=[200, 201, 202], description="Version and content.")
        yield OpenApiParameter("Retry-After", int, "header", response=[429, 503], description="Seconds.")

    def ordering_parameters(self) -> Iterator[OpenApiParameter]:
        orderings = getattr(self.view, "orderings", {})
        if self.action == "list" and orderings:
            yield OpenApiParameter("ordering", str, "query", enum=list(orderings))

    def _is_list_view(self, serializer: Any = None) -> bool:
        """Whether the response is a page of records; ``describe`` may name another response."""
        if serializer is None or self.info.response is None:
            return bool(super()._is_list_view(serializer))
        return is_list_serializer(serializer)

    def get_filter_backends(self) -> list[Any]:
        return getattr(self.view, "filter_backends", []) if self.action == "list" else []

    def _resolve_path_parameters(self, variables: list[str]) -> list[dict[str, Any]]:
        """From the regular expressions of the path: digits are an integer, anything else is a string."""
        groups = dict(re.findall(r"\(\?P<(\w+)>([^)]+)\)", self.path_regex))
        parameters = []
        for name in variables:
            pattern = groups.get(name) or groups.get("pk", "")
            schema: dict[str, Any] = {"type": "string", "pattern": f"^{pattern}$"}
            if digits := re.fullmatch(r"\[0-9\]\{1,(\d+)\}", pattern):
                schema = {"type": "integer", "minimum": 0, "maximum": 10 ** int(digits[1]) - 1}
            parameters.append({"in": "path", "name": name, "required": True, "schema": schema})
        return parameters

    def _map_serializer_field(self, field: Any, direction: Any, bypass_extensions: bool = False) -> Any:
        """Fields of nullable columns are nullable, and choices become components named after their enum."""
        schema = super()._map_serializer_field(field, direction, bypass_extensions)
        if isinstance(field, serializers.JSONField) and "type" not in schema:
            schema = {**schema, **json_shape(field)}
        if isinstance(field, serializers.FileField) and schema:  # sent, never answered
            schema = {"type": "string", "format": "binary"}
        if schema and is_nullable(field) and not schema.get("nullable"):
            return {**({"allOf": [schema]} if "$ref" in schema else schema), "nullable": True}
        single = isinstance(field, serializers.ChoiceField) and not isinstance(field, serializers.MultipleChoiceField)
        return self._map_enum(schema) if single and schema and "enum" in schema else schema

    def _insert_field_validators(self, field: Any, schema: dict[str, Any]) -> None:
        """An address that may be left empty is one of the two; a default is that of both."""
        super()._insert_field_validators(field, schema)
        if "type" in schema.get("oneOf", [{}])[0]:
            schema["oneOf"][0]["minLength"] = 1
            if "default" in schema["oneOf"][0]:
                schema["default"] = schema["oneOf"][0].pop("default")

    def _map_enum(self, schema: dict[str, Any]) -> dict[str, Any]:
        """A reference to the component of an enum; choices of no enum are listed in the field."""
        if (name := enum_name(schema)) is None:
            rest = {key: value for key, value in schema.items() if key not in ("enum", "type", "x-spec-enum-id")}
            listed = [value for value in schema["enum"] if value is not None]
            return {"allOf": [{"type": "string", "enum": listed}], **rest}
        enum = {"type": "string", "enum": without_blanks(schema)}
        component = ResolvedComponent(name=name, type=ResolvedComponent.SCHEMA, object=name, schema=enum)
        self.registry.register_on_missing(component)
        return reference_to(name, schema)


@cache
def bodies_of(body: type[serializers.Serializer] | None) -> Any:
    """A body by media type where it may hold a file: JSON, where no file has a place, and a form, where no object has.

    Each is a component of its own, so that a generated client has one class for each.
    """
    fields = {} if body is None else body._declared_fields
    if body is None or not any(isinstance(field, serializers.FileField) for field in fields.values()):
        return body
    name = body.__name__.removesuffix("Serializer")
    files = {key: None for key, field in fields.items() if isinstance(field, serializers.FileField)}
    objects = {key: None for key, field in fields.items() if isinstance(field, serializers.JSONField)}
    return {
        "application/json": type(f"{name}Serializer", (body,), {"__doc__": body.__doc__, **files}),
        "multipart/form-data": type(f"{name}FormSerializer", (body,), {"__doc__": body.__doc__, **objects}),
    }


def json_shape(field: Any) -> dict[str, Any]:
    """What a JSON column holds: a list of words where it begins as a list, or else an object."""
    model = getattr(getattr(field.parent, "Meta", None), "model", None)
    column = None if model is None else model._meta.get_field(field.source)
    if model is not None and (model.__name__, field.source) in JSON_ITEMS:
        return {"type": "array", "items": JSON_ITEMS[model.__name__, field.source]}
    if column is not None and isinstance(column.get_default(), list):
        return {"type": "array", "items": {"type": "string"}}
    return dict(ANY_OBJECT)


def is_nullable(field: Any) -> bool:
    """Whether a related field shows a column that may be null, such as the owner of a source."""
    model = getattr(getattr(field.parent, "Meta", None), "model", None)
    if model is None or not isinstance(field, serializers.RelatedField | serializers.BaseSerializer):
        return False
    columns = {column.name: column for column in model._meta.concrete_fields}
    return field.source in columns and columns[field.source].null


class ScopedTokenScheme(KnoxTokenScheme):  # type: ignore[misc] # drf-spectacular has no types here
    target_class = "factcheck.api.authentication.ScopedTokenAuthentication"


class VisibleRecordFieldExtension(OpenApiSerializerFieldExtension):
    target_class = "factcheck.api.fields.VisibleRecordField"
    match_subclasses = True

    def map_serializer_field(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        schema: dict[str, Any] = {"type": "string", "minLength": 1, "maxLength": 100}
        if self.target.by == "pk":
            schema = {"type": "integer", "minimum": 0, "maximum": MAX_ID}
        return {**schema, "nullable": True} if self.target.allow_null else schema


class ColleagueFieldExtension(OpenApiSerializerFieldExtension):
    target_class = "factcheck.api.fields.ColleagueField"
    match_subclasses = True

    def map_serializer_field(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        schema = {"type": "string", "minLength": 1, "maxLength": 150}
        return {**schema, "nullable": True} if self.target.allow_null else schema


class VersionFieldExtension(OpenApiSerializerFieldExtension):
    target_class = "factcheck.api.batches.VersionField"

    def map_serializer_field(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        return {"oneOf": [{"type": "integer", "minimum": 0, "maximum": 2**31 - 1}, {"type": "string", "enum": ["*"]}]}
