"""Search over documents and claims: what is found, and that any text is a search."""

import pytest
from django.db import connection

from factcheck.models import Claim, Document, Membership, Role
from factcheck.workflow.history import erase_document
from tests import factories as f

pytestmark = pytest.mark.django_db


def document_of(text: str, **known) -> Document:
    document = f.DocumentFactory(**known)
    f.RevisionFactory(document=document, text=text)
    return document


def found(words: str) -> set[Document]:
    return set(Document.objects.search(words))


def test_a_word_is_found_by_its_beginning_in_upper_or_lower_case():
    flood = document_of("The Oder flooded 60 houses.", title="Deluge")
    assert found("flood") == found("FLOODED oder") == found("delu") == {flood}
    assert found("looded") == set(), "not from the middle of a word"


def test_ukrainian_is_found_as_english_is():
    document = document_of("У Харкові п’ять людей дістали поранення, каже мер.", title="Обстріл")
    assert found("ХАРКОВІ поранення") == found("обстріл") == {document}
    assert found("п'ять") == {document}, "with either apostrophe"
    assert found("шість") == set()


def test_a_number_is_the_whole_number_and_what_is_written_together_stands_together():
    document = document_of("Some 3,000 people and 400 houses, 12.5 percent.")
    assert found("3,000") == found("12.5") == found("400") == {document}
    assert found("40") == found("3,400") == found("000,3") == set()


def test_each_word_may_stand_in_another_place_of_the_document():
    document = document_of(
        "The bridge is shut.", title="Oberfurt", byline="Ada Example", publisher_name="Echo", url="https://x.example/a"
    )
    assert found("bridge oberfurt ada echo x.example/a") == {document}
    assert set(Document.objects.titled("oberfurt")) == {document}
    assert set(Document.objects.titled("bridge")) == set()


def test_only_the_newest_text_is_searched_and_what_changes_is_found_as_it_is_now():
    document = document_of("Sandbags were brought.", title="Old title")
    f.RevisionFactory(document=document, number=2, text="Pumps were brought.")
    Document.objects.filter(pk=document.pk).update(title="New title")
    assert found("sandbags") == found("old") == set()
    assert found("pumps new") == {document}


def test_a_long_text_is_searched_to_its_end():
    words = " ".join(f"word{number}x" for number in range(60_000))
    document = document_of(f"{words} at the very end")
    assert found("word1x word59999x") == {document}
    assert all(found(f"word{number}x") == {document} for number in range(3_000, 60_000, 997))
    assert found("very") == {document}


def test_a_text_of_ten_million_letters_of_words_that_never_return_is_taken():
    document = document_of(" ".join(f"{number:x}q" for number in range(1_500_000))[:10_000_000])
    assert found("130000q") == {document}


ANY_TEXT = [
    "'", '"', '""', "';--", "a' OR 'b", 'a" OR "b', "(", ")", "a & | ! <-> b", "AND", "OR NOT NEAR(a b, 3)", "title:a",
    "{title}: a", "a*", "*", "^a", "-a", "+a", ":*", "a:*AB", "\\", "a\\", "\0", "a\0b", "\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"),
    "😀 a", "%", "_", "%s", "a\nb\tc", "x" * 10_000, "x," * 5_000, "ж" * 10_000, "1" * 5_000, "\u202e", "e\u0301", "\u0301",
    "½ ² Ⅳ", "中文", "عربى", "http://a.example/?q=1&b='c'", "a@b.example", "1e5 0x1F -3.5e-7", "…—“”", "\ufffd", "\ud800",
]  # fmt: skip


@pytest.mark.parametrize("words", ANY_TEXT)
def test_any_text_is_a_search(words):
    document_of("Nothing of that kind.")
    assert found(words) == set()
    assert set(Claim.objects.search(words, Document.objects.all())) == set()


@pytest.mark.parametrize(
    "words",
    ["1e5", "café", "Ⅳ", "中文", "e\u0301tude", "a@b.example", "http://a.example/?q=1&b=c", "naïve", "5km", "mail_box"],
)
def test_what_stands_there_is_found_as_it_is_written(words):
    document = document_of(f"Before {words} after.")
    assert found(words) == {document}


def test_accents_are_found_whether_they_are_written_as_one_letter_or_as_two():
    apart = document_of("Сирии\u0306 день")
    whole = document_of("Сирий день")
    assert found("сирий") == found("сирии\u0306") == {apart, whole}


def test_signs_alone_are_in_no_text_and_an_empty_search_finds_all():
    document = document_of("Stop!!!")
    assert found("!!!") == set()
    assert found("stop !!!") == found("") == found("  ") == {document}


def test_claims_are_found_by_their_words_and_by_the_title_of_their_document():
    claim = f.ClaimFactory(document=f.DocumentFactory(title="Oberfurt"), text="60 houses were flooded")
    assert set(Claim.objects.search("houses 60")) == {claim}
    assert set(Claim.objects.search("oberfurt")) == set()
    assert set(Claim.objects.search("oberfurt", Document.objects.all())) == {claim}
    Claim.objects.filter(pk=claim.pk).update(text="70 barns were flooded")
    assert set(Claim.objects.search("houses")) == set()
    assert set(Claim.objects.search("barns")) == {claim}


def test_a_hidden_text_is_not_found():
    mine, hidden = document_of("Pumps."), document_of("Pumps.")
    claim = f.ClaimFactory(document=hidden, text="Pumps came.")
    editor = f.UserFactory()
    Membership.objects.create(user=editor, desk=mine.desk, role=Role.EDITOR)
    assert set(Document.objects.visible_to(editor).search("pumps")) == {mine}
    assert Document.objects.search("pumps").visible_to(editor).count() == 1
    assert not Claim.objects.visible_to(editor).search("pumps").exists()
    assert Claim.objects.filter(pk=claim.pk).search("pumps").exists()


def test_an_erased_text_is_not_found(staff):
    document = document_of("A tumbrel stood there.", desk=staff.desk, title="Tumbrel", byline="Tumbrel")
    claim = f.ClaimFactory(document=document, text="A tumbrel stood there.")
    assert found("tumbrel") == {document}
    erase_document(document, by=staff.chief_editor, note="A court ordered it.")
    assert found("tumbrel") == set()
    assert not Claim.objects.search("tumbrel").exists()
    assert not Claim.objects.filter(pk=claim.pk).search("tumbrel").exists()


def test_nothing_is_left_in_the_index_of_what_was_taken_back_or_deleted():
    document = f.DocumentFactory(title="Tumbrel")
    Document.objects.filter(pk=document.pk).delete()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM factcheck_documentwords")
        assert cursor.fetchone() == (0,)
