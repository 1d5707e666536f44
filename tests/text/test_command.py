"""``python -m factcheck.text`` reads documents and writes figures and pairs, without Django."""

import json
import subprocess
import sys


def run(*lines):
    given = "\n".join(lines)
    return subprocess.run(
        [sys.executable, "-m", "factcheck.text"],
        input=given,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


def document(**more):
    return json.dumps({"id": "a", "cluster": "c", "title": "", "published_at": "2031-05-14", "text": "", **more})


def test_documents_in_figures_and_pairs_out():
    done = run(
        document(text="About 40 people died, police said."), document(id="b", text="Police said 90 people died.")
    )
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [r["id"] for r in rows if "id" in r] == ["a", "b"]
    figure = rows[0]["figures"][0]
    assert (figure["value"], figure["approximator"], figure["as_of"]) == (40, "about", "2031-05-14")
    assert figure["cited_source"] == "police"
    assert [p[2] for p in rows[-1]["pairs"]] == ["conflict"]


def test_figures_are_compared_inside_one_cluster_only():
    done = run(
        document(text="Police said 40 people died."), document(id="b", cluster="d", text="Police said 90 people died.")
    )
    assert "pairs" not in done.stdout


def test_a_slip_says_so():
    done = run(document(text="Police said 40 people died."), document(id="b", text="Police said 400 people died."))
    assert json.loads(done.stdout.splitlines()[-1])["pairs"][0][3]["slip"] is True


def test_a_line_that_is_no_document_ends_the_run_with_a_message():
    for line in ("{", "[]", '{"id": 1}'):
        done = run(line)
        assert done.returncode == 2
        assert "line 1" in done.stderr


def test_what_was_read_before_a_bad_line_is_not_lost():
    done = run(document(text="Police said 40 people died."), "{")
    assert done.returncode == 2
    assert json.loads(done.stdout.splitlines()[0])["figures"][0]["value"] == 40


def test_a_statement_told_again_in_other_words_is_of_one_group():
    done = run(
        document(text="The bidder would pay $340 million for the Orr ferry yard."),
        document(id="b", text="The Orr ferry yard is to change hands for $340 million."),
    )
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert rows[0]["figures"][0]["group"] == rows[1]["figures"][0]["group"]


def test_an_archive_without_topics_falls_into_its_stories():
    one = "In Ost the ferry Arden sank off Norland, the Sudmark police said. The storm killed 40 people."
    two = "In Belmar the mill of Tarn burned down, the Korv brigade of Velm said. The fire killed 90 people."
    done = run(document(text=one), document(id="b", text=two))
    assert "pairs" not in done.stdout


def test_what_does_not_add_up_is_a_finding():
    row = json.loads(run(document(text="The town is 80 km (70 miles) away.")).stdout.splitlines()[0])
    assert row["findings"] == [
        {
            "kind": "conversion",
            "holds": False,
            "figures": ["a#0", "a#1"],
            "reason": "80 km is 49.7 miles, not 70",
        }
    ]


def test_odd_times_of_publication_are_no_time():
    for when in (None, "", "soon", "2031-05-14", "2031-05-14T11:57", "2031-05-14T11:57:00Z"):
        assert run(document(published_at=when, text="Some 40 trucks came.")).returncode == 0


def test_django_is_not_imported():
    code = "import sys, factcheck.text; print(any(m.startswith(('django', 'celery')) for m in sys.modules))"
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()
        == "False"
    )
