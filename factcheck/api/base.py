"""What every noun's viewset shares: log-in, pages, filters, ETags, and acts from one table per noun.

``POST {noun}/{id}/{act}/`` exists for each entry of ``acts``. A refusal comes in this order: 401 who are you,
404 no such record for you, 403 no right, 428 no If-Match, 412 another version, 409 wrong state, 422 unusable body.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
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

from .bodies import Body
from .errors import PreconditionRequired, handle
from .lists import Filters, Page
from .parsing import FormParser, JSONParser
from .permissions import open_acts, require_right, require_state


class Face:
    """What a view of this API takes, answers and asks for, whatever the host's own defaults are."""

    authentication_classes = (TokenAuthentication, SessionAuthentication)
    permission_classes = (permissions.IsAuthenticated,)
    renderer_classes = (renderers.JSONRenderer,)
    parser_classes: ClassVar[tuple[type, ...]] = (JSONParser,)
    metadata_class = None
    versioning_class = None

    def get_exception_handler(self) -> Callable[..., Response | None]:
        return handle


@dataclass(frozen=True)
class Act:
    """One entry of a noun's table: the function of ``workflow``, and the body it takes.

    ``versioned``: the function itself compares the version, in its own update. ``answers``: the status.
    """

    call: Callable[..., Any]
    body: type[Body] = Body
    versioned: bool = True
    answers: int = 200
    files: bool = False


def version_of(tag: str) -> str:
    """The version in an ETag such as ``"7.1f0c…"``; the rest of it names the answer's content."""
    return tag.removeprefix("W/").strip('"').split(".")[0]


def etag_of(record: Any, data: Any) -> str:
    content = hashlib.sha256(renderers.JSONRenderer().render(data)).hexdigest()[:16]
    return quote_etag(f"{getattr(record, 'version', 0)}.{content}")


def route_of(name: str, act: Act) -> Any:
    def view(self: RecordViewSet, request: Request, pk: str) -> Response:
        return self.perform_act(name, act)

    view.__name__ = f"act_{name}"
    view.__doc__ = act.call.__doc__
    parsers = (JSONParser, FormParser) if act.files else (JSONParser,)
    more = {"serializer_class": act.body, "parser_classes": parsers}
    return action(detail=True, methods=["post"], url_path=name, url_name=name, **more)(view)


class RecordViewSet(Face, mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """List, retrieve, and the acts of one kind of record, among those the person may see."""

    lookup_value_regex = r"[0-9]{1,15}"
    pagination_class = Page
    filter_backends = (Filters,)
    acts: ClassVar[dict[str, Act]] = {}
    ordering: ClassVar[tuple[str, ...]] = ("-id",)
    orderings: ClassVar[dict[str, tuple[str, ...]]] = {}
    detail_serializer_class: Any = None

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        for name, act in cls.acts.items():
            setattr(cls, f"act_{name}", route_of(name, act))

    def get_queryset(self) -> Any:
        return self.queryset.all().visible_to(self.request.user)

    def get_object(self) -> Any:
        return get_object_or_404(self.get_queryset(), pk=self.kwargs["pk"])

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self.answer(self.get_object())

    def answer(self, record: Any, status: int = 200) -> Response:
        """One record as it stands, with its ETag; 304 where the person has just that."""
        shown = self.detail_serializer_class or type(self).serializer_class
        data = shown(record, context=self.get_serializer_context()).data
        tag = etag_of(record, data)
        if self.request.method == "GET" and tag in parse_etags(self.request.headers.get("If-None-Match", "")):
            return Response(status=304, headers={"ETag": tag})
        return Response(data, status, headers={"ETag": tag})

    def body(self, form: type[Body]) -> dict[str, Any]:
        """What the request says, or 422."""
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
        if "*" not in tags and str(record.version) not in map(version_of, tags):
            raise StaleRevision("This has changed since you opened it.", version=record.version)
        return None if "*" in tags else int(record.version)

    def perform_act(self, name: str, act: Act) -> Response:
        record, user = self.get_object(), self.request.user
        require_right(user, record, name)
        version = self.wanted_version(record)
        require_state(user, record, name)
        said = self.body(act.body)
        if act.versioned:
            said["version"] = version
        result = act.call(record, by=user, **said)
        return self.after(record, result, act)

    def after(self, record: Any, result: Any, act: Act) -> Response:
        """The record after the act, or the one that the act made of it."""
        made = result if isinstance(result, type(record)) else record
        return self.answer(self.get_queryset().get(pk=made.pk), act.answers)

    def open_acts(self, record: Any) -> list[str]:
        return open_acts(self.request.user, record, self.acts)

    def require_on(self, parent: type, field: str, act: str, by: str = "pk") -> None:
        """Refuse a creation for want of right before its body is looked at, where its parent can be told."""
        named = self.request.data.get(field) if isinstance(self.request.data, dict) else None
        if isinstance(named, int | str) and not isinstance(named, bool) and (by != "pk" or str(named).isdecimal()):
            found = parent.objects.visible_to(self.request.user).filter(**{by: named}).first()
            if found is not None:
                require_right(self.request.user, found, act)
