"""Finds the attributions of a text: the party a stretch is ascribed to, the cue, and the relay that quotes the party.

Sentences with a cue are read by ``speech``. Quotations are given to their speaker over several sentences and
paragraphs, labels ("Police: 12 dead") are read, and parties get their full names. Whether a party can be trusted is
for people.
"""

from __future__ import annotations

from bisect import bisect_left

from factcheck.text.attributions import quotes, speech
from factcheck.text.attributions.anaphora import Memory
from factcheck.text.attributions.cues import BY_TRIGGERS, SPEAKERS, TRIGGERS, word_set
from factcheck.text.attributions.parties import read_line
from factcheck.text.attributions.phrases import FoundAttribution
from factcheck.text.patterns import Pattern
from factcheck.text.values import AttributionMention, Span

_LABEL = Pattern(r"(?P<party>[A-Z][\w.&'-]{0,30}(?:\s(?:[A-Z][\w.&'-]{0,30}|of|the|for|[a-z]{4,14})){0,4}):\s(?=\S)")
_NO_LABELS = word_set(
    "update note photo photos video source sources correction editor's more watch read analysis opinion "
    "review live breaking exclusive related story stories news report results background today date time "
    "place where when what who why how"
)


def find_attributions(text: str, sentences: list[Span]) -> list[AttributionMention]:
    """Every attribution of a text in order, pronouns resolved to the party last named.

    >>> t = "Nine boats sank, said Mayor Ada Orr. She said two were old."
    >>> from factcheck.text.sentences import split_sentences
    >>> [(a.party, a.cue) for a in find_attributions(t, split_sentences(t))]
    [('Mayor Ada Orr', 'said'), ('Mayor Ada Orr', 'said')]
    """
    plain = quotes.normalised(text)
    return _Reader(text, plain, sentences, quotes.find_quotes(plain)).run()


class _Reader:
    """One reading: who spoke so far, and whose each quotation is."""

    def __init__(self, text: str, plain: str, sentences: list[Span], quoted: list[Span]) -> None:
        self.text = text
        self.plain = plain
        self.sentences = sentences
        self.quoted = quoted
        self.memory = Memory(text)
        self.speakers: dict[int, AttributionMention] = {}
        self.out: list[AttributionMention] = []
        self.open: list[tuple[int, int]] = []

    def run(self) -> list[AttributionMention]:
        """The attributions in order of the text."""
        at = 0
        quoted = self.quoted
        for index, sentence in enumerate(self.sentences):
            while at < len(quoted) and quoted[at].end <= sentence.start:
                at += 1
            stop = at
            while stop < len(quoted) and quoted[stop].start < sentence.end:
                stop += 1
            self._sentence(index, sentence, at, stop)
        self._give_quotes()
        self.out.sort(key=lambda a: (a.span.start, a.span.end))
        return self.out

    def _sentence(self, index: int, sentence: Span, first: int, stop: int) -> None:
        here = self.quoted[first:stop]
        if here and here[0].start <= sentence.start and here[0].end >= sentence.end - 1:
            self.open.append((index, first))
            return
        window = self.plain[sentence.start : sentence.end]
        if ": " in window[:60] and (not sentence.start or self.plain[sentence.start - 1] in "\n\r"):
            self._label(index, sentence)
        words = window.split()
        if TRIGGERS.isdisjoint(words) and (" by " not in window or BY_TRIGGERS.isdisjoint(words)):
            if here:
                self.open.append((index, first))
            return
        found = speech.read_sentence(read_line(self.plain, sentence, here))
        claimed: set[int] = set()
        for one in found:
            mention = self._add(one)
            for k in range(first, stop):
                if k not in claimed and mention.party and one.content.overlaps(self.quoted[k]):
                    self.speakers.setdefault(k, mention)
                    claimed.add(k)
        if here and len(claimed) < len(here):
            self.open.extend((index, k) for k in range(first, stop) if k not in claimed)

    def _label(self, index: int, sentence: Span) -> None:
        """ "Police: 12 dead", and a speaker's name before the paragraph that is spoken."""
        match = _LABEL.match(self.plain, sentence.start, sentence.end)
        if match is None:
            return
        party = Span(*match.span("party"))
        words = match["party"].split()
        last = words[-1].lower()
        named = all(w[:1].isupper() or len(w) < 4 for w in words) and self.plain.find(words[-1], match.end()) >= 0
        if last in _NO_LABELS or words[0].lower() in _NO_LABELS or not (named or last in SPEAKERS):
            return
        content = Span(match.end(), sentence.end)
        self._add(FoundAttribution(Span(party.start, party.end + 1), ":", match["party"], party, content))
        speaker = self.out[-1]
        for later in self.sentences[index + 1 : index + 30]:
            if "\n" in self.plain[content.end : later.start]:
                break
            content = later
            self.out.append(AttributionMention(later, "", speaker.party, party, "", later))

    def _add(self, found: FoundAttribution) -> AttributionMention:
        mention = self._mention(found)
        self.out.append(mention)
        return mention

    def _mention(self, found: FoundAttribution) -> AttributionMention:
        span = found.party_span
        party = self.memory.name(found.antecedent or found.party, span) if span is not None else ""
        return AttributionMention(found.span, found.cue, party, span, _clean(found.relay), found.content)

    def _give_quotes(self) -> None:
        """Quoted sentences without a cue of their own go to who speaks in the same quotation or beside it."""
        starts = [a.span.start for a in self.out]
        extra: list[AttributionMention] = []
        for index, k in self.open:
            sentence, quote = self.sentences[index], self.quoted[k]
            speaker = self.speakers.get(k) or self._beside(index, k, starts)
            if speaker is None:
                continue
            self.speakers.setdefault(k, speaker)
            part = Span(max(sentence.start, quote.start), min(sentence.end, quote.end))
            extra.append(AttributionMention(part, "", speaker.party, speaker.party_span, speaker.relay, part))
        self.out += extra

    def _beside(self, index: int, k: int, starts: list[int]) -> AttributionMention | None:
        """The speaker of a quotation that stands alone: of an open one before it, of the sentence before or after."""
        quote, sentence = self.quoted[k], self.sentences[index]
        if not (quote.start <= sentence.start + 1):
            return None
        if k and not quotes.is_closed(self.plain, self.quoted[k - 1]) and k - 1 in self.speakers:
            return self.speakers[k - 1]
        if index == 0:
            return None
        previous = self.sentences[index - 1]
        near = bisect_left(starts, previous.start)
        last = bisect_left(starts, previous.end)
        for attribution in reversed(self.out[near:last]):
            if (
                attribution.party
                and attribution.party_span is not None
                and attribution.party_span.cut(self.text) not in ("who", "which")
            ):
                return attribution
        if self.plain[previous.end - 1] == ":":
            return self._announced(previous)
        if k and k - 1 in self.speakers and self.quoted[k - 1].end >= previous.end - 1:
            return self.speakers[k - 1]
        return None

    def _announced(self, sentence: Span) -> AttributionMention | None:
        """ "The mayor sent out this statement:": the subject of the sentence speaks in the quotation after it."""
        found = speech.announced_speaker(read_line(self.plain, sentence, []))
        return self._mention(found) if found else None


def _clean(party: str) -> str:
    return party.removeprefix("the ").removeprefix("The ").strip(" ,.'\u2019")
