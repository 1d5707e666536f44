"""The kinds of files that are read: their media types, names for people, file endings. Data only."""

from __future__ import annotations

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ODT = "application/vnd.oasis.opendocument.text"
PLAIN = "text/plain"
MARKDOWN = "text/markdown"
HTML = "text/html"
PDF = "application/pdf"
NINJS = "application/json"
NEWSML = "application/vnd.iptc.g2.newsitem+xml"
NITF = "application/nitf+xml"
MAIL = "message/rfc822"
RTF = "application/rtf"
CSV = "text/csv"

NAMES = {
    PLAIN: "plain text",
    MARKDOWN: "Markdown",
    HTML: "a web page (HTML)",
    PDF: "a PDF",
    DOCX: "a Word document (DOCX)",
    ODT: "an OpenDocument text (ODT)",
    RTF: "rich text (RTF)",
    MAIL: "an e-mail",
    CSV: "a table (CSV)",
    XLSX: "an Excel workbook (XLSX)",
    NINJS: "JSON",
    NEWSML: "a wire story (NewsML-G2)",
    NITF: "a wire story (NITF)",
}
BY_ENDING = {
    **dict.fromkeys(["txt", "text"], PLAIN),
    **dict.fromkeys(["md", "markdown", "mdown", "mmd"], MARKDOWN),
    **dict.fromkeys(["html", "htm", "xhtml"], HTML),
    **dict.fromkeys(["json", "ninjs"], NINJS),
    **dict.fromkeys(["docx", "docm", "dotx", "dotm"], DOCX),
    **dict.fromkeys(["odt", "ott"], ODT),
    **dict.fromkeys(["eml", "mht", "mhtml"], MAIL),
    **dict.fromkeys(["csv", "tsv", "tab"], CSV),
    **dict.fromkeys(["xlsx", "xlsm"], XLSX),
    "nitf": NITF,
    "rtf": RTF,
    "pdf": PDF,
}
ALSO_NAMED = {
    "txt": {MAIL},
    "text": {MAIL},
    "md": {PLAIN},
    "markdown": {PLAIN},
    "mdown": {PLAIN},
    "mmd": {PLAIN},
    "doc": {RTF, DOCX, HTML},
    "xls": {XLSX},
    "xml": {NEWSML, NITF, HTML},
    "mbox": {MAIL},
}
"""What else a file of some ending may be without its name being wrong."""
BY_MEDIA_TYPE = {
    **{kind: kind for kind in NAMES if kind != PLAIN},
    "text/x-markdown": MARKDOWN,
    "application/xhtml+xml": HTML,
    "application/x-pdf": PDF,
    "application/ninjs+json": NINJS,
    "application/vnd.iptc.ninjs+json": NINJS,
    "text/json": NINJS,
    "text/rtf": RTF,
    "text/tab-separated-values": CSV,
    "multipart/related": MAIL,
    "application/vnd.iptc.g2.newsmessage+xml": NEWSML,
}
ACCEPTED = (
    "Accepted are plain text, Markdown, HTML, PDF, Word (.docx), OpenDocument (.odt), RTF, e-mail (.eml), tables "
    "(.csv, .xlsx), and wire stories in ninjs, NewsML-G2 and NITF."
)
