"""New weights wait for a dry run and a chief's yes, and make nothing stale that is signed or out."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from factcheck.errors import Invalid, NotAllowed
from factcheck.models import Claim, Discrepancy, Document, Event, Figure, Judgement, MatchingWeights
from factcheck.text.matching import read_weights, shipped, weights_as_dict
from factcheck.workflow.clearance import clearance
from factcheck.workflow.desks import set_policy
from factcheck.workflow.disputes import resolve_dispute
from factcheck.workflow.judgement_export import export_judged_pairs
from factcheck.workflow.judgements import judge_figures
from factcheck.workflow.weights import put_in_use, try_weights
from tests.factories import TopicFactory
from tests.stories import Staff, clear_document, do_jobs, file_text, registered

pytestmark = pytest.mark.django_db

EARLY = "The death toll of the Velmora flood stood at 12 on Tuesday, the council of Torvik said."
LATE = "The death toll of the Velmora flood stood at 19 on Tuesday, the fire brigade said."
HORSES = "The mill of Sundby lost 40 horses in the night of the storm, its owner said."

BLIND = replace(shipped(), version="blind", join=0.999, differs=0.9995, conflict=0.9999)
"""Weights by which nothing is of one measure."""
DOUBTFUL = replace(shipped(), version="doubtful", conflict=0.9999)
"""Weights by which what differs is hardly ever a conflict."""


@pytest.fixture
def toll(staff: Staff) -> list[Document]:
    topic = TopicFactory()
    return [file_text(text, desk=staff.desk, by=staff.editor, topic=topic) for text in (EARLY, LATE)]


def kinds() -> list[tuple[str, str]]:
    return list(Discrepancy.objects.order_by("pk").values_list("kind", "state"))


def test_a_dry_run_says_what_opens_and_closes_at_each_desk_and_changes_nothing(toll, staff):
    before = list(Figure.objects.order_by("pk").values_list("measure", flat=True))
    result = try_weights(BLIND, by=staff.chief_editor)
    assert result[staff.desk.slug] == {"conflict closes": 1}
    assert list(Figure.objects.order_by("pk").values_list("measure", flat=True)) == before
    assert (kinds(), MatchingWeights.objects.count()) == ([("conflict", "open")], 1)


def test_put_in_use_by_a_chief_they_hold_for_the_stories_in_check(toll, staff):
    put_in_use(BLIND, by=staff.chief_editor)
    do_jobs()
    assert kinds() == [("conflict", "closed")]
    row = MatchingWeights.objects.first()
    assert (row.version, row.by, row.found[staff.desk.slug]) == ("blind", staff.chief_editor, {"conflict closes": 1})
    assert Event.objects.of(row).get().action == "use"


@pytest.mark.parametrize("role", ["editor", "desk_chief", "reviewer", "auditor", "service", "outsider", "superuser"])
def test_nobody_else_puts_weights_in_use(role, toll, staff):
    with pytest.raises(NotAllowed):
        put_in_use(BLIND, by=getattr(staff, role))
    assert kinds() == [("conflict", "open")]


def test_a_conflict_by_weights_alone_makes_no_signed_claim_stale(staff):
    put_in_use(BLIND, by=staff.chief_editor)
    topic = TopicFactory()
    registered("The fire brigade", reliability="A", reliability_reason="seen for years")
    story = file_text(EARLY, desk=staff.desk, by=staff.desk_chief, topic=topic)
    file_text(LATE, desk=staff.desk, by=staff.editor, topic=topic, kind="coverage")
    clear_document(story, staff)
    put_in_use(shipped(), by=staff.chief_editor)
    do_jobs()
    assert kinds() == [("conflict", "open")]
    assert set(Claim.objects.filter(document=story).values_list("state", flat=True)) == {"signed_off"}


def test_the_weights_of_a_newer_engine_wait_for_a_chief(toll, staff, monkeypatch):
    assert MatchingWeights.objects.get().version == shipped().version
    monkeypatch.setattr("factcheck.workflow.matching.shipped", lambda: BLIND)
    file_text(EARLY.replace("12", "15"), desk=staff.desk, by=staff.editor, topic=toll[0].topic)
    assert Figure.objects.values("measure").distinct().count() == 1


# A desk's own borders


def test_a_desk_that_asks_for_more_certainty_is_told_and_not_blocked_in_what_it_files_from_then_on(toll, staff):
    score = Discrepancy.objects.get().score
    set_policy(staff.desk, by=staff.desk_chief, conflict_score=min(1, score + 0.01))
    do_jobs()
    assert kinds() == [("conflict", "open")]  # both were filed under the lower one
    assert "discrepancy_open" in {row.code for row in clearance(toll[0]).blockers}
    topic = TopicFactory()
    later = [file_text(f"{text} It rained.", desk=staff.desk, by=staff.editor, topic=topic) for text in (EARLY, LATE)]
    assert [row.kind for row in Discrepancy.objects.filter(measure__topic=topic)] == ["differs"]
    assert "discrepancy_open" not in {row.code for row in clearance(later[0]).blockers}


def test_scores_raised_and_lowered_again_close_no_dispute_of_what_was_filed_before(toll, staff):
    score = Discrepancy.objects.get().score
    beyond = min(1, score + 0.01)
    set_policy(staff.desk, by=staff.desk_chief, conflict_score=beyond, differs_score=beyond)
    do_jobs()
    assert kinds() == [("conflict", "open")]
    set_policy(staff.desk, by=staff.desk_chief, conflict_score=None, differs_score=None)
    do_jobs()
    assert kinds() == [("conflict", "open")]


def test_of_two_desks_each_is_blocked_by_its_own_border(staff):
    other, topic = Staff(), TopicFactory()
    ours = file_text(EARLY, desk=staff.desk, by=staff.editor, topic=topic)
    theirs = file_text(LATE, desk=other.desk, by=other.editor, topic=topic)
    score = Discrepancy.objects.get().score
    set_policy(other.desk, by=other.desk_chief, conflict_score=min(1, score + 0.01))
    do_jobs()
    assert kinds() == [("conflict", "open")]
    assert "discrepancy_open" in {row.code for row in clearance(ours).blockers}
    assert "discrepancy_open" in {row.code for row in clearance(theirs).blockers}  # filed under the lower one
    theirs.created_at = timezone.now()
    assert "discrepancy_open" not in {row.code for row in clearance(theirs).blockers}


@pytest.mark.parametrize(
    ("scores", "code"),
    [
        ({"conflict_score": 0}, "score_range"),
        ({"conflict_score": 1.5}, "score_range"),
        ({"differs_score": True}, "score_range"),
        ({"differs_score": float("nan")}, "score_range"),
        ({"conflict_score": 0.2, "differs_score": 0.4}, "scores_out_of_order"),
    ],
)
def test_borders_without_sense_are_refused(scores, code, staff):
    with pytest.raises(Invalid) as refusal:
        set_policy(staff.desk, by=staff.desk_chief, **scores)
    assert refusal.value.code == code


def test_an_author_does_not_raise_the_border_over_their_own_conflict(staff):
    topic = TopicFactory()
    for text in (EARLY, LATE):
        file_text(text, desk=staff.desk, by=staff.editor, topic=topic, authors=(staff.desk_chief,))
    with pytest.raises(NotAllowed):
        set_policy(staff.desk, by=staff.desk_chief, conflict_score=0.99)


def test_what_a_person_settled_as_differing_does_not_open_again_as_a_conflict_by_weights(toll, staff):
    put_in_use(DOUBTFUL, by=staff.chief_editor)
    assert kinds() == [("differs", "open")]
    resolve_dispute(Discrepancy.objects.get(), "explained", by=staff.desk_chief, note="two days")
    put_in_use(shipped(), by=staff.chief_editor)
    do_jobs()
    assert [state for _, state in kinds()] == ["resolved"]


# The commands


@pytest.fixture
def decided(toll, staff: Staff) -> None:
    """A judgement that two figures are one, and one that two are not."""
    other = file_text(HORSES, desk=staff.desk, by=staff.editor, topic=toll[0].topic).figures.get()
    a, b = (document.figures.get() for document in toll)
    judge_figures(a, b, True, by=staff.desk_chief)
    judge_figures(a, other, False, by=staff.desk_chief)


def test_decisions_are_exported_as_numbers_with_hashed_ids_and_no_word(decided, tmp_path):
    out = tmp_path / "decisions.jsonl"
    call_command("export_judgements", "--out", str(out))
    text = out.read_text()
    rows = [json.loads(line) for line in text.splitlines()]
    assert [row["same"] for row in rows] == [True, False]
    assert all(0 <= value <= 1 for row in rows for value in row["features"].values())
    for word in ("Velmora", "horses", "toll", "12"):
        assert word not in {str(value) for row in rows for value in row.values() if isinstance(value, str)}
    assert "horses" not in text
    assert all(len(row[name]) == 16 for row in rows for name in ("topic", "a", "b", "desk"))


def test_with_text_the_figures_are_told_in_words(decided):
    assert {row["b_text"] for row in export_judged_pairs(with_text=True)} == {"19 toll", "40 horses"}


def test_settled_disputes_are_decisions_too_and_one_that_is_explained_says_nothing_of_sameness(toll, staff):
    resolve_dispute(Discrepancy.objects.get(), "explained", by=staff.desk_chief, note="two counts")
    assert [(row["origin"], row["same"]) for row in export_judged_pairs()] == [("resolved: explained", None)]
    assert not Judgement.objects.exists()


def test_a_desk_exports_what_it_holds_both_sides_of(decided):
    other = Staff()
    assert list(export_judged_pairs(desk=other.desk)) == []
    with pytest.raises(CommandError, match="no desk"):
        call_command("export_judgements", "--desk", "nowhere")


def test_weights_are_fitted_on_what_was_decided_tried_and_put_in_use(decided, staff, tmp_path, capsys):
    out = tmp_path / "weights.json"
    call_command("train_matching", "--out", str(out), "--version-name", "ours")
    result = capsys.readouterr().out
    assert "2 pairs of 1 topics" in result
    assert "none can be left out" in result
    made = read_weights(out.read_text())
    assert (made.version, set(made.terms)) == ("ours", set(shipped().terms))
    call_command("use_weights", str(out))
    assert "Nothing is changed" in capsys.readouterr().out
    assert MatchingWeights.objects.first().version == shipped().version
    call_command("use_weights", str(out), "--yes", staff.chief_editor.username)
    assert MatchingWeights.objects.first().version == "ours"
    with pytest.raises(CommandError, match="chief editor"):
        call_command("use_weights", str(out), "--yes", staff.editor.username)


def test_files_of_several_topics_are_judged_with_each_left_out(decided, tmp_path, capsys):
    call_command("export_judgements", "--out", str(tmp_path / "one.jsonl"))
    lines = (tmp_path / "one.jsonl").read_text().splitlines()
    moved = [json.dumps({**json.loads(line), "topic": "another"}) for line in lines]
    (tmp_path / "two.jsonl").write_text("\n".join(moved) + "\n")
    call_command("train_matching", str(tmp_path / "one.jsonl"), str(tmp_path / "two.jsonl"))
    result = capsys.readouterr().out
    for words in ("left out: another", "left out, pooled", "worst: ", "Nine tenths of F1"):
        assert words in result


BROKEN = {
    "no JSON": "{",
    "a list": "[1]",
    "no evidence": '{"topic": "a", "same": true}',
    "words for numbers": '{"topic": "a", "same": true, "features": {"same value": "x"}}',
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_file_that_holds_no_decisions_is_refused_in_a_sentence(name, tmp_path):
    (tmp_path / "bad.jsonl").write_text(BROKEN[name] + "\n")
    with pytest.raises(CommandError):
        call_command("train_matching", str(tmp_path / "bad.jsonl"))


def test_with_nothing_decided_there_is_nothing_to_learn_from():
    with pytest.raises(CommandError, match="Nobody has judged"):
        call_command("train_matching")


def test_weights_that_cannot_be_read_are_not_put_in_use(tmp_path, staff):
    (tmp_path / "bad.json").write_text('{"version": "x"}')
    for path in ("bad.json", "nowhere.json"):
        with pytest.raises(CommandError, match=path):
            call_command("use_weights", str(tmp_path / path), "--yes", staff.chief_editor.username)
    assert not MatchingWeights.objects.exists()


def test_weights_written_down_are_read_back_as_they_were():
    assert read_weights(json.dumps(weights_as_dict(shipped()))) == shipped()
