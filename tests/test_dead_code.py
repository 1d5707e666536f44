"""No function, class, method or property of the app is there for nobody; what a framework calls is named here."""

from fnmatch import fnmatchcase
from pathlib import Path

from vulture import Vulture

ROOT = Path(__file__).resolve().parent.parent
CALLED_BY = {
    "Django's admin and forms": (
        "change_view changelist_view history_view add_view get_* has_* lookup_allowed save_* formfield_* clean_* lookups queryset "
        "label_from_instance prepare_value optgroups response_* *_view *_badge *_label *Admin *Filter *Inline"
    ),
    "columns of lists, by their names": "list_display*",
    "Django itself": "*Config *Site *Middleware handler500 *Command Command handle add_arguments stored_name Hashed",
    "REST framework, its filters and its schema": (
        "ScopedTokenScheme retrieve list create update partial_update validate validate_* filter_* map_serializer_field *Extension "
        "_swagger_ui_* _resolve_path_parameters only_this_api add_webhooks name_enums name_nulls allow_request wait *ViewSet *View has_permission"
    ),
    "django-axes, by dotted path": "username_of address_of lockout_response GuessingHandler get_failures",
    "kombu": "_put _get _size _purge _queue_bind _delete get_table",
    "httpcore": "connect_tcp connect_unix_socket start_tls",
    "readers, by the table of formats": (
        "read_csv read_docx read_feed read_html read_mail read_markdown read_newsml read_ninjs read_nitf read_odt read_pdf "
        "read_plain read_rtf read_xlsx"
    ),
    "renderers, by their paths": "as_pdf as_xlsx",
    "pytest, as a plugin": "pytest_*",
    "Wagtail": "FactcheckTask task_state_class get_actions get_description BoundPanel is_shown approve save_revision publish",
    "Python's parser of HTML": "handle_starttag handle_endtag handle_data",
    "a host": "missing FactcheckedMixin",
}
DECORATORS = [
    "@admin.*",
    "@*.display",
    "@register.*",
    "@shared_task*",
    "@action*",
    "@describe*",
    "@receiver*",
    "@hooks.register*",
    "@*.connect",
]


def unused() -> list[str]:
    """What nothing in the app, the host, the bench and the templates names."""
    found = Vulture(ignore_decorators=DECORATORS)
    found.scavenge([str(ROOT / "factcheck"), str(ROOT / "newsroom"), str(ROOT / "bench")], exclude=["*/migrations/*"])
    hooks = [name for names in CALLED_BY.values() for name in names.split()]
    pages = "\n".join(
        path.read_text()
        for path in (*ROOT.glob("factcheck/templates/**/*"), *ROOT.glob("newsroom/**/*.html"))
        if path.is_file()
    )
    items = (*found.unused_funcs, *found.unused_classes, *found.unused_methods, *found.unused_props)
    named = (item for item in items if not any(fnmatchcase(item.name, hook) for hook in hooks))
    return sorted(f"{item.filename.relative_to(ROOT)}: {item.name}" for item in named if item.name not in pages)


def test_nothing_is_there_for_nobody():
    assert unused() == []
