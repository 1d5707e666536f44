"""The journey of docs/api.md by a client that openapi-python-client generated, refusals included.

Run by ``test_generated_client`` with the Python of an environment that holds the client and nothing of ours:
``python journey.py BASE`` prints each refusal that came back parsed.
"""

import hashlib
import io
import sys
import time
from http import HTTPStatus

from factcheck_client import AuthenticatedClient, Client, models
from factcheck_client.api.auth import auth_login
from factcheck_client.api.claims import (
    claims_accept,
    claims_assign,
    claims_list,
    claims_retrieve,
    claims_sign_off,
    claims_start,
    claims_submit,
)
from factcheck_client.api.documents import (
    documents_clearance,
    documents_create,
    documents_publish,
    documents_report,
    documents_retrieve,
    documents_revise,
)
from factcheck_client.api.events import events_list
from factcheck_client.api.evidence import evidence_assess, evidence_create, evidence_link, evidence_retrieve
from factcheck_client.api.figures import figures_list
from factcheck_client.api.jobs import jobs_retrieve
from factcheck_client.api.publications import publications_atom, publications_list
from factcheck_client.api.reports import reports_download, reports_retrieve
from factcheck_client.api.sources import sources_create
from factcheck_client.api.verification_tasks import (
    verification_tasks_hand_in,
    verification_tasks_list,
    verification_tasks_take_up,
)
from factcheck_client.types import File

STORY = "The mayor of Oberfurt said on Sunday that 40 houses were flooded."
EDITED = STORY.replace("40", "60")
ANY = "*"
BASE = sys.argv[1]


def main() -> None:
    people = {role: logged_in(role) for role in ("editor", "checker", "reviewer", "desk_chief")}
    document = a_story_is_filed(people["editor"])
    claim = its_claim_is_checked(document, **people)
    the_number_is_edited(document, claim, people["editor"])
    it_is_checked_again_and_goes_out(document, claim, **people)
    a_file_is_filed_too(people["editor"])


def logged_in(role: str) -> AuthenticatedClient:
    body = models.Credentials(username=role, password=f"pass-{role}-word")
    token = auth_login.sync(client=Client(base_url=BASE), body=body).token
    return AuthenticatedClient(base_url=BASE, token=token, prefix="Token", raise_on_unexpected_status=True)


def said(answer, kind):
    """The record in an answer, which is of this class and not a refusal."""
    assert isinstance(answer.parsed, kind), (answer.status_code, answer.content)
    return answer.parsed


def refused(answer, status: HTTPStatus, code: str):
    """The first error of a refusal, as an object of the client's own class."""
    error = said(answer, models.ErrorResponse).errors[0]
    assert (answer.status_code, error.code) == (status, code), answer.content
    assert error.detail
    print(status.value, error.code)
    return error


def wait_for_job(job: int, client: AuthenticatedClient) -> None:
    for _ in range(600):
        state = said(jobs_retrieve.sync_detailed(job, client=client), models.JobDetail).state
        assert state != models.JobState.FAILED
        if state == models.JobState.DONE:
            return
        time.sleep(0.2)
    raise AssertionError("the job is not done")


def wait_for_answer(document: int, client: AuthenticatedClient, **hash_of_it: str) -> models.Clearance:
    for _ in range(300):
        answer = documents_clearance.sync_detailed(document, client=client, **hash_of_it)
        answer = said(answer, models.Clearance)
        if not any("pending" in row.code for row in answer.blockers):
            break
        time.sleep(0.2)
    return answer


def a_story_is_filed(editor: AuthenticatedClient) -> int:
    body = models.NewDocument(
        desk="news-desk",
        title="Flood in Oberfurt",
        text=STORY,
        written_by=models.WrittenBy.SOMEONE_ELSE,
        byline="A. Reporter",
    )
    answer = documents_create.sync_detailed(client=editor, body=body)
    filed = said(answer, models.FiledDocument)
    assert answer.status_code == HTTPStatus.ACCEPTED
    wait_for_job(filed.job, editor)
    document = said(documents_retrieve.sync_detailed(filed.document.id, client=editor), models.Document)
    assert (document.state, document.revision.text) == (models.DocumentState.IN_CHECK, STORY)
    refused(documents_retrieve.sync_detailed(10**9, client=editor), HTTPStatus.NOT_FOUND, "not_found")
    nowhere = models.NewDocument(desk="news-desk", text=STORY, zone="Mars")
    error = refused(
        documents_create.sync_detailed(client=editor, body=nowhere), HTTPStatus.UNPROCESSABLE_ENTITY, "zone_unknown"
    )
    assert "Mars" in error.detail
    return document.id


def its_claim_is_checked(document: int, *, editor, checker, reviewer, **_) -> int:
    listed = claims_list.sync_detailed(
        client=editor, document=document, ordering=models.ClaimsListOrdering("-checkworthiness")
    )
    claim = said(listed, models.PaginatedClaimRowList).results[0]
    version = f'"{claim.version}"'
    said(claims_accept.sync_detailed(claim.id, client=editor, if_match=version), models.Claim)
    stale = claims_accept.sync_detailed(claim.id, client=editor, if_match=version)
    refused(stale, HTTPStatus.PRECONDITION_FAILED, "stale_revision")
    figures = said(figures_list.sync_detailed(client=editor, document=document), models.PaginatedFigureRowList)
    assert figures.results[0].state == models.FigureState.LINKED
    work = models.Assignment(assignee="checker", method=models.Method.RING_THE_SOURCE)
    given = said(claims_assign.sync_detailed(claim.id, client=editor, if_match=ANY, body=work), models.Claim)
    task = given.verification_tasks[0].id
    mine = verification_tasks_list.sync_detailed(client=checker, assignee="me", claim=claim.id)
    assert said(mine, models.PaginatedTaskList).results[0].id == task
    said(verification_tasks_take_up.sync_detailed(task, client=checker, if_match=ANY), models.TaskDetail)
    evidence_is_given(claim.id, "The town clerk read the list out: 40 houses.", checker, reviewer)
    verdict = models.VerdictBody(label=models.VerdictLabel.SUPPORTED, note="By telephone.")
    said(claims_submit.sync_detailed(claim.id, client=checker, if_match=ANY, body=verdict), models.Claim)
    said(verification_tasks_hand_in.sync_detailed(task, client=checker, if_match=ANY), models.TaskDetail)
    refused(sign_off(claim.id, checker), HTTPStatus.FORBIDDEN, "role_missing")
    signed = said(sign_off(claim.id, reviewer), models.Claim)
    assert (signed.state, signed.verdicts[0].sign_off.by) == (models.ClaimState.SIGNED_OFF, "reviewer")
    assert wait_for_answer(document, editor).clear
    return claim.id


def sign_off(claim: int, client: AuthenticatedClient):
    return claims_sign_off.sync_detailed(claim, client=client, if_match=ANY, body=models.SignOffBody())


def evidence_is_given(claim: int, note: str, checker, reviewer) -> int:
    name = models.NewSource(
        desk="news-desk", name=f"Town clerk, {note[-10:]}", kind=models.SourceKind.OFFICIAL, aliases=[], domains=[]
    )
    source = said(sources_create.sync_detailed(client=checker, body=name), models.SourceDetail)
    call = models.NewEvidence(
        claim=claim,
        source=source.slug,
        kind=models.EvidenceKind.CALL,
        source_use=models.SourceUse.PRIMARY,
        note=note,
    )
    found = said(evidence_create.sync_detailed(client=checker, body=call), models.Evidence)
    link = models.EvidenceLink(stance=models.Stance.SUPPORTS)
    said(evidence_link.sync_detailed(found.id, client=checker, if_match=ANY, body=link), models.Evidence)
    accepted = evidence_assess.sync_detailed(
        found.id, client=reviewer, if_match=ANY, body=models.Assessment(accepted=True)
    )
    assert said(accepted, models.Evidence).state == models.EvidenceState.ACCEPTED
    return found.id


def the_number_is_edited(document: int, claim: int, editor: AuthenticatedClient) -> None:
    new = models.NewText(text=EDITED)
    revised = said(documents_revise.sync_detailed(document, client=editor, if_match=ANY, body=new), models.Document)
    wait_for_job(revised.reading.id, editor)
    stale = said(claims_retrieve.sync_detailed(claim, client=editor), models.Claim)
    assert (stale.state, "number" in stale.stale_reason) == (models.ClaimState.STALE, True)
    answer = wait_for_answer(document, editor)
    assert (answer.clear, answer.blockers[0].code) == (False, "claim_stale")
    shut = documents_publish.sync_detailed(document, client=editor, if_match=ANY, body=models.PublicationBody())
    error = refused(shut, HTTPStatus.CONFLICT, "not_cleared")
    assert error.extra["blockers"][0]["code"] == "claim_stale"


def it_is_checked_again_and_goes_out(document: int, claim: int, *, editor, checker, reviewer, desk_chief) -> None:
    said(claims_start.sync_detailed(claim, client=checker, if_match=ANY), models.Claim)
    old = said(claims_retrieve.sync_detailed(claim, client=checker), models.Claim).evidence[0].id
    drifted = said(evidence_retrieve.sync_detailed(old, client=checker), models.Evidence)
    assert drifted.state == models.EvidenceState.DRIFTED
    evidence_is_given(claim, "The town clerk read the newer list out: 60 houses.", checker, reviewer)
    verdict = models.VerdictBody(label=models.VerdictLabel.SUPPORTED)
    said(claims_submit.sync_detailed(claim, client=checker, if_match=ANY, body=verdict), models.Claim)
    said(sign_off(claim, reviewer), models.Claim)
    digest = hashlib.sha256(EDITED.encode()).hexdigest()
    assert wait_for_answer(document, editor, source_sha256=digest).clear
    body = models.PublicationBody(source_sha256=digest)
    out = documents_publish.sync_detailed(document, client=editor, if_match=ANY, body=body)
    assert said(out, models.Document).state == models.DocumentState.PUBLISHED
    listed = said(publications_list.sync_detailed(client=editor, document=document), models.PaginatedPublicationRowList)
    assert [(row.clear, row.by) for row in listed.results] == [(True, "editor")]
    feed = publications_atom.sync_detailed(client=editor)
    assert "<title>Flood in Oberfurt</title>" in said(feed, str)
    report = said(documents_report.sync_detailed(document, client=desk_chief), models.Report)
    frozen = said(reports_retrieve.sync_detailed(report.id, client=desk_chief), models.Report)
    assert frozen.data["documents"][0]["clear"] is True
    page = reports_download.sync_detailed(report.id, "html", client=desk_chief)
    assert page.status_code == HTTPStatus.OK
    assert EDITED in page.parsed.payload.read().decode()
    history = events_list.sync_detailed(client=desk_chief, record=models.EventsListRecord.CLAIM, record_id=claim)
    assert said(history, models.PaginatedEventList).results[0].action == "accept"


def a_file_is_filed_too(editor: AuthenticatedClient) -> None:
    page = File(io.BytesIO(b"It rained for 9 days in Oberfurt."), "rain.txt", "text/plain")
    body = models.NewDocumentForm(desk="news-desk", file=page, title="Rain")
    filed = said(documents_create.sync_detailed(client=editor, body=body), models.FiledDocument)
    wait_for_job(filed.job, editor)
    read = said(documents_retrieve.sync_detailed(filed.document.id, client=editor), models.Document)
    assert read.revision.text == "It rained for 9 days in Oberfurt."


if __name__ == "__main__":
    main()
