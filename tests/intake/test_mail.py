"""E-mails: the words and not their wrapping, attachments named, and what cannot be read said with what to do."""

from datetime import UTC, datetime
from email.message import EmailMessage

import pytest

from factcheck.intake.readers import Unreadable, read_bytes
from tests.intake.made import SENTENCE, docx_file

LONG = f"{SENTENCE}\n\nÄlvdal counted 15 dead – “all of them” on the bridge, the council said.\n"


def mail(text=LONG, html="", **headers):
    message = EmailMessage()
    for name, value in {
        "From": "Ana Brook <ana@council.example>",
        "To": "desk@post.example",
        "Subject": "Flood: 15 dead",
        "Date": "Tue, 10 Mar 2026 08:30:00 +0300",
        "Message-ID": "<1@council.example>",
        **headers,
    }.items():
        message[name] = value
    if text:
        message.set_content(text, cte="base64")
    if html and text:
        message.add_alternative(html, subtype="html")
    elif html:
        message.set_content(html, subtype="html")
    return message


def refused(data, **said):
    with pytest.raises(Unreadable) as unreadable:
        read_bytes(data, **said)
    return unreadable.value


@pytest.mark.parametrize("name", ["release.eml", "release.txt", "", "release"])
@pytest.mark.parametrize("cte", ["base64", "quoted-printable", "8bit"])
def test_a_mail_gives_its_words_and_who_sent_it_when(name, cte):
    message = mail("")
    message.set_content(LONG, cte=cte)
    extract = read_bytes(message.as_bytes(), filename=name)
    assert extract.text.strip() == LONG.strip()
    assert (extract.title, extract.byline, extract.plain) == ("Flood: 15 dead", ("Ana Brook",), False)
    assert extract.published_at == datetime(2026, 3, 10, 5, 30, tzinfo=UTC)
    assert any("e-mail" in note for note in extract.notes)


@pytest.mark.parametrize("charset", ["iso-8859-1", "windows-1252", "utf-8"])
def test_a_mail_s_characters_come_right(charset):
    message = mail("")
    message.set_content("Älvdal zählt 15 Tote.\n", charset=charset, cte="quoted-printable")
    assert read_bytes(message.as_bytes()).text.strip() == "Älvdal zählt 15 Tote."


def test_an_encoded_subject_and_sender_are_read():
    data = (
        b"From: =?utf-8?q?J=C3=B6n_Vale?= <j@x.example>\r\nSubject: =?utf-8?b?RmxvZDogMTUgZMO2ZGE=?=\r\n"
        b"MIME-Version: 1.0\r\nDate: Tue, 10 Mar 2026 08:30:00 IST\r\n\r\nForty homes.\r\n"
    )
    extract = read_bytes(data, filename="a.eml")
    assert (extract.title, extract.byline, extract.text.strip()) == ("Flod: 15 döda", ("Jön Vale",), "Forty homes.")
    assert any("India" in note for note in extract.notes)


@pytest.mark.parametrize("text", ["", "View this in your browser."])
def test_a_mail_that_is_a_page_is_read_as_its_page_shows_it(text):
    html = f"<p>{SENTENCE}</p><p>The flood killed <del>12</del> 15 people.</p><p hidden>99</p>"
    extract = read_bytes(mail(text, html).as_bytes())
    assert extract.text.strip() == f"{SENTENCE}\nThe flood killed 15 people."
    assert any("“12”" in note for note in extract.notes)


def test_lines_that_only_the_mail_program_broke_are_joined():
    message = mail("")
    message.set_content("Costs rose to $3.4 \nbillion in March.\n\n- One\n- Two\n", params={"format": "flowed"})
    assert read_bytes(message.as_bytes()).text.strip() == "Costs rose to $3.4 billion in March.\n\n- One\n- Two"


def test_attachments_are_named_as_missing():
    message = mail()
    message.add_attachment(docx_file(SENTENCE), maintype="application", subtype="msword", filename="figures.docx")
    message.add_attachment("a,b\n1,2\n", subtype="csv", filename="table.csv")
    extract = read_bytes(message.as_bytes())
    assert "a,b" not in extract.text
    assert any("figures.docx" in note and "table.csv" in note and "not in the text" in note for note in extract.notes)


def test_a_mail_within_a_mail_is_read_too():
    outer = mail("Please see below.")
    outer.add_attachment(mail("Forty homes were lost.", Subject="Release"))
    extract = read_bytes(outer.as_bytes())
    assert "Please see below." in extract.text
    assert "Forty homes were lost." in extract.text
    assert any("Release" in note for note in extract.notes)


@pytest.mark.parametrize("kind", ["multipart/encrypted", "application/pkcs7-mime"])
def test_an_encrypted_mail_is_refused_with_what_to_do(kind):
    data = f"From: a@x.example\nTo: b@x.example\nMIME-Version: 1.0\nContent-Type: {kind}\n\nMIAGCSq\n".encode()
    error = refused(data, filename="a.eml")
    assert error.code == "encrypted"
    assert "paste" in error.message


def test_a_mail_with_attachments_only_is_refused_and_names_them():
    message = mail("")
    message.add_attachment(b"%PDF-1.4", maintype="application", subtype="pdf", filename="figures.pdf")
    error = refused(message.as_bytes())
    assert (error.code, "figures.pdf" in error.message) == ("no_text", True)


@pytest.mark.parametrize(
    "text",
    [
        "From: the river office\nTo: all\n\nForty homes were lost.",
        "Subject: Flood\nDate: Tuesday\n\nForty homes were lost.",
        "Forty homes were lost.\n\nFrom: Ana\nMessage-ID: <1>\nMIME-Version: 1.0\n",
    ],
)
def test_a_text_that_only_looks_a_little_like_a_mail_is_kept_whole(text):
    extract = read_bytes(text.encode(), filename="a.txt")
    assert (extract.text, extract.plain) == (text, True)


@pytest.mark.parametrize(
    "damage", [b"Content-Type: multipart/mixed; boundary=x\n", b"Content-Transfer-Encoding: base64\n"]
)
def test_a_damaged_mail_is_read_or_refused(damage):
    data = b"From: a@x.example\nTo: b@x.example\nMIME-Version: 1.0\n" + damage + b"\n--x\n\nForty homes !!\n"
    try:
        assert read_bytes(data, filename="a.eml").text.strip()
    except Unreadable as error:
        assert error.message


def test_a_mailbox_s_first_line_is_no_text_and_a_second_mail_is_said():
    one = b"From ana@x.example Tue Mar 10 08:30:00 2026\n" + mail("Forty homes.\n").as_bytes()
    assert read_bytes(one).text.strip() == "Forty homes."
    assert refused(one + b"\n" + one, filename="all.mbox").code == "wrong_type"


def test_a_saved_page_in_one_file_is_read_as_a_page():
    data = (
        "From: <Saved by Blink>\nSnapshot-Content-Location: https://post.example/flood\nSubject: Flood\nMIME-Version: 1.0\n"
        'Content-Type: multipart/related; type="text/html"; boundary="b"\n\n--b\nContent-Type: text/html\n'
        f"Content-Transfer-Encoding: quoted-printable\n\n<html><body><article><p>{SENTENCE}</p><p>Forty=20homes "
        "were lost in Ardun on Tuesday evening.</p></article></body></html>\n--b--\n"
    ).encode()
    extract = read_bytes(data, filename="flood.mhtml")
    assert extract.text == f"{SENTENCE}\nForty homes were lost in Ardun on Tuesday evening."
