"""`invoke show-job` on jobs of the offline AWS."""

import json
from types import SimpleNamespace
from typing import Any

import pytest

from cloud import wait
from jobs.commands import show_job as command
from kiln.errors import Exit, UserError
from sandbox.inprocess import Sandbox

HEAVY = {"image": "busybox", "resourceRequirements": [{"type": "VCPU", "value": "8"},
                                                      {"type": "MEMORY", "value": "16384"}]}  # fmt: skip
NOWHERE = "0a1b2c3d-0000-4000-8000-0123456789ab"


def submit(sandbox: Sandbox, definition: str = "small-task", **more: Any) -> str:
    batch = sandbox.client("batch")
    if definition == "heavy":
        batch.register_job_definition(jobDefinitionName="heavy", type="container", containerProperties=HEAVY)
    job = batch.submit_job(jobName="fastqc", jobQueue="small-low", jobDefinition=definition, **more)
    return str(job["jobId"])


def show(capsys: pytest.CaptureFixture[str], job: str, **options: Any) -> Any:
    capsys.readouterr()
    code = command.show_job(job, None, **{"follow": False, "as_json": True} | options)
    document = json.loads(capsys.readouterr().out)
    return document | {"code": code}


def test_a_job_that_waits_is_explained_as_the_doctor_does(
    sandbox: Sandbox, small: str, capsys: pytest.CaptureFixture[str]
) -> None:
    job = submit(sandbox, "heavy")
    sandbox.clock.advance(600)
    document = show(capsys, job)
    assert (document["status"], document["asks"]["memory_mib"]) == ("RUNNABLE", 16384)
    [finding] = document["waits"]["findings"]
    assert "it asks for 16384 MiB; c5.2xlarge registers 15434 MiB" in finding["what"]
    command.show_job(job, None, follow=False, as_json=False)
    shown = capsys.readouterr().out
    assert "asks    8 vCPUs, 16384 MiB" in shown
    assert "    fix   ask for 15400 MiB or less, or allow c5.4xlarge" in shown


def test_a_job_that_was_terminated(sandbox: Sandbox, small: str, capsys: pytest.CaptureFixture[str]) -> None:
    job = submit(sandbox, timeout={"attemptDurationSeconds": 3600}, retryStrategy={"attempts": 3})
    sandbox.client("batch").terminate_job(jobId=job, reason="not needed any more")
    document = show(capsys, job)
    assert (document["status"], document["terminated"], document["meaning"]) == ("FAILED", True, "")
    assert (document["timeout_seconds"], document["attempts_allowed"], document["attempts"]) == (3600, 3, [])
    assert [state["what"] for state in document["states"]] == ["SUBMITTED", "FAILED, without having run"]
    assert document["log"]["note"] == "its container never started, so it wrote nothing"
    command.show_job(job, None, follow=False, as_json=False)
    shown = capsys.readouterr().out
    assert "  state   FAILED (terminated): not needed any more" in shown
    assert "at most 1 h 0 min, 3 attempts" in shown


def test_by_its_arn_too(sandbox: Sandbox, small: str, capsys: pytest.CaptureFixture[str]) -> None:
    job = submit(sandbox)
    assert show(capsys, f"arn:aws:batch:us-east-1:123456789012:job/{job}")["id"] == job
    assert show(capsys, job.upper())["id"] == job


@pytest.mark.parametrize(
    ("job", "what", "hint"),
    [
        (NOWHERE, f"there is no job {NOWHERE} in us-east-1", "Check --region"),
        (f"arn:aws:batch:eu-west-1:123456789012:job/{NOWHERE}", f"the job {NOWHERE} is not in us-east-1",
         "--region eu-west-1"),
        ("fastqc", "fastqc is no job's id", "list-jobs"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("follow", [False, True])
def test_an_unknown_job_is_a_single_message(sandbox: Sandbox, job: str, what: str, hint: str, follow: bool) -> None:
    with pytest.raises(UserError) as told:
        command.show_job(job, None, follow=follow, as_json=False)
    assert told.value.what == what
    assert told.value.why
    assert hint in told.value.hint


def test_a_job_that_is_followed_to_its_end(
    sandbox: Sandbox, small: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its end is something to look at; that of a job which only waits for it would never come."""
    job = submit(sandbox, "heavy")
    end = sandbox.clock.now() + 400
    batch = sandbox.client("batch")
    advance = sandbox.clock.advance

    def later(seconds: float) -> None:
        advance(seconds)
        if sandbox.clock.now() > end:
            batch.terminate_job(jobId=job, reason="enough")

    monkeypatch.setattr(wait, "time", SimpleNamespace(monotonic=sandbox.clock.now, sleep=later))
    assert command.show_job(job, None, follow=True, as_json=False) == Exit.SOMETHING_TO_DO
    captured = capsys.readouterr()
    lines = [line.partition("Z  ")[2] for line in captured.err.splitlines()]
    assert lines[0] == "SUBMITTED"
    assert any(line.startswith("RUNNABLE") for line in lines)
    assert lines[-1] == "FAILED: enough"
    assert "state   FAILED (terminated): enough" in captured.out


def test_what_may_not_be_looked_at_is_said(
    sandbox: Sandbox, small: str, capsys: pytest.CaptureFixture[str]
) -> None:  # fmt: skip
    job = submit(sandbox, "heavy")
    sandbox.clock.advance(600)
    sandbox.faults.add("GetJobQueueSnapshot", "AccessDeniedException", status=403, times=None)
    document = show(capsys, job)
    assert (document["code"], document["waits"]) == (Exit.DONE, None)
    [unchecked] = document["unchecked"]
    assert unchecked.startswith("not checked: why it waits: the credentials may not call GetJobQueueSnapshot")


def test_a_job_of_ecs_properties(sandbox: Sandbox, small: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A head job that has a stopTimeout: `container` is empty at AWS."""
    containers = [{"name": "head", "stopTimeout": 120, **HEAVY}]
    sandbox.client("batch").register_job_definition(
        jobDefinitionName="head", type="container", ecsProperties={"taskProperties": [{"containers": containers}]}
    )
    document = show(capsys, submit(sandbox, "head"))
    assert document["asks"] == {"vcpus": 8, "memory_mib": 16384, "gpus": 0}
    assert document["image"] == "busybox"
