"""What every noun's viewset shares: log-in, pages, filters, ETags, and actions from one table per noun.

``POST {noun}/{id}/{action}/`` exists for each entry of ``actions``. A refusal comes in this order: 401 who are you,
404 no such record for you, 403 no right, 428 no If-Match, 412 another version, 409 wrong state, 422 unusable body.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from inspect import signature
from typing import Any, ClassVar

from django.shortcuts import get_object_or_404
from django.utils.http import parse_etags, quote_etag
from knox.auth import TokenAuthentication
from rest_framework import mixins, permissions, renderers, viewsets
from rest_framework.authentication import SessionAuthentication
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from factcheck.errors import StaleRevision
from factcheck.models import IdempotencyKey

from .batches import batch_as_it_stands, perform_batch
from .bodies import Body
from .errors import PreconditionRequired, handle
from .idempotency import IdempotentView
from .lists import Filters, Page
from .parsing import FormParser, JSONParser
from .permissions import open_actions, require_right, require_state
from .schema import Schema
from .throttles import AddressReads, AddressWrites, Reads, Writes


class Face(IdempotentView):
    """What a view of this API takes, answers and asks for, whatever the host's own defaults are."""

    schema: ClassVar[Schema | None] = Schema()
    throttle_classes: ClassVar[tuple[type, ...]] = (Reads, Writes)
    authentication_classes: ClassVar[tuple[type, ...]] = (TokenAuthentication, SessionAuthentication)
    permission_classes: ClassVar[tuple[type, ...]] = (permissions.IsAuthenticated,)
    renderer_classes: ClassVar[tuple[type, ...]] = (renderers.JSONRenderer,)
    parser_classes: ClassVar[tuple[type, ...]] = (JSONParser,)
    metadata_class = None
    versioning_class = None

    def get_exception_handler(self) -> Callable[..., Response | None]:
        return handle

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Addresses are counted before anybody is asked who they are: guessed tokens count too."""
        for throttle in (AddressReads(), AddressWrites()):
            if not throttle.allow_request(request, self):
                self.throttled(request, throttle.wait())
        super().initial(request, *args, **kwargs)


@dataclass(frozen=True)
class ActionEndpoint:
    """One entry of a noun's table: the function of ``workflow``, and the body it takes.

    A function that takes ``version`` compares it in its own update. ``answers``: the status.
    """

    call: Callable[..., Any]
    body: type[Body] = Body
    versioned: bool = True
    answers: int = 200
    files: bool = False

    @property
    def takes_version(self) -> bool:
        return self.versioned and "version" in signature(self.call).parameters

    @property
    def words(self) -> str:
        """What it does, in the words of the workflow."""
        return (getattr(self.call, "func", self.call).__doc__ or "").split("Raises:")[0].strip()


def version_of(tag: str) -> str:
    """The version in an ETag such as ``"7.1f0c…"``; the rest of it names the answer's content."""
    return tag.removeprefix("W/").strip('"').split(".")[0]


def etag_of(record: Any, data: Any) -> str:
    content = hashlib.sha256(renderers.JSONRenderer().render(data)).hexdigest()[:16]
    return quote_etag(f"{getattr(record, 'version', 0)}.{content}")


def route_of(name: str, endpoint: ActionEndpoint) -> Any:
    def view(self: RecordViewSet, request: Request, pk: str) -> Response:
        return self.perform_action(name, endpoint)

    view.__name__ = f"action_{name}"
    view.__doc__ = endpoint.words
    parsers = (JSONParser, FormParser) if endpoint.files else (JSONParser,)
    more = {"serializer_class": endpoint.body, "parser_classes": parsers}
    return action(detail=True, methods=["post"], url_path=name, url_name=name, **more)(view)


def batch_route_of(name: str, endpoint: ActionEndpoint) -> Any:
    def view(self: RecordViewSet, request: Request) -> Response:
        return Response(perform_batch(self, name, endpoint))

    view.__name__ = f"batch_{name}"
    view.__doc__ = f"{endpoint.words}\n\nOn many records at once: each by itself, with one result for each."
    return action(detail=False, methods=["post"], url_path=f"batch/{name}", url_name=f"batch-{name}")(view)


class RecordViewSet(Face, mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """List, retrieve, and the actions of one kind of record, among those the person may see."""

    defers_key_error = True
    lookup_value_regex = r"[0-9]{1,15}"
    pagination_class = Page
    filter_backends = (Filters,)
    record_actions: ClassVar[dict[str, ActionEndpoint]] = {}
    batches: ClassVar[tuple[str, ...]] = ()
    ordering: ClassVar[tuple[str, ...]] = ("-id",)
    orderings: ClassVar[dict[str, tuple[str, ...]]] = {}
    """What ``ordering=`` takes: a name, and the columns behind it, none of which may be empty."""

    detail_serializer_class: Any = None
    shown: Any = None
    """The serializer of what an action answers, where that is a record of another noun."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        for name, endpoint in cls.record_actions.items():
            setattr(cls, f"action_{name}", route_of(name, endpoint))
        for name in cls.batches:
            setattr(cls, f"batch_{name}", batch_route_of(name, cls.record_actions[name]))

    def get_queryset(self) -> Any:
        return self.queryset.all().visible_to(self.request.user)

    def get_object(self) -> Any:
        return get_object_or_404(self.get_queryset(), pk=self.kwargs["pk"])

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self.answer(self.get_object())

    def answer(self, record: Any, status: int = 200, beside: dict[str, Any] | None = None) -> Response:
        """One record as it stands, with its ETag; 304 where the person has just that.

        ``beside``: ids and numbers that are told along with it; the record then stands under its own name.
        """
        self.response_record, self.response_extra = record, beside
        shown = self.shown or self.detail_serializer_class or type(self).serializer_class
        data = shown(record, context=self.get_serializer_context()).data
        tag = etag_of(record, data)
        if beside is not None:
            data = {record._meta.model_name: data, **beside}
        if self.request.method == "GET" and tag in parse_etags(self.request.headers.get("If-None-Match", "")):
            return Response(status=304, headers={"ETag": tag})
        return Response(data, status, headers={"ETag": tag})

    def replay(self, row: IdempotencyKey) -> Response:
        """What was answered, as it is now; 404 where the person may not see it any more."""
        if row.record_id is not None:
            rows = self.shown.Meta.model.objects.visible_to(self.request.user) if self.shown else self.get_queryset()
            return self.answer(get_object_or_404(rows, pk=row.record_id), int(row.status or 200), row.answer)
        if row.answer is not None and "pk" in self.kwargs:
            self.get_object()
        if row.answer is not None and self.action.startswith("batch_"):
            row.answer = batch_as_it_stands(self, row.answer)
        return super().replay(row)

    def body(self, form: type[Body]) -> dict[str, Any]:
        """What the request says, or 422."""
        if self.key_error:
            raise self.key_error
        filled = form(data=self.request.data, context=self.get_serializer_context())
        filled.is_valid(raise_exception=True)
        return dict(filled.validated_data)

    def wanted_version(self, record: Any) -> int | None:
        """The version the person acted on; None for ``*``, or where records of this kind have none."""
        if not hasattr(record, "version"):
            return None
        tags = parse_etags(self.request.headers.get("If-Match", ""))
        if not tags:
            raise PreconditionRequired
        if "*" in tags:
            return None
        if str(record.version) not in map(version_of, tags):
            raise StaleRevision("This has changed since you opened it.", version=record.version)
        return int(record.version)

    def perform_action(self, name: str, endpoint: ActionEndpoint) -> Response:
        record = self.get_object()
        version, body = partial(self.wanted_version, record), partial(self.body, endpoint.body)
        return self.after(record, self.do_on(record, name, endpoint, version, body), endpoint)

    def do_on(
        self,
        record: Any,
        name: str,
        endpoint: ActionEndpoint,
        version: Callable[[], int | None],
        body: Callable[[], Any],
    ) -> Any:
        """One action on one record, refused for the first fault in the order above."""
        user = self.request.user
        require_right(user, record, name)
        wanted = version()
        require_state(user, record, name)
        said = body()
        if endpoint.takes_version:
            said["version"] = wanted
        return endpoint.call(record, by=user, **said)

    def perform_change(self, call: Callable[..., Any], form: type[Body], right: str, on: Any = None) -> Response:
        """PATCH: change what the body names, with the right that is asked of ``on`` (of the record, without it)."""
        record = self.get_object()
        require_right(self.request.user, on(record) if on else record, right)
        version = self.wanted_version(record)
        call(record, by=self.request.user, version=version, **self.body(form))
        return self.answer(self.get_object())

    def after(self, record: Any, result: Any, endpoint: ActionEndpoint) -> Response:
        """The record after the action, or the one that the action made of it."""
        made = result if isinstance(result, type(record)) else record
        return self.answer(self.get_queryset().get(pk=made.pk), endpoint.answers)

    def open_actions(self, record: Any) -> list[str]:
        return open_actions(self.request.user, record, self.record_actions)

    def require_on(self, parent: type[Any], field: str, action: str, by: str = "pk") -> None:
        """Refuse a creation for want of right before its body is looked at, where its parent can be told."""
        named = self.request.data.get(field) if isinstance(self.request.data, dict) else None
        if isinstance(named, int | str) and not isinstance(named, bool) and (by != "pk" or str(named).isdecimal()):
            found = parent.objects.visible_to(self.request.user).filter(**{by: named}).first()
            if found is not None:
                require_right(self.request.user, found, action)
