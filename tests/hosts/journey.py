"""A story on a host: filed, checked by people who are named in every answer, cleared, published, and every page of it."""

import json
import re
import urllib.error
import urllib.parse
import urllib.request

from tests.hosts.projects import Host
from tests.live import wait_until

STORY = "The mayor of Oberfurt said on Sunday that 40 houses were flooded."
OTHERS = "The fire service said on Sunday that 90 houses were flooded in Oberfurt."


def check_a_story(host: Host) -> int:
    """By API alone, each step by the person whose it is; the id of the document."""
    host.did("POST", "topics/", {"slug": "flood", "title": "Flood", "desk": "news-desk"})
    document = file(host, STORY, "ours")
    claim = check_its_claim(host, document)
    published = host.did("POST", f"documents/{document}/publish/", {})
    assert published["state"] == "published"
    (publication,) = host.did("GET", "publications/")["results"]
    assert publication["by"] == host.kind.name_of("editor")
    history = host.did("GET", f"events/?record=claim&record_id={claim}")["results"]
    assert ("sign_off", host.kind.name_of("reviewer")) in {(row["action"], row["actor"]) for row in history}
    file(host, OTHERS, "theirs")
    host.did("POST", f"documents/{document}/report/", {}, "desk_chief")
    return int(document)


def check_its_claim(host: Host, document: int) -> int:
    """Check the claim of a document that is most worth it, until the gate is open; the id of the claim."""
    names = {role: host.kind.name_of(role) for role in ("editor", "checker", "reviewer", "desk_chief")}
    claim = host.did("GET", f"claims/?document={document}&ordering=-checkworthiness")["results"][0]["id"]
    host.did("POST", f"claims/{claim}/accept/", {})
    given = host.did("POST", f"claims/{claim}/assign/", {"assignee": names["checker"], "method": "ring_the_source"})
    (task,) = given["verification_tasks"]
    assert task["assignee"] == names["checker"]
    (mine,) = host.did("GET", "verification-tasks/?assignee=me", role="checker")["results"]
    assert (mine["id"], mine["created_by"]) == (task["id"], names["editor"])
    assert host.did("GET", f"claims/?assignee={names['checker']}")["results"]
    host.did("POST", f"verification-tasks/{task['id']}/take_up/", {}, "checker")
    source = host.did("GET", "sources/")["results"][0]["slug"]
    evidence = {
        "claim": claim,
        "kind": "call",
        "source": source,
        "source_use": "primary",
        "note": "Read out: 40 houses.",
    }
    found = host.did("POST", "evidence/", evidence, "checker")
    assert found["created_by"] == names["checker"]
    host.did("POST", f"evidence/{found['id']}/link/", {"stance": "supports"}, "checker")
    host.did("POST", f"evidence/{found['id']}/assess/", {"accepted": True}, "reviewer")
    host.did("POST", f"claims/{claim}/submit/", {"label": "supported"}, "checker")
    status, refusal = host.call("POST", f"claims/{claim}/sign_off/", {}, "checker")
    assert (status, refusal["errors"][0]["code"]) == (403, "role_missing"), refusal
    signed = host.did("POST", f"claims/{claim}/sign_off/", {}, "reviewer")
    assert signed["state"] == "signed_off"
    wait_until(lambda: host.did("GET", f"documents/{document}/clearance/")["clear"], 60, host.logs())
    return int(claim)


def file(host: Host, text: str, title: str) -> int:
    filed = host.did("POST", "documents/", {"desk": "news-desk", "title": title, "topic": "flood", "text": text})
    document, job = filed["document"]["id"], filed["job"]
    wait_until(lambda: host.did("GET", f"jobs/{job}/")["state"] == "done", 60, host.logs())
    return int(document)


def read_every_list(host: Host) -> int:
    """Every list of the API and the first record of it, by a person who may see all; how many records were read."""
    read = 0
    schema = host.did("GET", "schema/", role="chief_editor")
    lists = [path for path, rows in schema["paths"].items() if "{" not in path and "get" in rows]
    assert len(lists) > 25
    for path in lists:
        if path == "/events/":
            path += "?desk=news-desk"
        answer = host.did("GET", path.lstrip("/"), role="chief_editor")
        for row in answer.get("results", [])[:1] if isinstance(answer, dict) else []:
            if "get" in schema["paths"].get(f"{path}{{id}}/", {}):
                host.did("GET", f"{path}{row['id']}/".lstrip("/"), role="chief_editor")
                read += 1
    return read


def read_every_page(host: Host, role: str = "desk_chief") -> int:
    """Every page of the app in the admin that a link of its index leads to, and the first record of each."""
    browser = host.browser(role)
    index = open_page(browser, host, f"{host.kind.admin}/factcheck/")
    lists = sorted(set(re.findall(rf'href="({host.kind.admin}/factcheck/[a-z_]+/)"', index)))
    assert len(lists) > 8, index
    read = 0
    for address in lists:
        page = open_page(browser, host, address)
        for record in sorted(set(re.findall(rf'href="({address}\d+/change/)', page)))[:2]:
            open_page(browser, host, record)
            read += 1
    return read


def open_page(browser, host: Host, address: str) -> str:
    try:
        return browser.open(f"{host.site}{address}").read().decode()
    except urllib.error.HTTPError as refused:
        raise AssertionError(f"{address}: {refused.code}\n{host.logs()}") from refused


def log_in_of_the_docs(host: Host) -> str:
    """The path that somebody who is not logged in is sent to from the page of the API."""
    with urllib.request.urlopen(f"{host.base}/docs/") as answer:
        return urllib.parse.urlsplit(answer.url).path


def erase_the_checker(host: Host) -> None:
    """The checker is handed what is held about them, and erased: who did the work is told under a pseudonym."""
    name, chief = host.kind.name_of("checker"), host.kind.name_of("chief_editor")
    host.manage("export_person", name, "--out", "checker.json")
    held = json.loads((host.folder / "checker.json").read_text())
    assert name in held["profile"].values()
    assert {"submit", "link"} <= {row["action"] for row in held["actions"]}
    host.manage("erase_person", name, "--reason", "they asked for it", "--by", chief)
    claim = next(row["record_id"] for row in held["actions"] if row["action"] == "submit")
    history = host.did("GET", f"events/?record=claim&record_id={claim}")["results"]
    (submitted,) = [row["actor"] for row in history if row["action"] == "submit"]
    assert submitted.startswith("erased-1")
    assert host.call("GET", "documents/", role="checker")[0] == 401
