"""`invoke show-run`: heads, tasks, what they cost, where the files are."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from jobs.model.listed import UNFINISHED
from kiln.errors import Exit, UserError
from nextflow.runs.commands import show_run as command
from sandbox.inprocess import Sandbox
from tests.support.agents import AgentDouble
from tests.support.runs import BUCKET, DOCUMENTS, start, submit_task
from tests.support.typed import keys


@pytest.fixture(autouse=True)
def _own_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def show(sandbox: Sandbox, capsys: pytest.CaptureFixture[str], env: str, name: str = "first") -> dict[str, Any]:
    capsys.readouterr()
    now = datetime.fromtimestamp(sandbox.clock.now(), UTC)
    assert command.show_run(name, env, None, as_json=True, now=now) == Exit.DONE
    document: dict[str, Any] = json.loads(capsys.readouterr().out)
    return document


def test_heads_tasks_cost_and_files(
    sandbox: Sandbox, lab: str, project: Path, agents: AgentDouble, capsys: pytest.CaptureFixture[str]
) -> None:
    agents.script("awsbatch", seconds=3600)
    agents.script("task", seconds=1800)
    agents.script("bad", seconds=1800, exit_code=3)
    record = start(sandbox, project, lab, output=f"s3://{BUCKET}/out")
    sandbox.client("s3").put_object(Bucket=BUCKET, Key="out/quant.sf", Body=b"x" * 10)
    sandbox.clock.advance(60)
    half = {"resourceRequirements": [{"type": "VCPU", "value": "4"}, {"type": "MEMORY", "value": "1024"}]}
    submit_task(sandbox, record["id"], containerOverrides={"command": ["task"], **half})
    submit_task(sandbox, record["id"], "bad", containerOverrides={"command": ["bad"], **half})
    submit_task(sandbox, "another")
    sandbox.clock.advance(4000)
    document = show(sandbox, capsys, lab)
    assert keys(document) == DOCUMENTS["show-run"]
    [head] = document["heads"]
    assert (head["job"], head["status"], head["exit_code"]) == (record["jobs"][0], "SUCCEEDED", 0)
    assert document["tasks"]["counts"] == {"SUCCEEDED": 1, "FAILED": 1}
    cost = document["cost"]
    hour = 0.34  # c5.2xlarge On-Demand in us-east-1
    assert cost["dollars"] == pytest.approx(hour * (2 / 8) + 2 * hour * 0.5 * 0.5, rel=0.02)
    assert cost["failed_dollars"] == pytest.approx(hour * 0.25, rel=0.02)
    assert (cost["attempts"], cost["failed"], cost["lost_with_spot"], cost["unpriced"]) == (3, 1, 0, 0)
    assert document["files"]["work"] == record["work"]
    assert document["outputs"]["count"] == 1
    command.show_run("first", lab, None, as_json=False)
    shown = capsys.readouterr().out
    assert "tasks    1 SUCCEEDED, 1 FAILED" in shown
    assert "cost     $0.26 so far for 3 attempts: $0.26 On-Demand, $0.00 Spot" in shown
    assert f"logs     s3://{BUCKET}/_nextflow/logs/first" in shown


def test_a_run_that_was_resumed_shows_both_heads(
    sandbox: Sandbox, lab: str, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    record = start(sandbox, project, lab)
    sandbox.client("batch").terminate_job(jobId=record["jobs"][0], reason="killed by me")
    command.show_run("first", lab, None, as_json=False)
    shown = capsys.readouterr().out
    assert "FAILED: killed by me" in shown
    assert "--resume first" in shown
    start(sandbox, project, lab, resume="first")
    first, second = show(sandbox, capsys, lab)["heads"]
    assert first["status"] == "FAILED"
    assert second["status"] in UNFINISHED
    command.show_run("first", lab, None, as_json=False)
    shown = capsys.readouterr().out
    for number, head in ((1, first), (2, second)):
        assert f"  head {number}   {head['job']} {head['status']}" in shown


@pytest.mark.parametrize(("name", "what"), [("nosuch", "there is no run nosuch"), ("a/b", "NAME 'a/b' is no name")])
def test_a_run_that_is_not_there(sandbox: Sandbox, lab: str, name: str, what: str) -> None:
    with pytest.raises(UserError, match=what):
        command.show_run(name, lab, None, as_json=False)


def test_a_run_whose_environment_is_gone(
    sandbox: Sandbox, lab: str, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its bucket outlives it: destroy-env leaves buckets."""
    record, batch = start(sandbox, project, lab, output=f"s3://{BUCKET}/out"), sandbox.client("batch")
    sandbox.client("s3").put_object(Bucket=BUCKET, Key="out/quant.sf", Body=b"x" * 10)
    batch.terminate_job(jobId=record["jobs"][0], reason="enough")
    remove_queue(sandbox, "head")
    assert show(sandbox, capsys, lab)["heads"][0]["status"] == "FAILED"
    remove_queue(sandbox, "default")
    capsys.readouterr()
    assert command.show_run("first", lab, None, as_json=False) == Exit.DONE
    printed = capsys.readouterr()
    assert "! there is no environment lab in us-east-1: shown is what S3 and AWS Batch know" in printed.err
    assert "tasks    unknown: their queues are gone" in printed.out
    assert "quant.sf" in printed.out
    assert f"{record['jobs'][0]} FAILED: enough" in printed.out
    assert "register-env" in printed.out
    assert keys(show(sandbox, capsys, lab)) == [
        key for key in DOCUMENTS["show-run"] if "counts" not in key or key == "tasks.counts"
    ]
    with pytest.raises(UserError, match="there is no run second"):
        command.show_run("second", lab, None, as_json=False)


def remove_queue(sandbox: Sandbox, name: str) -> None:
    batch = sandbox.client("batch")
    batch.update_job_queue(jobQueue=name, state="DISABLED")
    sandbox.clock.advance(60)
    batch.delete_job_queue(jobQueue=name)
    sandbox.clock.advance(60)


def test_the_children_of_arrays_count_as_tasks(
    sandbox: Sandbox, lab: str, project: Path, agents: AgentDouble, capsys: pytest.CaptureFixture[str]
) -> None:
    agents.script("awsbatch", seconds=3600)
    agents.script("task", seconds=60)
    record = start(sandbox, project, lab)
    sandbox.clock.advance(1)
    submit_task(sandbox, record["id"], arrayProperties={"size": 3})
    sandbox.clock.advance(600)
    assert show(sandbox, capsys, lab)["tasks"]["counts"] == {"SUCCEEDED": 3}
