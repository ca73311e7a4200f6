"""A head job is sent once, whatever becomes of SubmitJob's answer."""

from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ReadTimeoutError
from botocore.httpsession import URLLib3Session

from jobs.looks import listing
from jobs.model.listed import UNFINISHED
from kiln.errors import UserError
from nextflow.runs.commands import run as command
from sandbox.inprocess import Sandbox
from tests.support.runs import ask, read_record, start

NAMED = [{"name": "JOB_NAME", "values": ["nextflow-*"]}]


def list_heads(sandbox: Sandbox) -> list[str]:
    """The ids of head jobs that are not over."""
    jobs = sandbox.client("batch").list_jobs(jobQueue="head", filters=NAMED)["jobSummaryList"]
    return [job["jobId"] for job in jobs if job["status"] in UNFINISHED]


def lose(monkeypatch: pytest.MonkeyPatch, times: int, *, is_done: bool) -> None:
    """SubmitJob goes without an answer: carried out all the same, or not."""
    ordinary, left = URLLib3Session.send, [times]

    def send(self: URLLib3Session, request: Any) -> Any:
        if not (request.url.endswith("/v1/submitjob") and left[0]):
            return ordinary(self, request)
        left[0] -= 1
        if is_done:
            ordinary(self, request)
        raise ReadTimeoutError(endpoint_url=request.url)

    monkeypatch.setattr(URLLib3Session, "send", send)


@pytest.mark.parametrize("is_done", [True, False])
@pytest.mark.parametrize("resumes", [True, False])
def test_an_answer_that_was_lost_makes_no_second_head(
    sandbox: Sandbox, lab: str, project: Path, monkeypatch: pytest.MonkeyPatch, is_done: bool, resumes: bool
) -> None:
    if resumes:
        former = start(sandbox, project, lab)["jobs"][0]
        sandbox.client("batch").terminate_job(jobId=former, reason="killed")
        sandbox.clock.advance(60)
    lose(monkeypatch, 1, is_done=is_done)
    start(sandbox, project, lab, **({"resume": "first"} if resumes else {}))
    [head] = list_heads(sandbox)
    assert read_record(sandbox)["jobs"][-1] == head
    assert len(read_record(sandbox)["jobs"]) == 1 + resumes


def test_of_two_that_were_sent_since_the_first_was_listed_late_one_is_ended(
    sandbox: Sandbox, lab: str, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    named, looks = listing.list_named, list[int]()

    def late(*query: Any) -> Any:
        looks.append(1)
        return [] if len(looks) == 2 else named(*query)  # the first is the plan's, which looks for a head that lives

    monkeypatch.setattr(listing, "list_named", late)
    lose(monkeypatch, 1, is_done=True)
    record = start(sandbox, project, lab)
    assert sandbox.calls.count("SubmitJob") == 2
    sandbox.clock.advance(60)
    assert list_heads(sandbox) == record["jobs"]


def test_no_head_is_left_where_aws_never_answers(
    sandbox: Sandbox, lab: str, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sandbox.faults.add("SubmitJob", "ServerException", status=500, times=None)
    with pytest.raises(UserError, match="SubmitJob did not happen within 120 s") as refused:
        start(sandbox, project, lab)
    assert "end it before you try again" in refused.value.hint
    sandbox.faults.clear()
    assert list_heads(sandbox) == []
    start(sandbox, project, lab)


def test_what_was_sent_without_an_answer_is_ended_where_its_record_cannot_be_written(
    sandbox: Sandbox, lab: str, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lose(monkeypatch, 1, is_done=True)
    sandbox.faults.add("ListJobs", "AccessDeniedException", status=403, after=1)  # the look for what was sent
    with pytest.raises(Exception, match="AccessDenied"):
        command.run(ask(project, lab), None, follows=False, yes=False, as_json=False)
    sandbox.clock.advance(60)
    assert list_heads(sandbox) == []


def test_a_throttled_call_is_sent_again(sandbox: Sandbox, lab: str, project: Path) -> None:
    sandbox.faults.add("SubmitJob", "TooManyRequestsException", status=429, times=3)
    record = start(sandbox, project, lab)
    assert list_heads(sandbox) == record["jobs"]
