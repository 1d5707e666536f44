"""The pages of the example: a list, a story to write and print, and the story as its readers see it."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.forms import ModelChoiceField, ModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from factcheck.gate import FactcheckError
from factcheck.language import gettext_lazy, told
from factcheck.models import Desk

from .actions import ChangedMeanwhile, print_story, save_story
from .models import NotCleared, Story, digest


class StoryForm(ModelForm):  # type: ignore[type-arg] # generic in django-stubs, not in Django
    class Meta:
        model = Story
        fields = ["headline", "body", "desk"]
        labels = {
            "headline": gettext_lazy("Headline"),
            "body": gettext_lazy("Body"),
            "desk": gettext_lazy("Fact-check desk"),
        }


def form_for(request: HttpRequest, story: Story) -> StoryForm:
    """The desks are those one belongs to, and a filed story stays on its own."""
    form = StoryForm(request.POST or None, instance=story)
    desk = cast("ModelChoiceField[Desk]", form.fields["desk"])
    desk.queryset = Desk.objects.visible_to(request.user)
    desk.disabled = story.document_id is not None
    return form


def story_of(request: HttpRequest, pk: int) -> Story:
    return get_object_or_404(Story, pk=pk, desk__in=Desk.objects.visible_to(request.user))


@require_GET
def front(request: HttpRequest) -> HttpResponse:
    """What is printed, for everybody; what is being written, for its desk."""
    desks = Desk.objects.visible_to(request.user) if request.user.is_authenticated else Desk.objects.none()
    writing = Story.objects.filter(desk__in=desks).select_related("author")
    printed = Story.objects.exclude(printed="").only("pk", "printed")
    return render(request, "newsroom/front.html", {"writing": writing[:50], "printed": printed[:50]})


@require_GET
def read_story(request: HttpRequest, pk: int) -> HttpResponse:
    story = get_object_or_404(Story.objects.exclude(printed=""), pk=pk)
    headline, _, body = story.printed.partition("\n\n")
    return render(request, "newsroom/read.html", {"story": story, "headline": headline, "body": body})


@login_required
def write(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    story = story_of(request, pk) if pk else Story(author=cast(User, request.user))
    form = form_for(request, story)
    seen = request.POST.get("seen", "")
    if request.method == "POST" and form.is_valid():
        try:
            save_story(form.save(commit=False), by=cast(User, request.user), opened_digest=seen)
        except ChangedMeanwhile:
            return desk_page(request, form, changed=True)
        except FactcheckError as refusal:
            form.add_error(None, told(refusal))
        else:
            messages.success(request, gettext("Saved, and filed for checking."))
            return redirect("story", story.pk)
    return desk_page(request, form, seen=seen)


@login_required
@require_POST
def publish(request: HttpRequest, pk: int) -> HttpResponse:
    """Print it, or go back to the page that lists what blocks it."""
    story = story_of(request, pk)
    try:
        print_story(story, by=cast(User, request.user), wording=request.POST.get("wording", ""))
    except NotCleared:
        messages.error(request, gettext("Not published: the text is not cleared."))
    except FactcheckError as refusal:
        messages.error(request, gettext("Not published: {why}").format(why=told(refusal)))
    else:
        messages.success(request, gettext("Published."))
        return redirect("read", pk)
    return redirect("story", pk)


def desk_page(request: HttpRequest, form: StoryForm, *, seen: str = "", changed: bool = False) -> HttpResponse:
    """The form with what was typed. Where the story was ``changed`` meanwhile, the words of the other stand below it:
    whoever saves now has seen them."""
    story = Story.objects.filter(pk=form.instance.pk).select_related("document").first()
    context: dict[str, Any] = {"form": form, "story": story, "seen": seen, "changed": changed}
    if story is not None:
        blockers = story.blockers(story.text)
        context |= {"blockers": blockers, "unchanged": story.printed == story.text}
        context["seen"] = seen or digest(story.text)
    return render(request, "newsroom/write.html", context)
