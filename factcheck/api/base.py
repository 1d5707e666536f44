"""The base classes of all views: authentication, pagination, ETags, and the table of actions of a viewset.

``POST {resource}/{id}/{action}/`` exists for each entry of ``record_actions``. The first error in this order is
reported: 401 not authenticated, 404 no such record for this user, 403 not permitted, 428 no If-Match, 412 another
version, 409 wrong state, 422 invalid body.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from inspect import Parameter, signature
from typing import Any, ClassVar

from django.shortcuts import get_object_or_404
from django.utils.http import parse_etags, quote_etag
from rest_framework import mixins, permissions, renderers, viewsets
from rest_framework.authentication import SessionAuthentication
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from factcheck.errors import StaleRevision
from factcheck.models import IdempotencyKey, record_name

from .authentication import ScopedTokenAuthentication
from .batches import perform_batch, refresh_results
from .errors import PreconditionRequired, exception_handler
from .filters import StrictFilterBackend
from .idempotency import IdempotentView
from .pagination import RecordPagination
from .parsers import JSONParser, MultiPartParser
from .permissions import available_actions, check_right, check_state
from .schema import OperationSchema
from .scopes import check_token_scope
from .serializers import BodySerializer
from .throttling import AddressReadThrottle, AddressWriteThrottle, UserReadThrottle, UserWriteThrottle


class BaseView(IdempotentView):
    """Every view of this API. It sets all classes itself, so that the host's defaults do not apply."""

    schema: ClassVar[OperationSchema | None] = OperationSchema()
    throttle_classes: ClassVar[tuple[type, ...]] = (UserReadThrottle, UserWriteThrottle)
    authentication_classes: ClassVar[tuple[type, ...]] = (ScopedTokenAuthentication, SessionAuthentication)
    permission_classes: ClassVar[tuple[type, ...]] = (permissions.IsAuthenticated,)
    renderer_classes: ClassVar[tuple[type, ...]] = (renderers.JSONRenderer,)
    parser_classes: ClassVar[tuple[type, ...]] = (JSONParser,)
    metadata_class = None
    versioning_class = None

    def get_exception_handler(self) -> Callable[..., Response | None]:
        return exception_handler

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        """No proxy and no browser keeps an answer: it holds what its reader alone may see."""
        response = super().finalize_response(request, response, *args, **kwargs)
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """A name in the host's prefix, such as ``<slug:tenant>/``, is the host's and reaches no method of ours."""
        handler: Any = getattr(self, request.method.lower(), self.http_method_not_allowed)
        taken = signature(handler).parameters.values()
        if not any(row.kind is Parameter.VAR_KEYWORD for row in taken):
            names = {row.name for row in taken}
            kwargs = {name: value for name, value in kwargs.items() if name in names}
        return super().dispatch(request, *args, **kwargs)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Requests are counted per address before authentication, so that guessed tokens count too."""
        for throttle in (AddressReadThrottle(), AddressWriteThrottle()):
            if not throttle.allow_request(request, self):
                self.throttled(request, throttle.wait())
        super().initial(request, *args, **kwargs)
        check_token_scope(request, self)


@dataclass(frozen=True)
class ActionEndpoint:
    """One action of a viewset: the function of ``workflow`` that it calls, and the body it takes.

    A function with a parameter ``version`` compares the version itself, in its update.
    """

    function: Callable[..., Any]
    serializer_class: type[BodySerializer] = BodySerializer
    versioned: bool = True
    status_code: int = 200
    accepts_files: bool = False

    @property
    def takes_version(self) -> bool:
        return self.versioned and "version" in signature(self.function).parameters

    @property
    def description(self) -> str:
        """The docstring of the function, without its ``Raises:``."""
        return (getattr(self.function, "func", self.function).__doc__ or "").split("Raises:")[0].strip()


def version_in_etag(etag: str) -> str:
    """The version in an ETag such as ``"7.1f0c…"``, which is version and hash of the content."""
    return etag.removeprefix("W/").strip('"').split(".")[0]


def etag_of(record: Any, data: Any) -> str:
    content_hash = hashlib.sha256(renderers.JSONRenderer().render(data)).hexdigest()[:16]
    return quote_etag(f"{getattr(record, 'version', 0)}.{content_hash}")


def action_view(name: str, endpoint: ActionEndpoint) -> Any:
    """The view method of an action on one record."""

    def view(self: RecordViewSet, request: Request, pk: str) -> Response:
        return self.perform_action(name, endpoint)

    view.__name__ = f"action_{name}"
    view.__doc__ = endpoint.description
    parsers = (JSONParser, MultiPartParser) if endpoint.accepts_files else (JSONParser,)
    attributes = {"serializer_class": endpoint.serializer_class, "parser_classes": parsers}
    return action(detail=True, methods=["post"], url_path=name, url_name=name, **attributes)(view)


def batch_view(name: str, endpoint: ActionEndpoint) -> Any:
    """The view method of an action on many records."""

    def view(self: RecordViewSet, request: Request) -> Response:
        return Response(perform_batch(self, name, endpoint))

    view.__name__ = f"batch_{name}"
    view.__doc__ = f"{endpoint.description}\n\nOn many records at once: each by itself, with one result for each."
    return action(detail=False, methods=["post"], url_path=f"batch/{name}", url_name=f"batch-{name}")(view)


class RecordViewSet(BaseView, mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """List, retrieve and the actions of one model, for the records that the user may see."""

    lookup_value_regex = r"[0-9]{1,15}"
    pagination_class = RecordPagination
    filter_backends = (StrictFilterBackend,)
    defers_key_error = True
    create_accepts_files = False

    record_actions: ClassVar[dict[str, ActionEndpoint]] = {}
    batch_actions: ClassVar[tuple[str, ...]] = ()
    """Names of those actions that exist for many records too."""

    ordering: ClassVar[tuple[str, ...]] = ("-id",)
    orderings: ClassVar[dict[str, tuple[str, ...]]] = {}
    """Values of ``ordering=`` with their columns, none of which may be null: the cursor compares them."""

    detail_serializer_class: Any = None
    """The serializer of one record, where a list shows fewer fields."""

    response_serializer_class: Any = None
    """The serializer of the response of an action that creates a record of another model."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        for name, endpoint in cls.record_actions.items():
            setattr(cls, f"action_{name}", action_view(name, endpoint))
        for name in cls.batch_actions:
            setattr(cls, f"batch_{name}", batch_view(name, cls.record_actions[name]))

    def get_parsers(self) -> list[Any]:
        if self.create_accepts_files and self.action_map.get("post") == "create":
            return [JSONParser(), MultiPartParser()]
        return list(super().get_parsers())

    def get_queryset(self) -> Any:
        return self.queryset.all().visible_to(self.request.user)

    def get_object(self) -> Any:
        return get_object_or_404(self.get_queryset(), pk=self.kwargs["pk"])

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self.record_response(self.get_object())

    def record_response(self, record: Any, status: int = 200, extra: dict[str, Any] | None = None) -> Response:
        """One record with its ETag; 304 if the client has this version already.

        With ``extra`` the body is an object with these ids and numbers, and the record under the name of its model.
        """
        self.response_record, self.response_extra = record, extra
        serializer_class = self.response_serializer_class or self.detail_serializer_class or type(self).serializer_class
        data = serializer_class(record, context=self.get_serializer_context()).data
        etag = etag_of(record, data)
        if extra is not None:
            data = {record_name(record): data, **extra}
        if self.request.method == "GET" and etag in parse_etags(self.request.headers.get("If-None-Match", "")):
            return Response(status=304, headers={"ETag": etag})
        return Response(data, status, headers={"ETag": etag})

    def replay(self, row: IdempotencyKey) -> Response:
        """The stored response with the record as it is now; 404 if the user may not see it any more."""
        if row.record_id is not None:
            records = self.get_queryset()
            if self.response_serializer_class:
                records = self.response_serializer_class.Meta.model.objects.visible_to(self.request.user)
            record = get_object_or_404(records, pk=row.record_id)
            return self.record_response(record, int(row.status or 200), row.answer)
        if row.answer is not None and "pk" in self.kwargs:
            self.get_object()
        if row.answer is not None and self.action.startswith("batch_"):
            row.answer = refresh_results(self, row.answer)
        return super().replay(row)

    def validated_body(self, serializer_class: type[BodySerializer]) -> dict[str, Any]:
        """The validated body of the request, or 422."""
        if self.key_error:
            raise self.key_error
        serializer = serializer_class(data=self.request.data, context=self.get_serializer_context())
        serializer.is_valid(raise_exception=True)
        return dict(serializer.validated_data)

    def expected_version(self, record: Any) -> int | None:
        """The version in If-Match, compared with the record's; None for ``*`` and for records without a version."""
        if not hasattr(record, "version"):
            return None
        etags = parse_etags(self.request.headers.get("If-Match", ""))
        if not etags:
            raise PreconditionRequired
        if "*" in etags:
            return None
        if str(record.version) not in map(version_in_etag, etags):
            raise StaleRevision("This has changed since you opened it.", version=record.version)
        return int(record.version)

    def perform_action(self, name: str, endpoint: ActionEndpoint) -> Response:
        record = self.get_object()
        get_version = partial(self.expected_version, record)
        get_body = partial(self.validated_body, endpoint.serializer_class)
        result = self.call_action(record, name, endpoint, get_version, get_body)
        changed = result if isinstance(result, type(record)) else record  # some actions return another record
        shown = get_object_or_404(self.get_queryset(), pk=changed.pk)  # their role may have been taken since
        return self.record_response(shown, endpoint.status_code)

    def call_action(
        self,
        record: Any,
        name: str,
        endpoint: ActionEndpoint,
        get_version: Callable[[], int | None],
        get_body: Callable[[], Mapping[str, Any]],
    ) -> Any:
        """Call the function of an action. Version and body are callables to raise errors in the documented order."""
        user = self.request.user
        check_right(user, record, name)
        version = get_version()
        check_state(user, record, name)
        arguments = dict(get_body())
        if endpoint.takes_version:
            arguments["version"] = version
        return endpoint.function(record, by=user, **arguments)

    def perform_change(
        self,
        function: Callable[..., Any],
        serializer_class: type[BodySerializer],
        right: str,
        right_on: Callable[[Any], Any] | None = None,
    ) -> Response:
        """PATCH: change the fields in the body. ``right_on`` returns the record whose right is checked."""
        record = self.get_object()
        check_right(self.request.user, right_on(record) if right_on else record, right)
        version = self.expected_version(record)
        function(record, by=self.request.user, version=version, **self.validated_body(serializer_class))
        return self.record_response(self.get_object())

    def available_actions(self, record: Any) -> list[str]:
        return available_actions(self.request.user, record, self.record_actions)

    def check_right_on(self, model: type[Any], field: str, action: str, by: str = "pk") -> None:
        """Check the right to create on the record that ``field`` names, before the body is validated.

        A value that names no record is left to the validation.
        """
        value = self.request.data.get(field) if isinstance(self.request.data, dict) else None
        if isinstance(value, int | str) and not isinstance(value, bool) and (by != "pk" or str(value).isdecimal()):
            parent = model.objects.visible_to(self.request.user).filter(**{by: value}).first()
            if parent is not None:
                check_right(self.request.user, parent, action)
