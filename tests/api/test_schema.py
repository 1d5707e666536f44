"""The API describes itself: every address and every action, in OpenAPI, without a warning."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import override_settings
from django.utils import timezone
from drf_spectacular.validation import validate_schema
from openapi_schema_validator import OAS30ReadValidator
from openapi_spec_validator import validate

from factcheck.api.docs import openapi_schema
from factcheck.api.history import MODELS
from factcheck.api.urls import router
from factcheck.api.webhook_messages import EVENTS, component_name
from factcheck.management.commands.webhook_sample import sample
from factcheck.models import Delivery, Membership
from factcheck.workflow.publications import correct_document, publish_document
from factcheck.workflow.webhook_events import WEBHOOK_EVENTS
from factcheck.workflow.webhooks import sign_payload
from tests.factories import PASSWORD, WebhookFactory
from tests.stories import clear_document, committed, file_text, revise_text, settle

from .records import make

ROOT = Path(__file__).resolve().parents[2]
BASE = "/factcheck/api/v1/"


@pytest.fixture(scope="module")
def described():
    """What the address ``schema/`` answers."""
    return json.loads(json.dumps(openapi_schema()))


def test_the_description_keeps_to_the_specification_of_openapi(described):
    validate(described)


def operations(described):
    return {(method, path): row for path, rows in described["paths"].items() for method, row in rows.items()}


def test_the_description_is_valid_and_made_without_a_warning(tmp_path):
    call_command("spectacular", validate=True, fail_on_warn=True, file=str(tmp_path / "schema.yml"))
    assert (tmp_path / "schema.yml").read_text().startswith("openapi: 3")


@override_settings(SPECTACULAR_SETTINGS={})
def test_it_needs_no_setting_of_the_host():
    openapi_schema.cache_clear()
    validate_schema(json.loads(json.dumps(openapi_schema())))
    assert openapi_schema()["info"]["title"] == "Fact-check API"


def test_every_address_of_the_router_and_every_act_is_described(described):
    found = operations(described)
    for noun, viewset, _ in router.registry:
        assert any(path.startswith(f"/{noun}/") for _, path in found), noun
        for action in getattr(viewset, "record_actions", {}):
            assert ("post", f"/{noun}/{{id}}/{action}/") in found, (noun, action)
        for action in getattr(viewset, "batch_actions", ()):
            assert ("post", f"/{noun}/batch/{action}/") in found, (noun, action)
        for extra in viewset.get_extra_actions():
            ends = f"/{extra.url_path.split('(')[0].rstrip('/')}/".replace("//", "/")
            assert any(ends in path and path.startswith(f"/{noun}/") for _, path in found), extra.url_path


def test_every_property_has_a_type(described):
    typed = {"type", "$ref", "allOf", "oneOf", "anyOf"}
    without = []
    for name, component in described["components"]["schemas"].items():
        for key, row in component.get("properties", {}).items():
            if not typed & row.keys() or (row.get("type") == "array" and not typed & row["items"].keys()):
                without.append((name, key))
    assert not without


FREE_FORM = {
    "Delivery.payload",  # a message of a webhook: see x-webhooks
    "ErrorLine.extra",
    "Event.facts",
    "Figure.machine_reading",
    "Job.result",
    "JobDetail.result",
    "NewDocument.ninjs",
    "Publication.answer",
    "Report.data",
}
"""Objects whose properties nobody promises: they differ with the action, the job or the kind, or are others' own."""


def test_every_object_says_what_is_in_it_but_for_those_named_here(described):
    components = described["components"]["schemas"]
    found = {path for name, component in components.items() for path in free_form(component, name)}
    assert found == FREE_FORM


def free_form(schema, path):
    """The paths of objects in a schema whose properties have no type."""
    if schema.get("additionalProperties") in (True, {}) or schema == {}:
        yield path
    for key, row in schema.get("properties", {}).items():
        yield from free_form(row, f"{path}.{key}")
    for row in (schema.get("items"), schema.get("additionalProperties"), *schema.get("oneOf", ())):
        if isinstance(row, dict):
            yield from free_form(row, path)


def test_choices_are_components_with_a_name_of_their_own(described):
    """But for a constant, and for what one list alone is asked by."""
    components = described["components"]["schemas"]
    inline = [row for name, row in components.items() if "enum" not in row] + list(described["paths"].values())
    found = [values for place in inline for values in inline_choices(place)]
    assert {tuple(values) for values in found if len(values) > 1} == {
        tuple(sorted(viewset.orderings)) for _, viewset, _ in router.registry if getattr(viewset, "orderings", ())
    } | {tuple(sorted(MODELS))}
    assert {"ClaimState", "DocumentState", "JobName", "Reliability", "Role", "WebhookEvent"} <= components.keys()


def inline_choices(place):
    if isinstance(place, dict) and "enum" in place:
        yield sorted(place["enum"])
    for row in place.values() if isinstance(place, dict) else place if isinstance(place, list) else ():
        yield from inline_choices(row)


def validator_of(described, name):
    """What holds an answer or a message against a component of the description."""
    return OAS30ReadValidator({"$ref": f"#/components/schemas/{name}", "components": described["components"]})


@pytest.mark.parametrize("event", EVENTS)
def test_every_message_of_a_webhook_is_described(event, described):
    body = described["x-webhooks"][event]["post"]["requestBody"]["content"]["application/json"]["schema"]
    told = json.loads(sign_payload(sample(event), "secret", timezone.now())[0])
    validator = validator_of(described, body["$ref"].rpartition("/")[2])
    assert not [error.message for error in validator.iter_errors(told)]
    assert list(validator.iter_errors({**told, "headline": "Flood in Torvik"})), "no word leaves that is not described"


def test_the_headers_of_a_message_are_described(described):
    _, headers = sign_payload(sample("ping"), "secret", timezone.now())
    for row in described["x-webhooks"].values():
        told = {parameter["name"]: parameter["schema"] for parameter in row["post"]["parameters"]}
        assert told.keys() == headers.keys()
        assert all(re.search(schema.get("pattern", ""), headers[name]) for name, schema in told.items())


@pytest.mark.django_db
def test_what_webhooks_send_is_what_the_description_says(staff, described):
    """A story is cleared, published, corrected, and stale with new words."""
    WebhookFactory(desk=staff.desk, events=list(WEBHOOK_EVENTS))
    story = file_text("The council of Torvik said 40 homes were flooded on Monday.", desk=staff.desk, by=staff.editor)
    with committed():
        clear_document(settle(story), staff)
    publish_document(settle(story), by=staff.editor)
    correct_document(story, by=staff.editor, correction_class="update", wording="It was Sunday.")
    revise_text(story, "The council of Torvik said 60 homes were flooded on Monday.", by=staff.editor)
    settle(story)
    sent = Delivery.objects.all()
    assert {row.event for row in sent} >= {"document_cleared", "document_published", "correction_published"}
    for row in sent:
        validator = validator_of(described, component_name(row.event))
        message = json.loads(json.dumps({"delivery": row.pk, **row.payload}))
        assert not [error.message for error in validator.iter_errors(message)], row.event


@pytest.mark.django_db
def test_every_record_in_lists_and_alone_is_what_the_description_says(api, desk, people, described):
    ids = make(desk, people["editor"])
    for noun, pk in ids.items():
        for path, asked in ((f"/{noun}/", f"{noun}/"), (f"/{noun}/{{id}}/", f"{noun}/{pk}/")):
            schema = described["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
            answer = api.chief_editor.get(asked)
            assert answer.status_code == 200, asked
            validator = validator_of(described, schema["$ref"].rpartition("/")[2])
            assert not [error.message for error in validator.iter_errors(answer.json())], asked


def test_every_default_is_one_that_its_own_schema_takes(described):
    for name, component in described["components"]["schemas"].items():
        for key, row in component.get("properties", {}).items():
            if "pattern" in row and "default" in row:
                assert re.search(row["pattern"], row["default"]), (name, key)


def test_every_tag_of_an_operation_is_told(described):
    told = {row["name"] for row in described["tags"] if row["description"]}
    assert {tag for row in operations(described).values() for tag in row["tags"]} == told


@pytest.mark.django_db
def test_what_json_columns_hold_is_what_the_description_says(api, desk, people, described):
    """Of every record there is: its lists are lists, its objects objects, its entries of the kind that is told."""
    ids = make(desk, people["editor"])
    kinds = {"array": list, "object": dict}
    looked = 0
    for noun in ids:
        operation = described["paths"].get(f"/{noun}/{{id}}/", {}).get("get")
        if not operation:
            continue
        answer = api.chief_editor.get(f"{noun}/{ids[noun]}/").json()
        name = operation["responses"]["200"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
        for key, row in described["components"]["schemas"][name]["properties"].items():
            if row.get("type") in kinds and answer.get(key) is not None:
                assert isinstance(answer[key], kinds[row["type"]]), (noun, key)
                if row.get("items") == {"type": "string"}:
                    assert all(isinstance(entry, str) for entry in answer[key]), (noun, key)
                looked += 1
    assert looked > 10


def test_every_operation_has_its_own_name_and_says_what_it_does(described):
    rows = list(operations(described).values())
    names = [row["operationId"] for row in rows]
    assert len(set(names)) == len(names)
    assert not [row["operationId"] for row in rows if not row.get("summary")]
    assert not [row["operationId"] for row in rows if "partial(" in row.get("description", "")]


def test_the_names_of_operations_stay_when_an_address_has_been_asked(api):
    """Each process makes the description once, before or after its first requests."""
    nouns = ("deliveries", "documents", "claims")
    for noun in nouns:
        assert api.auditor.get(f"{noun}/").status_code == 200
    openapi_schema.cache_clear()
    names = {row["operationId"] for row in operations(openapi_schema()).values()}
    assert {f"{noun}_list" for noun in nouns} <= names


def test_every_answer_says_what_it_is_and_every_refusal_has_the_one_shape(described):
    for (method, path), row in operations(described).items():
        for status, response in row["responses"].items():
            if status in ("204", "304"):
                continue
            schema = next(iter(response["content"].values()))["schema"]
            if status >= "400":
                assert schema == {"$ref": "#/components/schemas/ErrorResponse"}, (method, path, status)
            else:
                assert schema != {"type": "object", "additionalProperties": True}, f"{method} {path}: use @describe"


def test_what_makes_or_changes_a_record_says_what_it_takes(described):
    for (method, path), row in operations(described).items():
        if row["operationId"].endswith(("_create", "_update")):
            assert row.get("requestBody"), f"{method} {path}: name its body in @describe"


def test_what_an_act_needs_and_answers_is_told(described):
    row = operations(described)[("post", "/claims/{id}/dismiss/")]
    sent = {parameter["name"]: parameter.get("required", False) for parameter in row["parameters"]}
    assert sent == {"Idempotency-Key": False, "If-Match": True, "id": True}
    assert row["requestBody"]["content"]["application/json"]["schema"]["$ref"].endswith("/Note")
    assert {"200", "401", "403", "404", "409", "412", "422", "428", "429"} <= set(row["responses"])
    assert "ETag" in row["responses"]["200"]["headers"]
    assert "Retry-After" in row["responses"]["429"]["headers"]
    form = operations(described)[("post", "/documents/")]["requestBody"]["content"]
    assert set(form) == {"application/json", "multipart/form-data"}
    fields = {
        media_type: described["components"]["schemas"][row["schema"]["$ref"].rpartition("/")[2]]["properties"]
        for media_type, row in form.items()
    }
    assert fields["multipart/form-data"]["file"] == {"type": "string", "format": "binary"}
    assert "file" not in fields["application/json"], "a file is sent in a form"
    assert "ninjs" not in fields["multipart/form-data"], "an object is sent in JSON"


def test_both_ways_to_log_in_are_told(described):
    assert {row["type"] for row in described["components"]["securitySchemes"].values()} == {"apiKey", "http"} or {
        row["in"] for row in described["components"]["securitySchemes"].values()
    } == {"header", "cookie"}
    assert "security" not in operations(described)[("post", "/auth/login/")]


OF_THE_ASSIGNEE = {f"verification-tasks/{{id}}/{name}/" for name in ("take_up", "block", "unblock", "hand_in")}
NOT_A_CHIEF_EDITORS = OF_THE_ASSIGNEE | {
    "claims/{id}/recall/",
    "claims/{id}/take_back/",
    "sources/{id}/grant_access/",
}


@pytest.mark.django_db
def test_every_record_that_changes_asks_for_its_version(api, desk, people, described):
    """What the description says of If-Match is what the server does."""
    ids = make(desk, people["editor"])
    membership = Membership.objects.get(user=people["editor"])
    ids |= {"desks": desk.pk, "memberships": membership.pk}
    answers = {}
    for (method, path), row in operations(described).items():
        noun = path.removeprefix("/").split("/")[0]
        needs = any(p["name"] == "If-Match" for p in row.get("parameters", []))
        if "{id}" not in path or method == "get" or noun not in ids or not needs:
            continue
        call = getattr(api.chief_editor, method)
        response = call(path.removeprefix("/").format(id=ids[noun]), {}, version=None)
        answers[path.removeprefix("/")] = response.status_code
    refused = {path for path, status in answers.items() if status == 403}
    assert refused == NOT_A_CHIEF_EDITORS, "who may is asked first"
    assert {status for path, status in answers.items() if path not in refused} == {428}


@pytest.mark.django_db
def test_the_page_is_for_who_is_logged_in_and_has_a_policy_of_its_own(client, people):
    response = client.get(BASE + "docs/")
    assert response.status_code == 302
    assert response["Location"].startswith("/login/?next=/factcheck/api/v1/docs/")
    client.login(username="editor", password=PASSWORD)
    page = client.get(BASE + "docs/")
    assert page.status_code == 200
    policy = page["Content-Security-Policy"]
    assert "style-src 'self' 'unsafe-inline'" in policy
    assert "script-src 'self';" in policy
    assert b"https://" not in page.content, "nothing comes from another site"
    script = client.get(BASE + "docs/?script=")
    assert script["Content-Type"].startswith("application/javascript")
    assert client.get(BASE + "schema/").status_code == 200
    assert "unsafe-inline" not in client.get("/admin/")["Content-Security-Policy"]


@pytest.mark.django_db
def test_who_is_not_logged_in_goes_to_the_page_that_the_host_names(client, settings):
    settings.LOGIN_URL = "/single-sign-on/"
    assert client.get(BASE + "docs/")["Location"].startswith("/single-sign-on/?next=")


@pytest.mark.django_db
def test_the_one_server_of_the_description_is_where_the_host_has_plugged_the_api_in(api):
    described = api.editor.get("schema/").json()
    assert described["servers"] == [{"url": BASE.rstrip("/")}]
    assert "/documents/{id}/clearance/" in described["paths"]


@pytest.mark.django_db
def test_the_description_is_for_who_is_logged_in(api):
    assert api.nobody.get("schema/").status_code == 401
    response = api.auditor.get("schema/")
    assert response.json()["openapi"].startswith("3.")


def test_a_host_without_the_page_has_the_description_all_the_same():
    code = (
        "import os; os.environ['DJANGO_SETTINGS_MODULE'] = 'tests.settings'\n"
        "from django.conf import settings\n"
        "apps = [app for app in settings.INSTALLED_APPS if not app.startswith('drf_spectacular')]\n"
        "settings.INSTALLED_APPS = apps\n"
        "import django; django.setup()\n"
        "from factcheck.api import urls, docs\n"
        "names = [getattr(row, 'name', '') for row in urls.urlpatterns]\n"
        "assert 'schema' in names and 'docs' not in names, names\n"
        "assert docs.openapi_schema()['paths']\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
