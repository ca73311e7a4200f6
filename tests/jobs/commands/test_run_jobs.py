"""Jobs that ran on machines of the offline AWS, listed and shown; the double of the ECS agent runs their containers."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from jobs.commands import list_jobs, show_job
from kiln.errors import Exit
from sandbox.inprocess import Sandbox
from tests.support.agents import AgentDouble

OOM = "it used more memory than it asked for, and was killed"


@pytest.fixture
def agents(sandbox: Sandbox) -> Iterator[AgentDouble]:
    with AgentDouble(sandbox) as agents:
        yield agents


def submit(sandbox: Sandbox, name: str, **more: Any) -> str:
    batch = sandbox.client("batch")
    return str(batch.submit_job(jobName=name, jobQueue="small-low", jobDefinition="small-task", **more)["jobId"])


def document(capsys: pytest.CaptureFixture[str], job: str) -> dict[str, Any]:
    capsys.readouterr()
    assert show_job.show_job(job, None, follow=False, as_json=True) == Exit.DONE
    shown: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert shown["unchecked"] == []
    return shown


def test_where_a_job_ran_and_how_it_ended(
    sandbox: Sandbox, agents: AgentDouble, small: str, capsys: pytest.CaptureFixture[str]
) -> None:
    agents.script("killed", exit_code=137, oom=True)
    well = submit(sandbox, "well")
    killed = submit(sandbox, "killed", containerOverrides={"command": ["killed"]}, retryStrategy={"attempts": 2})
    sandbox.clock.advance(900)
    shown = document(capsys, well)
    assert (shown["status"], shown["attempts"][0]["exit_code"]) == ("SUCCEEDED", 0)
    assert shown["machine"]["type"] == "c5.2xlarge"
    assert shown["machine"]["registered_mib"] == 15434
    assert (shown["machine"]["spot"], shown["machine"]["compute_environment"]) == (False, "small-one")
    assert shown["machine"]["zone"].startswith("us-east-1")
    assert [state["what"].split()[0] for state in shown["states"]] == ["SUBMITTED", "STARTING", "RUNNING", "SUCCEEDED,"]
    failed = document(capsys, killed)
    assert (failed["status"], failed["meaning"]) == ("FAILED", OOM)
    assert [attempt["exit_code"] for attempt in failed["attempts"]] == [137, 137]
    assert [attempt["meaning"] for attempt in failed["attempts"]] == [OOM, OOM]


def test_a_job_that_runs_is_followed_to_its_end(
    sandbox: Sandbox, agents: AgentDouble, small: str, capsys: pytest.CaptureFixture[str]
) -> None:
    agents.script("true", seconds=60)
    job = submit(sandbox, "well")
    assert show_job.show_job(job, None, follow=True, as_json=False) == Exit.DONE
    lines = [line.partition("Z  ")[2] for line in capsys.readouterr().err.splitlines()]
    states = [line for line in lines if line in ("SUBMITTED", "RUNNABLE", "STARTING", "RUNNING")]
    assert states[0] == "SUBMITTED"
    assert "RUNNING" in states
    assert lines[-1].startswith("SUCCEEDED")


def test_an_array_is_listed_and_shown_by_its_counts(
    sandbox: Sandbox, agents: AgentDouble, small: str, capsys: pytest.CaptureFixture[str]
) -> None:
    agents.script("true", exit_code=3)
    job = submit(sandbox, "align", arrayProperties={"size": 7})
    sandbox.clock.advance(900)
    capsys.readouterr()
    list_jobs.list_jobs("small", "", "", "", None, as_json=True)
    [line] = json.loads(capsys.readouterr().out)["jobs"]
    assert (line["array"]["size"], line["array"]["counts"]) == (7, {"FAILED": 7})
    show_job.show_job(job, None, follow=False, as_json=False)
    shown = capsys.readouterr().out
    assert "  array   7 children: 7 FAILED" in shown
    assert "  2 more of its children FAILED" in shown
    child = document(capsys, f"{job}:3")
    assert (child["array"]["index"], child["attempts"][0]["exit_code"]) == (3, 3)


def test_a_job_is_shown_without_the_right_to_look_at_compute_environments(
    sandbox: Sandbox, agents: AgentDouble, small: str, capsys: pytest.CaptureFixture[str]
) -> None:
    job = submit(sandbox, "well")
    sandbox.clock.advance(900)
    sandbox.faults.add("DescribeComputeEnvironments", "AccessDeniedException", status=403, times=None)
    capsys.readouterr()
    assert show_job.show_job(job, None, follow=False, as_json=True) == Exit.DONE
    shown = json.loads(capsys.readouterr().out)
    assert (shown["status"], shown["machine"]) == ("SUCCEEDED", None)
    [unchecked] = shown["unchecked"]
    assert "its machines" in unchecked
    assert "DescribeComputeEnvironments" in unchecked
