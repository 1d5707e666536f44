"""The mixin for pages, and the workflow task that is approved only with the gate open; the tables are in ``tables``."""

from __future__ import annotations

from typing import Any, ClassVar

from django.core import checks
from django.core.exceptions import FieldDoesNotExist
from django.db import models, transaction
from wagtail.admin.panels import Panel
from wagtail.models import AbstractGroupApprovalTask, Page, PageManager, Revision, TaskState
from wagtail.query import PageQuerySet

from factcheck.gate import Blocker
from factcheck.models import Desk, Topic

from .filing import file_page
from .panels import FactcheckPanel
from .publishing import blockers_of_page, publish_revision, refuse_bulk_write
from .refusals import PageNotCleared
from .tables import BlockerComment, FiledPage, is_factchecked
from .texts import page_text

__all__ = [
    "BlockerComment",
    "FactcheckTask",
    "FactcheckTaskState",
    "FactcheckedMixin",
    "FactcheckedQuerySet",
    "FiledPage",
]


class FactcheckedQuerySet(PageQuerySet):  # type: ignore[misc] # Wagtail has no types
    """Writes in bulk pass no gate, and so may not put pages live or change their words."""

    def update(self, **values: Any) -> int:
        refuse_bulk_write(self.model, values)
        return int(super().update(**values))

    update.alters_data = True  # type: ignore[attr-defined]


class FactcheckedMixin(models.Model):
    """A page whose words go live only when the gate has answered yes for exactly them.

    Write it before ``Page``: ``class ArticlePage(FactcheckedMixin, Page)``. The gate is asked in the write itself, by a
    receiver of ``pre_save`` in ``receivers``; the methods here file the text and name the person.
    """

    factcheck_fields: ClassVar[list[str]] = []
    """The fields that are checked besides the title, in the order in which they are read."""

    factcheck_desk: ClassVar[str] = "news-desk"
    """The slug of the desk that checks pages of this type. Once it is filed, a page stays on its desk."""

    correction_note = models.CharField(
        max_length=500, blank=True, help_text="After publication: what this change puts right, as readers are told."
    )

    objects = PageManager.from_queryset(FactcheckedQuerySet)()

    factcheck_panels: ClassVar[list[Panel]] = [FactcheckPanel(), "correction_note"]
    """Put these into the panels of the page type."""

    class Meta:
        abstract = True

    def get_factcheck_desk(self) -> Desk | None:
        """The desk a page is filed on for the first time; None where there is none."""
        return Desk.objects.filter(slug=self.factcheck_desk).first()

    def get_factcheck_topic(self) -> Topic | None:
        """The topic a page is filed under for the first time. A page type of the site may say one."""
        return None

    def save_revision(self, user: Any = None, *args: Any, **kwargs: Any) -> Revision:
        """Keep a revision and file its words. What cannot be filed is kept all the same, and cannot go live."""
        with transaction.atomic():
            revision = super().save_revision(user, *args, **kwargs)  # type: ignore[misc]
            file_page(self, by=user or self.owner)  # type: ignore[attr-defined]
        return revision

    save_revision.alters_data = True  # type: ignore[attr-defined]

    def publish(self, revision: Revision, user: Any = None, *args: Any, **kwargs: Any) -> None:
        """Put a revision live, all of it or nothing, in the name of a person.

        What was due by schedule and is not cleared stays as it is, is told of, and goes out at the first run of
        ``publish_scheduled`` after the gate has opened.

        Raises:
            PageNotCleared: with what is in the way.
        """
        publish_revision(self, super().publish, revision, user, *args, **kwargs)  # type: ignore[misc]

    publish.alters_data = True  # type: ignore[attr-defined]

    @classmethod
    def check(cls, **kwargs: Any) -> list[checks.CheckMessage]:
        return [*super().check(**kwargs), *cls.check_factcheck()]

    @classmethod
    def check_factcheck(cls) -> list[checks.CheckMessage]:
        """Mistakes in a page type that would leave words unchecked."""
        found: list[checks.CheckMessage] = []

        def wrong(message: str, hint: str, number: int) -> None:
            found.append(checks.Error(message, hint=hint, obj=cls, id=f"factcheck_wagtail.E{number:03}"))

        bases = cls.__mro__
        if Page in bases and bases.index(Page) < bases.index(FactcheckedMixin):
            wrong("FactcheckedMixin stands after Page.", f"class {cls.__name__}(FactcheckedMixin, Page)", 3)
        for name in cls.factcheck_fields:
            try:
                field = cls._meta.get_field(name)
            except FieldDoesNotExist:
                field = None
            if field is None or not field.concrete:
                wrong(f"factcheck_fields names “{name}”, which is no field of the page.", "Name its own fields.", 4)
        if not cls.factcheck_fields:
            wrong("factcheck_fields is empty: only the title would be checked.", "Name the fields with words.", 5)
        if not issubclass(cls.objects._queryset_class, FactcheckedQuerySet):
            wrong("“objects” writes in bulk without asking the gate.", "Derive it from FactcheckedQuerySet.", 6)
        return found


class FactcheckTaskState(TaskState):  # type: ignore[misc]
    """One page at the fact-check step of its workflow."""

    def approve(self, user: Any = None, update: bool = True, comment: str = "") -> TaskState:
        """Approve the step.

        Raises:
            PageNotCleared: the gate is shut for the words of this revision.
        """
        if found := blockers_of_revision(self.revision):
            raise PageNotCleared(found)
        return super().approve(user=user, update=update, comment=comment)


class FactcheckTask(AbstractGroupApprovalTask):  # type: ignore[misc]
    """A step of a workflow that the chosen groups approve, as soon as the gate is open for the page."""

    task_state_class = FactcheckTaskState

    class Meta:
        verbose_name = "fact-check task"
        verbose_name_plural = "fact-check tasks"

    def get_actions(self, obj: Any, user: Any) -> list[tuple[str, str, bool]]:
        """Approving is offered while the gate is open; sending back always."""
        actions = super().get_actions(obj, user)
        shut = actions and blockers_of_revision(obj.get_latest_revision())
        return [row for row in actions if not (shut and row[0] == "approve")]

    @classmethod
    def get_description(cls) -> str:
        return "Members of the chosen groups approve this step, and only while the fact-check gate is open"


def blockers_of_revision(revision: Revision) -> list[Blocker]:
    """What keeps the words of a revision from going live. A page that is not checked at all has nothing in its way."""
    page = revision.as_object()
    return blockers_of_page(page, page_text(page).digest) if is_factchecked(page) else []
