"""The pipeline's own configuration is checked before its head is sent: what can be, and no more."""

import os
import stat
from pathlib import Path
from typing import Any

import pytest

from kiln.errors import UserError
from nextflow.runs.commands import run as command
from nextflow.runs.start import configuration
from sandbox.inprocess import Sandbox
from tests.support.runs import BUCKET, ask

HUGE = "process { withName: STAR { cpus = 2; memory = '500 GB' } }\n"
MISFIT = "it asks for 512000 MiB"


@pytest.fixture(autouse=True)
def _no_nextflow(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a computer without Nextflow; a test puts one of its own on the path."""
    monkeypatch.setenv("PATH", "/usr/bin:/bin")


def start(
    project: Path | str, env: str, capsys: pytest.CaptureFixture[str], config: str | None = None, **more: Any
) -> str:
    """Run it; what was said."""
    if config is not None and isinstance(project, Path):
        (project / "nextflow.config").write_text(config)
    capsys.readouterr()
    assert command.run(ask(project, env, **more), None, follows=False, yes=False, as_json=False) == 0
    return capsys.readouterr().err


def refuse(sandbox: Sandbox, project: Path | str, env: str, **more: Any) -> UserError:
    with pytest.raises(UserError) as caught:
        command.run(ask(project, env, **more), None, follows=False, yes=False, as_json=False)
    assert sandbox.client("batch").list_jobs(jobQueue="head", jobStatus="RUNNABLE")["jobSummaryList"] == []
    return caught.value


def put_nextflow(folder: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    """A program of that name first on the path."""
    program = folder / "programs" / "nextflow"
    program.parent.mkdir()
    program.write_text(f"#!/bin/bash\n{script}\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")


def test_a_process_that_no_machine_holds_is_refused(sandbox: Sandbox, lab: str, project: Path) -> None:
    (project / "nextflow.config").write_text(HUGE)
    refused = refuse(sandbox, project, lab)
    assert refused.what.startswith(f"withName: STAR of {project} would wait for ever: {MISFIT}")
    assert "no instance type of workers" in refused.why
    assert "or allow" in refused.hint


def test_a_project_in_s3_and_files_that_it_includes(sandbox: Sandbox, lab: str) -> None:
    s3 = sandbox.client("s3")
    for name, text in (("main.nf", "workflow { }"), ("nextflow.config", "includeConfig 'conf/a.config'"),
                       ("conf/a.config", HUGE)):  # fmt: skip
        s3.put_object(Bucket=BUCKET, Key=f"p/{name}", Body=text.encode())
    assert MISFIT in refuse(sandbox, f"s3://{BUCKET}/p", lab).what


def test_a_profile_is_part_of_it(sandbox: Sandbox, lab: str, project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = f"profiles {{ big {{ {HUGE} }} }}"
    assert MISFIT not in start(project, lab, capsys, config)
    assert MISFIT in refuse(sandbox, project, lab, name="second", profile="big").what


def test_what_fits_is_told(sandbox: Sandbox, lab: str, project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = start(project, lab, capsys, "process { withName: 'A' { memory = 2.GB } }")
    assert "✓ nextflow.config: every process, withName: A: machines hold what is asked for" in said


def test_a_label_may_be_of_no_process(
    sandbox: Sandbox, lab: str, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = start(project, lab, capsys, HUGE.replace("withName", "withLabel"))
    assert f"! nextflow.config: withLabel: STAR, attempt 1 on default: {MISFIT}" in said
    assert said.count("withLabel: STAR") == 1


def test_a_later_attempt_may_never_come(
    sandbox: Sandbox, lab: str, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = start(project, lab, capsys, "process { withName: A { memory = { 8.GB * task.attempt } } }")
    assert "! nextflow.config: withName: A, attempt 2 on default: it asks for 16384 MiB" in said


def test_what_cannot_be_looked_at_is_called_not_checked(
    sandbox: Sandbox, lab: str, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = (
        "params.mem = 500.GB\nif (params.x) { process.cpus = 900 }\nprocess { withName: A { memory = params.mem } }"
    )
    said = start(project, lab, capsys, config, words=("--mem", "2.GB"))
    assert "? nextflow.config: withName: A: not checked: memory: params.mem" in said
    assert "? nextflow.config: not checked is what Nextflow alone can read: if (params.x) {" in said
    assert "? nextflow.config: every process: machines hold what is asked for, by what could be read" in said
    assert "✓" not in said
    assert "? nextflow.config: not checked: the head fetches" in start("me/salmon-nf", lab, capsys, name="second")


def test_a_file_of_parameters_counts(sandbox: Sandbox, lab: str, project: Path, tmp_path: Path) -> None:
    (project / "nextflow.config").write_text("params.mem = '2 GB'\nprocess { withName: A { memory = params.mem } }")
    (tmp_path / "p.yaml").write_text("mem: 500 GB\n")
    assert MISFIT in refuse(sandbox, project, lab, params=str(tmp_path / "p.yaml")).what


def test_nextflow_prints_it_where_this_computer_has_one(
    sandbox: Sandbox, lab: str, project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_nextflow(tmp_path, monkeypatch, f"""
        printf '%s\\n' "$PWD" "$@" >{tmp_path}/asked
        echo "process.'withName:STAR'.memory = '500 GB'" """)  # fmt: skip
    assert MISFIT in refuse(sandbox, project, lab, profile="a,b").what
    where, *words = (tmp_path / "asked").read_text().splitlines()
    assert words == ["config", "-flat", "-profile", "a,b", str(project)]
    assert not Path(where).exists()


@pytest.mark.parametrize(
    ("script", "why"),
    [
        ("echo 'Unknown configuration profile' >&2; exit 1", "Unknown configuration profile"),
        ("echo nonsense", "is no resolved configuration"),
        ("sleep 300 & wait", "timed out"),
    ],
)
def test_a_nextflow_that_does_not_print_it(
    sandbox: Sandbox, lab: str, project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str], script: str, why: str,
) -> None:  # fmt: skip
    monkeypatch.setattr(configuration, "_LIMIT", 0.3 if "sleep" in script else 20.0)
    put_nextflow(tmp_path, monkeypatch, script)
    said = start(project, lab, capsys, "process.cpus = 1")
    assert "! nextflow config did not print nextflow.config, which is read as it is written" in said
    assert why in said
    assert "✓ nextflow.config: every process" in said


def test_what_the_environments_configuration_goes_before_is_told(
    lab: str, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = "process.cpus = 1\nprocess { memory = '2 GB'\n withName: STAR { cpus = 3 } }\n"
    told = start(project, lab, capsys, config)
    assert (
        "! nextflow.config: process.cpus, process.memory for every process: those of the environment go before" in told
    )
    single = "process { withName: STAR { cpus = 3 } }\n"
    assert "go before them" not in start(project, lab, capsys, single, name="second")
