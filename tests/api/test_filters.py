"""Lists are searched by words and put in order."""

import pytest

from factcheck.models import SourceName, folded
from tests import factories as f

pytestmark = pytest.mark.django_db


def ids(response):
    assert response.status_code == 200, response.content
    return [row["id"] for row in response.json()["results"]]


def test_documents_are_found_by_title_byline_and_the_words_of_their_current_text(api, desk):
    flood = f.DocumentFactory(desk=desk, title="Flood in Oberfurt", byline="Ada Example")
    f.RevisionFactory(document=flood, number=1, text="Sandbags were brought to the old bridge.")
    f.RevisionFactory(document=flood, number=2, text="Pumps were brought to the new bridge.")
    other = f.DocumentFactory(desk=desk, title="Bridge closed")
    f.RevisionFactory(document=other, text="The council met.")
    f.RevisionFactory(document=f.DocumentFactory(title="Hidden"), text="Pumps.")
    assert ids(api.editor.get("documents/?search=BRIDGE")) == [other.pk, flood.pk]
    assert ids(api.editor.get("documents/?search=oberfurt+pumps")) == [flood.pk], "each word somewhere"
    assert ids(api.editor.get("documents/?search=sandbags")) == [], "an older text is not the current one"
    assert ids(api.editor.get("documents/?search=ada")) == [flood.pk]
    assert ids(api.editor.get("documents/?search=100%25")) == []
    assert ids(api.editor.get("documents/?search=%20")) == [other.pk, flood.pk]


def test_claims_topics_measures_and_sources_are_found_by_their_words(api, desk):
    claim = f.ClaimFactory(document=f.DocumentFactory(desk=desk), text="60 houses were flooded")
    figure = f.FigureFactory(
        document=claim.document, measure=f.MeasureFactory(counted="houses flooded", place="Oberfurt")
    )
    topic = f.TopicFactory(title="The long flood", slug="flood")
    source = f.SourceFactory(name="Oberfurt Town Hall")
    SourceName.objects.create(source=source, name="The Rathaus", folded=folded("The Rathaus"))
    assert ids(api.editor.get("claims/?search=flooded+60")) == [claim.pk]
    assert ids(api.editor.get("claims/?search=sunk")) == []
    assert ids(api.editor.get("measures/?search=oberfurt")) == [figure.measure_id]
    assert ids(api.editor.get("topics/?search=long")) == [topic.pk]
    assert ids(api.editor.get("sources/?search=rathaus")) == ids(api.editor.get("sources/?search=town")) == [source.pk]


def test_lists_are_put_in_order_by_what_the_noun_offers(api, desk):
    titles = ["Beta", "Alpha", "Gamma"]
    for title in titles:
        f.DocumentFactory(desk=desk, title=title)
        f.TopicFactory(title=title)
        f.SourceFactory(name=title)
    for noun, field in (("documents", "title"), ("topics", "title"), ("sources", "name")):
        rows = api.editor.get(f"{noun}/?ordering={field}&page_size=2").json()
        rest = api.editor.get(rows["next"].split("/api/v1/")[1]).json()
        assert [row[field] for row in rows["results"] + rest["results"]] == sorted(titles)
        rows = api.editor.get(f"{noun}/?ordering=-{field}").json()["results"]
        assert [row[field] for row in rows] == sorted(titles, reverse=True)
    response = api.editor.get("documents/?ordering=desk__policy")
    assert (response.status_code, response.json()["errors"][0]["code"]) == (422, "unknown_ordering")
