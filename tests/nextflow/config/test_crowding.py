"""Tasks beside a head on the only machine that there may be: told when a run starts, and true of AWS Batch's rules."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sandbox.inprocess import Sandbox
from tests.support import environments
from tests.support.agents import AgentDouble
from tests.support.runs import IMAGE, TEXT, start, submit_task

HEADS = "  heads: {instance_types: [c5.2xlarge]}\n"


@pytest.fixture
def registered(sandbox: Sandbox, tmp_path: Path) -> Callable[..., str]:
    def register(workers: str, heads: str = "workers", more: str = "") -> str:
        path = tmp_path / "lab.yaml"
        text = (TEXT % IMAGE).replace("workers: {instance_types: [c5.2xlarge]}\n", f"workers: {{{workers}}}\n{more}")
        path.write_text(text.replace("priority: 100, compute_environments: [workers]",
                                     f"priority: 100, compute_environments: [{heads}]"))  # fmt: skip
        environments.register(str(path))
        return str(path)

    return register


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "pipeline"
    folder.mkdir()
    (folder / "main.nf").write_text("workflow { }\n")
    return folder


ONE = "instance_types: [c5.2xlarge], max_vcpus: 8"


def test_a_task_that_asks_for_the_machine_that_the_head_is_on_waits_for_ever(
    sandbox: Sandbox, registered: Callable[..., str], project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    env = registered(ONE)
    with AgentDouble(sandbox) as agents:
        agents.script("busybox", seconds=None)
        written = start(sandbox, project, env)
        told = capsys.readouterr().err
        assert "! workers runs the head too, and max_vcpus: 8 is one c5.2xlarge" in told
        assert "set max_vcpus: 16" in told
        sandbox.clock.advance(300)
        whole = {"resourceRequirements": [{"type": "VCPU", "value": "8"}, {"type": "MEMORY", "value": "15400"}]}
        task = submit_task(sandbox, written["id"], containerOverrides=whole)
        sandbox.clock.advance(7200)
        states = {job["jobId"]: job["status"] for job in describe(sandbox, written["jobs"][0], task)}
    assert states == {written["jobs"][0]: "RUNNING", task: "RUNNABLE"}


def describe(sandbox: Sandbox, *jobs: str) -> list[dict[str, Any]]:
    return list(sandbox.client("batch").describe_jobs(jobs=list(jobs))["jobs"])


@pytest.mark.parametrize(
    ("workers", "heads", "more"),
    [
        ("instance_types: [c5.2xlarge], max_vcpus: 16", "workers", ""),
        (ONE, "heads", HEADS),
        ("instance_types: [c5.2xlarge, c5.4xlarge], max_vcpus: 16", "workers", ""),
    ],
)
def test_with_room_for_another_nothing_is_told(
    sandbox: Sandbox, registered: Callable[..., str], project: Path, capsys: pytest.CaptureFixture[str],
    workers: str, heads: str, more: str,
) -> None:  # fmt: skip
    start(sandbox, project, registered(workers, heads, more))
    assert "runs the head too" not in capsys.readouterr().err
