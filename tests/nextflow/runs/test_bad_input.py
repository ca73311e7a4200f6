"""What a person may type wrongly: a single message, and nothing is made or sent."""

import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from nextflow.runs import names
from nextflow.runs.commands import run as command
from sandbox.inprocess import Sandbox
from tests.support.runs import BUCKET, ask, refuse

Files = Callable[..., str]
FIRST = [{"name": "JOB_NAME", "values": ["nextflow-first"]}]


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("a/b", "it has no slash"),
        ("../x", "it has no slash"),
        ("First", "a small letter"),
        ("a-", "a small letter"),
        ("a\n", "a small letter"),
        ("a" * 81, "a small letter"),
        ("1a", "a small letter"),
        ("a\u0663", "a small letter"),
    ],
)
def test_names_that_nextflow_does_not_take(sandbox: Sandbox, lab: str, project: Path, name: str, why: str) -> None:
    assert why in refuse(sandbox, project, lab, name=name).why
    assert why in refuse(sandbox, project, lab, resume=name).why


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("p.yaml", b"a: [1", "this is not YAML that Kiln reads"),
        ("p.yaml", b"", "is empty"),
        ("p.yaml", b"- a\n- b\n", "holds no parameters"),
        ("p.yaml", b"\xff\xfe\x00", "this is not YAML that Kiln reads"),
        ("p.json", b"{'a': 1}", "is no JSON"),
        ("p.json", b"", "is empty"),
        ("p.json", b'{"a": NaN}', "is no JSON"),
        ("p.json", b"[" * 100_000, "is no JSON"),
        ("p.json", b'"a"', "holds no parameters"),
        ("p.txt", b"a: 1", "is no file of parameters"),
        ("p.yaml", b"a: 1\n" + b"#" * 2**20, "is too large"),
    ],
)
def test_files_that_hold_no_parameters(
    sandbox: Sandbox, lab: str, project: Path, tmp_path: Path, name: str, content: bytes, words: str
) -> None:
    (tmp_path / name).write_bytes(content)
    assert words in refuse(sandbox, project, lab, params=str(tmp_path / name)).what


def test_a_file_of_parameters_that_is_not_there(sandbox: Sandbox, lab: str, project: Path) -> None:
    assert "cannot be read" in refuse(sandbox, project, lab, params="none.yaml").what


@pytest.mark.parametrize("name", ["p.yaml", "p.json"])
def test_a_pipe_of_parameters_is_not_waited_for(
    sandbox: Sandbox, lab: str, project: Path, tmp_path: Path, name: str
) -> None:
    os.mkfifo(tmp_path / name)
    assert "a pipe" in refuse(sandbox, project, lab, params=str(tmp_path / name)).why


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"words": ("--token", "hidden\udcff")}, "a word behind -- is not UTF-8"),
        ({"pipeline": "s3://lab-out/\udcff"}, "the pipeline is not UTF-8"),
        ({"output": "s3://lab-out/\udcff"}, "--output is not UTF-8"),
        ({"pipeline": "~no-such-user/x"}, "the pipeline ~no-such-user/x cannot be read"),
        ({"pipeline": "x" * 5000}, "cannot be read"),
        ({"pipeline": ""}, "the pipeline is empty"),
        ({"params": "~no-such-user/x.yaml"}, "--params ~no-such-user/x.yaml cannot be read"),
        ({"env": "x" * 5000}, "there is no environment definition"),
        ({"pipeline": "https://me:pass word@host/x"}, "is no pipeline"),
        ({"output": "s3://a b/x"}, "is no address in S3"),
        ({"pipeline": "a/b", "revision": "-x"}, "--revision '-x' is none"),
        ({"pipeline": "a/b", "revision": "a b"}, "--revision 'a b' is none"),
    ],
)
def test_texts_that_nothing_can_be_made_of(
    sandbox: Sandbox, lab: str, project: Path, more: dict[str, Any], words: str
) -> None:
    given = {"pipeline": project, "env": lab, **more}
    refused = refuse(sandbox, given.pop("pipeline"), given.pop("env"), **given)
    assert "hidden" not in str(refused)
    assert words in refused.what
    assert "pass" not in refused.what


def test_a_run_to_resume_that_is_not_there(sandbox: Sandbox, lab: str, project: Path) -> None:
    assert refuse(sandbox, project, lab, resume="nosuch").what == "there is no run nosuch to resume"
    assert refuse(sandbox, project, lab, resume="a", name="b").what == "--name and --resume name two runs"


def test_a_run_to_resume_whose_parameters_are_gone(sandbox: Sandbox, lab: str, project: Path, tmp_path: Path) -> None:
    (tmp_path / "p.yaml").write_text("a: 1\n")
    asked = ask(project, lab, params=str(tmp_path / "p.yaml"))
    command.run(asked, None, follows=False, yes=False, as_json=False)
    [job] = sandbox.client("batch").list_jobs(jobQueue="head", filters=FIRST)["jobSummaryList"]
    sandbox.client("batch").terminate_job(jobId=job["jobId"], reason="killed")
    sandbox.client("s3").delete_object(Bucket=BUCKET, Key="_nextflow/heads/first/params.yaml")
    refused = refuse(sandbox, project, lab, resume="first")
    assert refused.what == "the parameters of first are gone"
    assert "--params FILE" in refused.hint


def test_no_login_is_in_the_name_of_a_run() -> None:
    now = datetime(2026, 11, 28, 9, 30, tzinfo=UTC)
    for named, stem in (("https://me:hidden@host", "host"), ("git@host:x.git", "host-x"), ("me/salmon", "salmon")):
        assert names.make(named, now).startswith(f"{stem}-20261128-0930-")
