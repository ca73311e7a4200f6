"""Runs that are followed: states, log, tasks and machines are shown, and the exit code is the head's."""

import json
import os
import signal
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from cloud import wait
from kiln import signals
from kiln.errors import Interrupted
from nextflow.runs.commands import run as command
from nextflow.runs.watch import follow as watching
from sandbox.inprocess import Sandbox
from tests.support.agents import AgentDouble
from tests.support.runs import BUCKET, DOCUMENTS, ask, read_record, submit_task
from tests.support.typed import keys

Listen = Callable[[], None]


def follow(pipeline: Path | str, env: str, *, as_json: bool = False, **more: Any) -> int:
    return command.run(ask(pipeline, env, **more), None, follows=True, yes=False, as_json=as_json)


@pytest.mark.parametrize("code", [0, 1, 137])
def test_it_ends_with_the_heads_own_exit_code(
    sandbox: Sandbox, lab: str, project: Path, agents: AgentDouble, capsys: pytest.CaptureFixture[str], code: int
) -> None:
    agents.script("awsbatch", seconds=90, exit_code=code, log=("N E X T F L O W", "executor >  awsbatch (2)"))
    sandbox.client("s3").put_object(Bucket=BUCKET, Key="out/quant.sf", Body=b"x" * 2048)
    assert follow(project, lab, output=f"s3://{BUCKET}/out") == code
    shown = capsys.readouterr()
    lines = [line.partition("Z  ")[2] for line in shown.err.splitlines()]
    assert "  RUNNING" in lines
    assert any(line.startswith("  tasks: none; machines: workers") and "wanted, 1 ready" in line for line in lines)
    assert f"{'✓' if not code else '✗'} first: {'FAILED' if code else 'SUCCEEDED'}, exit code {code}" in shown.out
    assert f"  output  s3://{BUCKET}/out: 1 file, 2.0 KiB" in shown.out
    assert "quant.sf" in shown.out
    assert ("--resume first" in shown.out) == bool(code)


def test_its_tasks_are_counted_and_no_other_runs(
    sandbox: Sandbox, lab: str, project: Path, agents: AgentDouble, capsys: pytest.CaptureFixture[str]
) -> None:
    agents.script("awsbatch", seconds=120)
    agents.script("task", seconds=30)

    def submit() -> None:
        run_id = read_record(sandbox)["id"]
        for number in range(3):
            submit_task(sandbox, run_id, f"salmon_{number}")
        submit_task(sandbox, "another-run")

    sandbox.world.later(30, submit)
    assert follow(project, lab) == 0
    shown = capsys.readouterr().err
    assert "tasks: 3 SUCCEEDED; machines" in shown
    assert "4 " not in "".join(line.partition("tasks:")[2] for line in shown.splitlines())


@pytest.mark.parametrize("last", ["kiln: the head is done", "killed"])
def test_the_end_of_the_log_is_known_by_its_last_line(
    sandbox: Sandbox, lab: str, project: Path, agents: AgentDouble, capsys: pytest.CaptureFixture[str], last: str
) -> None:
    agents.script("awsbatch", seconds=90, log=("N E X T F L O W", last))
    assert follow(project, lab) == 0
    over = sandbox.client("batch").describe_jobs(jobs=[read_record(sandbox)["jobs"][-1]])["jobs"][0]["stoppedAt"]
    waited = sandbox.clock.now() - over / 1000
    assert f"| {last}" in capsys.readouterr().err
    assert (waited < watching.FLUSH) == (last == watching.LAST), waited


def test_tasks_that_a_failed_head_left_are_told(
    sandbox: Sandbox, lab: str, project: Path, agents: AgentDouble, capsys: pytest.CaptureFixture[str]
) -> None:
    agents.script("awsbatch", seconds=60, exit_code=1)
    agents.script("task", seconds=None)

    def submit() -> None:
        submit_task(sandbox, read_record(sandbox)["id"])

    sandbox.world.later(30, submit)
    assert follow(project, lab) == 1
    shown = capsys.readouterr().out
    assert "! 1 task not over: invoke list-runs --orphans --terminate" in shown


def test_a_head_that_hangs_in_warm_up_is_explained(
    sandbox: Sandbox, lab: str, project: Path, agents: AgentDouble, capsys: pytest.CaptureFixture[str]
) -> None:
    agents.script("awsbatch", seconds=900)
    assert follow(project, lab) == 0
    shown = capsys.readouterr().err
    assert shown.count("has submitted no task for 5 minutes") == 1
    assert "batch:RegisterJobDefinition" in shown
    assert f"s3://{BUCKET}/_nextflow/logs/first" in shown


def test_what_explains_a_head_that_hangs_shows_no_secret(
    sandbox: Sandbox, lab: str, agents: AgentDouble, capsys: pytest.CaptureFixture[str]
) -> None:
    address = "https://me:hidden-1@git.example.org/x.git"
    agents.script("awsbatch", seconds=900, log=(f"Launching `{address}` [mad_curie]", "Pulling me:hidden-1@x"))
    assert follow(address, lab) == 0
    printed = capsys.readouterr()
    assert "since 'Launching `•••`" in printed.err
    assert "hidden" not in printed.out + printed.err


def test_a_head_that_waits_for_a_machine_is_explained(
    sandbox: Sandbox, lab: str, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """No agent joins: the doctor's words, once."""

    def end() -> None:
        batch = sandbox.client("batch")
        [job] = batch.list_jobs(jobQueue="head", jobStatus="RUNNABLE")["jobSummaryList"]
        batch.terminate_job(jobId=job["jobId"], reason="enough")

    sandbox.world.later(1500, end)
    assert follow(project, lab) == 1
    assert capsys.readouterr().err.count("the head waits for a machine") == 1


@pytest.mark.parametrize(("answer", "status"), [(True, "RUNNING"), (False, "FAILED")])
def test_ctrl_c_asks_whether_it_goes_on(
    sandbox: Sandbox, lab: str, project: Path, agents: AgentDouble, monkeypatch: pytest.MonkeyPatch,
    answer: bool, status: str,
) -> None:  # fmt: skip
    agents.script("awsbatch", seconds=None, term_exit_code=1)
    questions: list[str] = []
    monkeypatch.setattr("kiln.asking.can_ask", lambda: True)

    def say(screen: object, question: str) -> bool:
        questions.append(question)
        return answer

    monkeypatch.setattr("kiln.asking.ask", say)
    _interrupt(sandbox, monkeypatch, signal.SIGINT)
    with pytest.raises(Interrupted), signals.handle():
        command.run(ask(project, lab), None, follows=True, yes=True, as_json=False)
    assert questions == ["Leave first running in AWS?"]
    sandbox.clock.advance(60)
    assert _status(sandbox) == status


def test_without_a_terminal_and_by_sigterm_it_goes_on(
    sandbox: Sandbox, lab: str, project: Path, agents: AgentDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    agents.script("awsbatch", seconds=None, term_exit_code=1)
    monkeypatch.setattr("kiln.asking.can_ask", lambda: False)
    _interrupt(sandbox, monkeypatch, signal.SIGTERM)
    with pytest.raises(Interrupted), signals.handle():
        follow(project, lab)
    assert _status(sandbox) == "RUNNING"


def test_where_aws_cannot_be_asked_any_more_it_goes_on(
    sandbox: Sandbox, lab: str, project: Path, agents: AgentDouble, capsys: pytest.CaptureFixture[str]
) -> None:
    """Credentials that expire in the middle, say: the run is in AWS."""
    agents.script("awsbatch", seconds=None)

    def deny() -> None:
        sandbox.faults.add("DescribeJobs", "ExpiredTokenException", status=400, times=None)

    sandbox.world.later(60, deny)
    with pytest.raises(ClientError, match="ExpiredToken"):
        follow(project, lab)
    sandbox.faults.clear()
    assert "first goes on in AWS" in capsys.readouterr().err
    assert _status(sandbox) == "RUNNING"


def _interrupt(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, number: signal.Signals) -> None:
    """A signal comes to this process while a look at the head is awaited, once it runs."""
    advance, end = sandbox.clock.advance, sandbox.clock.now() + 120

    def sleep(seconds: float) -> None:
        advance(seconds)
        if sandbox.clock.now() > end:
            os.kill(os.getpid(), number)

    monkeypatch.setattr(wait, "time", SimpleNamespace(monotonic=sandbox.clock.now, sleep=sleep))


def _status(sandbox: Sandbox) -> str:
    batch = sandbox.client("batch")
    filters = [{"name": "JOB_NAME", "values": ["nextflow-first"]}]
    [job] = batch.list_jobs(jobQueue="head", filters=filters)["jobSummaryList"]
    return str(job["status"])


def test_the_document_of_a_run_that_ended(
    sandbox: Sandbox, lab: str, project: Path, tmp_path: Path, agents: AgentDouble, capsys: pytest.CaptureFixture[str]
) -> None:
    agents.script("awsbatch", seconds=30, log=("params: token=hidden-x", "db: also-hidden"))
    (tmp_path / "p.yaml").write_text("db: {password: also-hidden}\n")
    sandbox.client("s3").put_object(Bucket=BUCKET, Key="out/quant.sf", Body=b"x")
    assert (
        follow(project, lab, as_json=True, output=f"s3://{BUCKET}/out", params="p.yaml", words=("--token", "hidden-x"))
        == 0
    )
    printed = capsys.readouterr()
    document = json.loads(printed.out)
    assert (document["status"], document["exit_code"], document["outputs"]["count"]) == ("SUCCEEDED", 0, 1)
    assert "hidden" not in printed.out + printed.err
    assert "params: token=•••" in printed.err
    assert keys(document) == DOCUMENTS["run"]


@pytest.mark.parametrize(
    ("name", "text"), [("p.yaml", "db: {password: 'hidden-1'}"), ("p.json", '{"token": "hidden-1"}')]
)
def test_the_secrets_of_a_run_that_goes_on_are_hidden_without_its_file(
    sandbox: Sandbox, lab: str, project: Path, tmp_path: Path, agents: AgentDouble,
    capsys: pytest.CaptureFixture[str], name: str, text: str,
) -> None:  # fmt: skip
    agents.script("awsbatch", seconds=30, exit_code=1, log=("params: hidden-1",))
    (tmp_path / name).write_text(text)
    assert follow(project, lab, params=str(tmp_path / name)) == 1
    assert follow(project, lab, resume="first") == 1
    printed = capsys.readouterr()
    assert "hidden" not in printed.out + printed.err
    assert printed.err.count("params: •••") == 2
