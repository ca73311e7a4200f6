"""Runs under exactly the policy that `invoke iam-policy` prints, and without each of its statements of theirs."""

import io
from collections.abc import Sequence
from contextlib import redirect_stdout
from pathlib import Path

import pytest

from cloud.policy import Permission, Scope
from environments.commands import operator_policy
from environments.spec import definitions
from jobs.needs import needs as jobs_need
from kiln.errors import Exit
from nextflow.needs import needs as nextflow_need
from nextflow.runs.commands import list_runs, run, show_run
from sandbox.inprocess import Sandbox
from tests.support import environments as tools
from tests.support.denied import Become, told
from tests.support.runs import BUCKET, ask, define, submit_task


@pytest.fixture
def lab(sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    env = define(tmp_path)
    tools.register(env)
    return env


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (folder := tmp_path / "pipeline").mkdir()
    (folder / "main.nf").write_text("workflow { }\n")
    return folder


def permissions(env: str) -> Sequence[Permission]:
    return operator_policy.list_permissions([definitions.load(env)], Scope(), others=[jobs_need, nextflow_need])


def start(project: Path, env: str, **more: str) -> int:
    with redirect_stdout(io.StringIO()):
        return run.run(ask(project, env, **more), None, follows=False, yes=True, as_json=False)


def find_denied(sandbox: Sandbox) -> list[str]:
    return [call.action for call in sandbox.calls.all() if call.error and "Denied" in call.error]


def test_runs_are_started_resumed_shown_and_their_orphans_ended(
    sandbox: Sandbox, lab: str, project: Path, become: Become, capsys: pytest.CaptureFixture[str]
) -> None:
    become(permissions(lab))
    sandbox.calls.clear()
    assert start(project, lab, output=f"s3://{BUCKET}/out") == Exit.DONE
    batch = sandbox.client("batch")
    [head] = batch.list_jobs(jobQueue="head", filters=[{"name": "JOB_NAME", "values": ["*"]}])["jobSummaryList"]
    batch.terminate_job(jobId=head["jobId"], reason="killed")
    tags = batch.describe_jobs(jobs=[head["jobId"]])["jobs"][0]["tags"]
    submit_task(sandbox, tags["kiln:run"])
    assert list_runs.list_runs(lab, None, orphans_alone=True, terminate=True, as_json=False) == Exit.DONE
    assert "1 orphan ended" in capsys.readouterr().out
    assert start(project, lab, resume="first") == Exit.DONE
    assert list_runs.list_runs(lab, None, orphans_alone=False, terminate=False, as_json=False) == Exit.DONE
    assert show_run.show_run("first", lab, None, as_json=False) == Exit.DONE
    assert "not checked" not in capsys.readouterr().out
    assert find_denied(sandbox) == []


@pytest.mark.parametrize("sid", ["RunsSubmit", "RunsFiles"])
def test_without_any_of_these_statements_a_run_is_denied_and_nothing_is_sent(
    sandbox: Sandbox, lab: str, project: Path, become: Become, sid: str
) -> None:
    others = ("Upload", "Canary")  # the same right for what those put there
    less = [p for p in permissions(lab) if p.sid != sid and not (sid == "RunsFiles" and p.sid.startswith(others))]
    become(less)
    assert "the credentials may not call" in told(lambda: start(project, lab)).what
    assert sandbox.client("batch").list_jobs(jobQueue="head", jobStatus="SUBMITTED")["jobSummaryList"] == []
    listed = sandbox.client("s3").list_objects_v2(Bucket=BUCKET, Prefix="_nextflow/heads/")
    assert not [item for item in listed.get("Contents", []) if item["Key"].endswith("run.json")]
