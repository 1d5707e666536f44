"""The catalogues of the app's words: what is to be translated, and the files that hold it.

``python -m tests.catalogue`` brings every ``django.po`` up to date and compiles it, as ``make messages`` does; the
tests ask the same functions whether that would change anything. Read are the marked texts of modules and templates, the
sentences that are stored in English and told in the reader's language, and the names from the code that pages show.
"""

from __future__ import annotations

import ast
import io
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages import Catalog
from babel.messages.extract import extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from factcheck.language import STORED_CONTEXT

APP = Path(__file__).resolve().parent.parent / "factcheck"
HOST = APP.parent / "newsroom"
LOCALE = APP / "locale"
KEYWORDS = {
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "column_name": None,
    "zoned": None,
    "_": None,
}
WRITTEN = datetime(2026, 12, 1, tzinfo=UTC)
CONTEXTS = {"column_name": "column"}
STORED = (
    "encryption.py",
    "errors.py",
    "jobs/outcomes.py",
    "mailing.py",
    "permissions.py",
    "reports",
    "smtp.py",
    "tasks.py",
    "workflow",
)
"""Where sentences are made that are stored, or that refuse something: English there, told by the pages."""
NOT_SAID = {
    "reports/render/tables.py",  # the headings of a spreadsheet are names of columns, for programs too
    "reports/render/workbooks.py",
    "reports/render/claimreview.py",
    "reports/render/pages.py",
    "reports/render/__init__.py",
    "workflow/checkpoints.py",  # what commands print
    "workflow/decided_checks.py",
    "workflow/history_checks.py",
    "workflow/comparisons.py",  # what the engine finds is told in English
    "workflow/pair_scores.py",
    "workflow/carriers.py",
    "workflow/judgement_export.py",
    "workflow/weights.py",
    "encryption.py",
    "workflow/erased_people.py",
}
QUIET_CALLS = {
    "ValueError", "TypeError", "RuntimeError", "RawSQL", "compile", "critical", "debug", "error", "exception",
    "execute", "info", "LookupError", "warning", "strftime",
}  # fmt: skip
WRITTEN_OUT = ("created_at",)
COUNTED = (
    "active", "already", "apart", "asked", "bytes", "changed", "claims", "corrected", "corrections", "differ", "document",
    "documents", "figures", "inactive", "job", "left", "mailed", "may have arrived", "measures", "news", "overdue", "people",
    "refused", "report", "sent", "status", "superseded", "taken", "together", "voided", "withdrawn",
)  # fmt: skip
"""What reports and jobs count, by the names in what they hold."""
PLACE = re.compile(r"\{(\w+)(?::[^{}]*)?\}|%\((\w+)\)s")


def templates() -> dict[Path, Catalog]:
    """All that is to be translated, by the catalogue of each language that is to hold it."""
    made = ((LOCALE, catalogue_of(found_texts())), (HOST / "stories" / "locale", catalogue_of(texts_of_host())))
    return {path: texts for folder, texts in made for path in sorted(folder.glob("*/LC_MESSAGES/django.po"))}


def catalogue_of(texts: Iterable[tuple[str, str, str, str]]) -> Catalog:
    catalogue = Catalog(project="factcheck", charset="utf-8")
    for where, singular, plural, context in sorted(texts):
        catalogue.add((singular, plural) if plural else singular, locations=[(where, 0)], context=context or None)
    return catalogue


def found_texts() -> Iterator[tuple[str, str, str, str]]:
    """Where a text stands, the text, its plural and its context."""
    for path in sorted(APP.rglob("*.py")):
        if "migrations" not in path.parts and "contrib" not in path.parts:
            yield from texts_of_module(path)
    for path in sorted((APP / "templates").rglob("*.*")):
        if path.suffix in (".html", ".txt"):
            yield from texts_of_template(path)
    for path in sorted((APP / "templates").rglob("*.typ")):
        for text in re.findall(r'say\(\s*"([^"]+)"', path.read_text("utf-8")):
            yield inside(path), text, "", ""
    from factcheck.templatetags.factcheck_words import said_by_scripts

    for text in said_by_scripts():
        yield "static/factcheck", text, "", ""
    for name in STORED:
        for path in sorted((APP / name).rglob("*.py")) if (APP / name).is_dir() else [APP / name]:
            if inside(path) not in NOT_SAID:
                for text in stored_sentences(path):
                    yield inside(path), text, "", STORED_CONTEXT if PLACE.search(text) else ""
    for where, text in names_from_the_code():
        if re.search(r"[A-Za-z]{2}", text):
            yield where, text, "", ""


def texts_of_host() -> Iterator[tuple[str, str, str, str]]:
    """What the sample host says on pages of its own."""
    for path in sorted(HOST.rglob("*.py")):
        yield from texts_of_module(path)
    for path in sorted(HOST.rglob("*.html")):
        yield from texts_of_template(path)


def inside(path: Path) -> str:
    return str(path.relative_to(APP if APP in path.parents else HOST))


def texts_of_module(path: Path) -> Iterator[tuple[str, str, str, str]]:
    yield from extracted(path, path.read_bytes())


def texts_of_template(path: Path) -> Iterator[tuple[str, str, str, str]]:
    """Django writes a template as a module that says its texts; lines are brought to the margin, for it is none."""
    from django.utils.translation.template import templatize

    source = templatize(path.read_text("utf-8"))
    for call in re.findall(
        r"\b(?:p|n|np)?gettext\((?:[^()\"']|\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*')*\)|\b_\((?:\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*')\)",
        source,
    ):
        yield from extracted(path, call.replace("\n", " ").encode())


def extracted(path: Path, source: bytes) -> Iterator[tuple[str, str, str, str]]:
    for _, called, said, _ in extract_python(io.BytesIO(source), list(KEYWORDS), [], {"encoding": "utf-8"}):
        parts = [said] if isinstance(said, str) else list(said or ())
        if not parts or not parts[0]:
            continue
        context = str(parts.pop(0)) if called in ("pgettext", "npgettext") else CONTEXTS.get(called, "")
        if not parts or not isinstance(parts[0], str) or not parts[0].strip():
            continue
        plural = parts[1] if called in ("ngettext", "npgettext") else ""
        yield inside(path), parts[0], plural, context


def stored_sentences(path: Path) -> Iterator[str]:
    """The sentences of a module, with a place in braces for each value that is put in."""
    tree = ast.parse(path.read_text("utf-8"))
    above = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    for node in ast.walk(tree):
        inner = isinstance(above.get(node), (ast.JoinedStr, ast.FormattedValue))
        if inner or not isinstance(node, (ast.JoinedStr, ast.Constant)) or is_quiet(node, above):
            continue
        text = sentence_of(node)
        own = PLACE.sub("", text)
        if ((" " in own.strip() or "{" in text) and re.search(r"[a-z]{2}", own) and " " in text.strip()) or (
            isinstance(node, ast.JoinedStr) and re.match(r"“\{\w+\}” \{\w+\}|\{at\}: ", text)
        ):
            yield text


def is_quiet(node: ast.AST, above: dict[ast.AST, ast.AST]) -> bool:
    """Whether a text is a docstring, one for the log or for a programmer, or marked already."""
    at = above.get(node)
    if isinstance(at, ast.Expr) or (isinstance(node, ast.Constant) and not isinstance(node.value, str)):
        return True
    while at is not None and not isinstance(at, ast.stmt):
        if isinstance(at, ast.Call):
            called = at.func.id if isinstance(at.func, ast.Name) else getattr(at.func, "attr", "")
            if called in QUIET_CALLS or called in KEYWORDS:
                return True
        at = above.get(at)
    return False


def sentence_of(node: ast.JoinedStr | ast.Constant) -> str:
    if isinstance(node, ast.Constant):
        return str(node.value)
    text, names = "", {}
    for part in node.values:
        if isinstance(part, ast.Constant):
            text += str(part.value)
            continue
        source, base = ast.unparse(part), name_of(part.value)
        name = base
        number = 2
        while names.get(name, source) != source:
            name, number = f"{base}{number}", number + 1
        names[name] = source
        text += f"{{{name}}}"
        if part.format_spec and "%Y-%m-%d %H:%M" in ast.unparse(part.format_spec):
            text += "\0"
    return text.replace("\0 UTC", "").replace("\0", "")


def name_of(value: ast.expr) -> str:
    """What a place is called: by the variable or the attribute that fills it."""
    if isinstance(value, ast.Name):
        return value.id.lower()
    if isinstance(value, ast.Attribute):
        return value.attr.lower()
    if isinstance(value, ast.Subscript):
        key = value.slice
        return str(key.value) if isinstance(key, ast.Constant) and isinstance(key.value, str) else name_of(value.value)
    if isinstance(value, ast.BoolOp):
        return name_of(value.values[0])
    if isinstance(value, ast.Call):
        if isinstance(value.func, ast.Attribute) and value.func.attr in ("replace", "get", "upper", "removeprefix"):
            return name_of(value.func.value)
        if isinstance(value.func, ast.Attribute) and value.func.attr.startswith("get_"):
            return value.func.attr.removeprefix("get_").removesuffix("_display")
        return name_of(value.args[0]) if value.args else name_of(value.func)
    return "value"


def names_from_the_code() -> Iterator[tuple[str, str]]:
    """The labels of tables and columns, of choices, the names of states and actions, of what the engine reads."""
    from django.contrib import admin
    from django.db.models import Choices
    from django.forms.utils import pretty_name

    from factcheck import jobs, models, states  # noqa: F401
    from factcheck.admin.kit.actions import ActionForm
    from factcheck.admin.kit.records import RecordAdmin

    for page in subclasses(RecordAdmin):
        model = next((model for model, used in admin.site._registry.items() if type(used) is page), None)
        if model is None:
            continue
        yield page.__module__, str(model._meta.verbose_name)
        yield page.__module__, str(model._meta.verbose_name_plural)
        shown = {*page.detail_fields, *page.list_display, *map(str, page.list_filter), *WRITTEN_OUT}
        for field in model._meta.local_fields:
            if field.name in shown:
                yield page.__module__, str(field.verbose_name)
            for value, words in field.choices or ():
                yield page.__module__, label_of(value, words)
    for kind in subclasses(Choices):
        if kind.__module__.startswith("factcheck."):
            for value, words in getattr(kind, "choices", ()):
                yield kind.__module__, str(value).replace("_", " ")
                yield kind.__module__, label_of(value, words)
    for form in subclasses(ActionForm):
        for name, field in form.base_fields.items():
            if field.label is None:
                yield form.__module__, pretty_name(name)
    for page in subclasses(RecordAdmin):
        for name, action in page.record_actions.items():
            if not action.label:
                yield page.__module__, name.replace("_", " ")
    yield from engine_names()


def label_of(value: object, words: object) -> str:
    """What is looked up for the label of a choice: the words of its name, where the label is made of it."""
    name = str(value).replace("_", " ")
    return name if str(words) == name.title() else str(words)


def engine_names() -> Iterator[tuple[str, str]]:
    from factcheck.admin.figures import known_units
    from factcheck.admin.history import ACTIONS, RECORDS
    from factcheck.models.webhooks import Webhook  # noqa: F401
    from factcheck.text import ClaimType, Hedge, Modality
    from factcheck.text.claims.checkworthiness import SIGNS
    from factcheck.workflow.webhook_events import WEBHOOK_EVENTS

    for name in [*ACTIONS, *RECORDS, *WEBHOOK_EVENTS]:
        yield "names", str(name).replace("_", " ")
    for name in COUNTED:
        yield "counts", name
    for unit in known_units():
        if re.fullmatch(r"[a-z_]{4,}", unit):
            yield "text", unit.replace("_", " ")
    for sign in SIGNS:
        yield "text", sign.reason
    for name in logged_actions():
        yield "names", name.replace("_", " ")
    for kind in (ClaimType, Hedge, Modality):
        for row in kind:
            yield "text", str(row.value).replace("_", " ")


def logged_actions() -> Iterator[str]:
    """The names under which actions are written into the history."""
    for path in [*(APP / "workflow").rglob("*.py"), *(APP / "reports").rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("log", "log_all"):
                yield from (str(row.value) for row in node.args[1:2] if isinstance(row, ast.Constant))


def subclasses(kind: type) -> Iterator[type]:
    for one in kind.__subclasses__():
        yield one
        yield from subclasses(one)


def merged(path: Path, template: Catalog) -> Catalog:
    """The catalogue of a language with what is to be translated now, and nothing else."""
    with path.open("rb") as file:
        known = read_po(file, locale=path.parent.parent.name)
    known.update(template, no_fuzzy_matching=True)
    known.obsolete.clear()
    known.creation_date = known.revision_date = WRITTEN  # else each run would write another file
    known.last_translator = known.language_team = known.msgid_bugs_address = "factcheck"
    for message in known:
        message.locations = [(where, None) for where, _ in message.locations]
    return known


def written(catalogue: Catalog) -> bytes:
    buffer = io.BytesIO()
    write_po(buffer, catalogue, width=120, sort_output=True, omit_header=False, include_lineno=False)
    return buffer.getvalue()


def compiled(catalogue: Catalog) -> bytes:
    buffer = io.BytesIO()
    write_mo(buffer, catalogue)
    return buffer.getvalue()


def main() -> None:
    import os

    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    from django.contrib import admin

    admin.autodiscover()
    for path, texts in templates().items():
        catalogue = merged(path, texts)
        path.write_bytes(written(catalogue))
        path.with_suffix(".mo").write_bytes(compiled(catalogue))
        missing = sum(1 for row in catalogue if row.id and not (all(row.string) if row.pluralizable else row.string))
        print(f"{path.relative_to(APP.parent)}: {len(catalogue)} texts, {missing} without a translation")


if __name__ == "__main__":
    main()
