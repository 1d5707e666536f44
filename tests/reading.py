"""What a person reads on a page or in a mail, and which English words of the app are in it."""

import re
from html.parser import HTMLParser

from django.contrib.auth import get_user_model

from factcheck.models import Desk, Discrepancy, Measure, Source

TECHNICAL = {
    "SHA", "UTC", "JSON", "PDF", "CSV", "XLSX", "RSS", "Atom", "Esc", "Ctrl", "ClaimReview", "Excel", "HTML", "HMAC",
    "Markdown", "Word", "ODT", "RTF", "cron", "EET", "EEST", "example", "org", "text", "plain", "http", "https", "English", "Newsroom",
    "Search", "crosscheck",  # what Django has in English, and the name of a job as it is filtered by
}  # fmt: skip
"""Names of formats and keys, which are the same in every language."""
SIDE = {"script", "style", "title", "option"}


class Visible(HTMLParser):
    """What a person reads on a page, or hears of it."""

    def __init__(self):
        super().__init__()
        self.words, self.inside = [], []

    def handle_starttag(self, tag, attrs):
        if tag in SIDE:
            self.inside.append(tag)
        known = dict(attrs)
        self.words += [known.get(name) or "" for name in ("aria-label", "placeholder", "alt")]
        if tag == "a" and "title" in known:
            self.words.append(known["title"])

    def handle_endtag(self, tag):
        if self.inside and tag == self.inside[-1]:
            self.inside.pop()

    def handle_data(self, data):
        if not self.inside:
            self.words.append(data)


def visible(html):
    parser = Visible()
    parser.feed(html)
    return " ".join(" ".join(parser.words).split())


def said_by_others(*copy):
    """Every word that is not the app's: of texts, titles, names, and what the engine found out, which is English."""
    words = list(copy)
    words += [user.get_username() for user in get_user_model().objects.all()]
    words += list(Desk.objects.values_list("name", flat=True))
    words += list(Source.objects.values_list("name", flat=True))
    words += list(Discrepancy.objects.values_list("reason", flat=True))
    words += [note for row in Discrepancy.objects.all() for note in [*row.notes, row.why_one]]
    words += [str(row.key) for row in Measure.objects.all()] + [str(row) for row in Measure.objects.all()]
    return {word.casefold() for word in re.findall(r"[A-Za-z]+", " ".join(words))}


def english_in(html, *copy):
    """The places of a page at which it says an English word that is none of the copy's, nor of what the engine found."""
    known = said_by_others(*copy) | {word.casefold() for word in TECHNICAL}
    text = re.sub(
        r"\b[\w./-]*\.[\w/-]+\b|\b[0-9a-f]{12,}\b|[\w]+/[\w]+|\w+…|\b\w+_\w+|\w+ \w+:\d+|\w+:\d+", " ", visible(html)
    )
    found = re.finditer(r"[A-Za-z]{3,}", text)
    return [text[max(0, one.start() - 25) : one.end() + 25] for one in found if one[0].casefold() not in known]
