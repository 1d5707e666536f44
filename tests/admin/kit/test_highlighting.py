"""The marked text of the workbench is the text: nothing lost, nothing twice, claims and figures where they stand."""

from hypothesis import given
from hypothesis import strategies as st

from factcheck.admin.kit.highlighting import Position, text_spans

TEXT = "Ørsund’s council counted 1,200 homes 🏠 and 40 farms under water, it said on Tuesday."


def anchor(start, end, claim=0, figure=0):
    return Position(start, end, claim, figure)


spans = st.tuples(st.integers(0, len(TEXT) - 1), st.integers(1, 30)).map(
    lambda row: (row[0], min(row[0] + row[1], len(TEXT)))
)


@given(claims=st.lists(spans, max_size=6), figures=st.lists(spans, max_size=6))
def test_the_stretches_read_as_the_text(claims, figures):
    marked = [anchor(start, end, claim=n) for n, (start, end) in enumerate(sorted(claims), 1)]
    written = [anchor(start, end, figure=n) for n, (start, end) in enumerate(sorted(figures), 1)]
    numbers = {row.claim_id: row.claim_id for row in marked}
    found = list(text_spans(TEXT, marked, written, numbers))
    assert "".join(part.text for row in found for part in row.parts) == TEXT
    for row in marked:
        page_html = "".join(part.text for stretch in found if row.claim_id in stretch.claims for part in stretch.parts)
        assert page_html == TEXT[row.start : row.end]
        assert sum(row.claim_id in stretch.begins for stretch in found) == 1


def test_two_claims_in_one_sentence_begin_together():
    marked = [anchor(0, 40, claim=7), anchor(0, 40, claim=9)]
    found = list(text_spans(TEXT, marked, [anchor(25, 30, figure=3)], {7: 1, 9: 2}))
    assert found[0].claims == (1, 2) == found[0].begins
    assert [part.text for part in found[0].parts if part.figure] == ["1,200"]
