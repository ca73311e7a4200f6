"""What a head refuses before anything happens, and what it never prints."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from sandbox.inprocess import Sandbox
from tests.support.heads import ENTRYPOINT, FOLDER, RUN, Heads


def test_shellcheck_and_shfmt_are_content() -> None:
    parts = sorted(map(str, ENTRYPOINT.parent.glob("*.sh")))
    for command in (["shellcheck"], ["shfmt", "-i", "4", "-ci", "-d"]):
        program = Path(sys.executable).with_name(command[0])
        done = subprocess.run([program, *command[1:], *parts], capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout) == (0, "")


def test_missing_variables_are_named_all_at_once(heads: Heads) -> None:
    head = heads.run("hello", code=1, drop=("NF_LOGSDIR", "NF_JOB_QUEUE"))
    assert "not set: NF_LOGSDIR NF_JOB_QUEUE" in head.text
    assert "not set: NF_RUN_ID NF_RUNDIR" in heads.run("hello", code=1, NF_RUN="salmon").text
    queue: dict[str, Any] = {"NF_JOB_QUEUE": "default", "drop": ("AWS_REGION", "AWS_DEFAULT_REGION")}
    assert "not set: AWS_REGION" in heads.run("hello", code=1, **queue).text
    assert "no project is named" in heads.run(code=1).text


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("NF_RUN", "team/salmon"),
        ("NF_RUN", "Salmon"),
        ("NF_RUN_ID", "../other"),
        ("NF_WORKDIR", "/mnt/runs"),
        ("NF_LOGSDIR", "s3://genomics/it's"),
        ("NF_WORK", "s3://genomics/$HOME"),
        ("NF_CACHE", "local"),
        ("NF_STOP_TIMEOUT", "2 minutes"),
        ("NF_LOCK_STALE", "2"),
    ],
)
def test_a_wrong_value_is_refused_by_its_name(heads: Heads, sandbox: Sandbox, variable: str, value: str) -> None:
    before = len(sandbox.calls.all())
    head = heads.run("hello", code=1, **(RUN | {variable: value}))
    assert f"✗ {variable}" in head.text
    assert len(sandbox.calls.all()) == before


def test_the_region_is_read_off_the_queue(heads: Heads, project: str) -> None:
    head = heads.run(project, drop=("AWS_REGION", "AWS_DEFAULT_REGION"))
    assert head.environment()["AWS_REGION"] == "us-east-1"


def test_nothing_secret_is_printed(heads: Heads, project: str) -> None:
    head = heads.run(project, "--token", "hunter2", TOWER_ACCESS_TOKEN="hunter3")
    git = heads.run("https://me:hunter4@example.org/x.git", NXF_OFFLINE="true")
    assert git.arguments("pull") == ["pull", "https://me:hunter4@example.org/x.git"]
    for secret in ("hunter", head.environment()["AWS_SECRET_ACCESS_KEY"] + "\n"):
        assert secret not in head.text + git.text


@pytest.mark.parametrize("variable", ["NF_WORKDIR", "NF_LOGSDIR"])
def test_a_missing_bucket_is_no_silent_loss(heads: Heads, project: str, variable: str) -> None:
    head = heads.run(project, code=1, **{variable: FOLDER.replace("genomics", "no-such-bucket")})
    assert "the bucket no-such-bucket does not exist" in head.text
    assert not (head.folder / "arguments.run").exists()


def test_a_bucket_that_may_not_be_written_is_named(heads: Heads, project: str, sandbox: Sandbox) -> None:
    sandbox.faults.add("PUT /genomics/_nextflow/heads/salmon/lock.json", code="AccessDenied", status=403)
    head = heads.run(project, code=1, **RUN)
    assert "this job may not write to s3://genomics" in head.text
    assert not (head.folder / "arguments.run").exists()
