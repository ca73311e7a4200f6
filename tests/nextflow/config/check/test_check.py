"""`invoke nextflow-config --check`: what a pipeline asks for against the machines of an environment."""

import json
from pathlib import Path
from typing import Any

import pytest

from kiln.errors import Exit, UserError
from nextflow.config.check import command
from sandbox.inprocess import Sandbox

CONFIG = """\
workDir = 's3://bucket/work'
aws.region = 'us-east-1'
process.executor = 'awsbatch'
process.maxRetries = 1
process.memory = '4 GB'
"""
TRACE = "name\tattempt\tcpus\tmemory\tqueue\tstatus\nSTAR (1)\t1\t{cpus}\t{memory}\tlong\tCOMPLETED\n"


@pytest.fixture
def check(sandbox: Sandbox, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Any:
    def run(content: str | bytes, env: str = "salmon", code: int = Exit.DONE) -> str:
        file = tmp_path / "file"
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        capsys.readouterr()
        assert command.check(str(file), env, None, as_json=False) == code, capsys.readouterr().out
        return capsys.readouterr().out

    return run


def test_what_fits(check: Any) -> None:
    shown = check(CONFIG)
    assert "✓ every process" in shown
    assert "attempt 1: 1 vCPU, 4096 MiB on salmonWorkload: fits" in shown
    assert "attempt 2: 1 vCPU, 4096 MiB on salmonExcess: fits" in shown
    assert shown.endswith("nothing would wait for ever\n")


def test_what_would_wait_for_ever_with_its_remedy(check: Any) -> None:
    shown = check(CONFIG + "process.'withName:STAR'.memory = '16 GB'\n", code=Exit.SOMETHING_TO_DO)
    assert "✗ withName: STAR" in shown
    assert "it asks for 16384 MiB; c5.2xlarge registers 15434 MiB" in shown
    assert "ask for 15400 MiB or less" in shown
    assert "or send it to salmonExcess" in shown
    assert "attempt 2: 1 vCPU, 16384 MiB on salmonExcess: fits" in shown
    assert shown.endswith("would wait for ever: withName: STAR\n")


def test_what_no_machine_of_the_environment_holds(check: Any) -> None:
    shown = check(CONFIG + "process.'withName:HUGE'.cpus = 1000\n", code=Exit.SOMETHING_TO_DO)
    assert "1000 vCPUs" in shown
    assert "send it to" not in shown


def test_the_seeds_first_configuration_waits_for_ever(check: Any) -> None:
    """16 GB on machines that have 16 GB: the 2019 guide's own mistake."""
    naive = (
        "process.queue = { task.attempt > 1 ? 'salmonExcess' : 'salmonWorkload' }\n"
        "process.memory = { task.attempt > 1 ? 32.GB : 16.GB }\n"
        "process.cpus = { task.attempt > 1 ? 16 : 8 }\n"
    )
    assert check(naive, code=Exit.SOMETHING_TO_DO).count("would wait for ever\n") == 2
    assert "nothing would wait for ever" in check(naive.replace("16.GB", "15400.MB").replace("32.GB", "31100.MB"))


def test_queues_that_are_not_there_and_executors_of_others(check: Any) -> None:
    own = "process.'withName:Q'.queue = 'long'\nprocess.'withName:L'.executor = 'local'\n"
    shown = check(CONFIG + own, code=Exit.SOMETHING_TO_DO)
    assert "the environment has no queue long" in shown
    assert "would be refused: withName: Q" in shown
    assert "the executor local runs it" in shown


def test_what_only_the_run_can_tell_is_no_finding(check: Any) -> None:
    shown = check(CONFIG + "process.'withName:DYN'.memory = { meta.size * 2.GB }\n")
    assert "not known before it runs (memory: meta.size)" in shown
    assert shown.endswith("nothing of what is known before the run would wait for ever\n")


def test_a_memory_that_is_printed_rounded_is_not_told_to_wait(check: Any) -> None:
    assert "printed rounded" in check("process.queue = 'salmonWorkload'\nprocess.memory = '15.1 GB'\n")
    assert "would wait" in check("process.queue = 'salmonWorkload'\nprocess.memory = '15.2 GB'\n", code=2)


@pytest.mark.parametrize(
    ("more", "what"),
    [
        ("aws.batch.maxSpotAttempts = 5\nprocess.queue = { task.attempt > 1 ? 'salmonExcess' : 'salmonWorkload' }\n",
         "aws.batch.maxSpotAttempts = 5 beside process.queue by task.attempt"),
        ("workDir = '/scratch/work'\n", "workDir is /scratch/work"),
    ],
)  # fmt: skip
def test_what_does_not_work_as_a_whole(check: Any, more: str, what: str) -> None:
    assert f"! {what}" in check(CONFIG + more, code=Exit.SOMETHING_TO_DO)


def test_awsbatch_without_the_scope_aws(check: Any) -> None:
    shown = check(CONFIG.replace("aws.region = 'us-east-1'\n", ""), code=Exit.SOMETHING_TO_DO)
    assert "no option of the scope aws" in shown


def test_a_trace_of_a_cluster(check: Any) -> None:
    """Its queues are the cluster's: those of the configuration count."""
    assert "attempt 1: 8 vCPUs, 8192 MiB on salmonWorkload: fits" in check(TRACE.format(cpus=8, memory="8 GB"))
    shown = check(TRACE.format(cpus=12, memory="8 GB"), code=Exit.SOMETHING_TO_DO)
    assert "it asks for 12 vCPUs; c5.2xlarge has 8" in shown
    assert "unknown memory" in check(TRACE.format(cpus=8, memory="-"))


def test_as_a_document(sandbox: Sandbox, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (file := tmp_path / "f").write_text("process.cpus = 100\nprocess.maxRetries = 0\n")
    assert command.check(str(file), "salmon", None, as_json=True) == Exit.SOMETHING_TO_DO
    document = json.loads(capsys.readouterr().out)
    assert document["fits"] is False
    assert [(row["verdict"], row["vcpus"], row["queue"]) for row in document["processes"]] == [
        ("waits for ever", 100, "salmonWorkload")
    ]


@pytest.mark.parametrize(
    ("content", "what"),
    [
        ("", "is empty"),
        ("hello\n", "is neither a resolved configuration nor a trace"),
        (b"\x00\x01\x02" * 100, "is neither a resolved configuration nor a trace"),
        ("name\tstatus\tcpus\n", "has no tasks"),
        ("process.cpus = 1\nprocess {\n", "is no resolved configuration"),
        ("process.cpus = {\n", "breaks off"),
    ],
    ids=["empty", "words", "binary", "only column names", "a source", "truncated"],
)
def test_files_that_are_neither(check: Any, content: str | bytes, what: str) -> None:
    with pytest.raises(UserError, match=what) as refused:
        check(content)
    assert refused.value.hint


def test_a_file_that_is_not_there_and_an_environment_that_is_not(check: Any, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="cannot be read"):
        command.check(str(tmp_path / "missing"), "salmon", None, as_json=False)
    with pytest.raises(UserError, match="there is no environment definition nothere"):
        check(CONFIG, env="nothere")
