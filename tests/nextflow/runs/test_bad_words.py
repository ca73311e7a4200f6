"""Words and folders that a head could not use: a single message, and nothing is made or sent."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from nextflow.runs.commands import run as command
from sandbox.inprocess import Sandbox
from tests.support.runs import BUCKET, ask, refuse

Files = Callable[..., str]
FIRST = [{"name": "JOB_NAME", "values": ["nextflow-first"]}]


@pytest.mark.parametrize(
    ("words", "what"),
    [
        (("-resume",), "-resume cannot stand behind --"),
        (("-w", "s3://a/b"), "-w cannot stand behind --"),
        (("-params-file=x",), "-params-file cannot stand behind --"),
        (("-bg",), "-bg cannot stand behind --"),
        (("--x", ""), "a word behind -- is empty"),
        (("--x", "a\0b"), "a word behind -- holds a zero byte"),
        (("--ids", "x" * 8200), "the command of the head job is too long"),
    ],
)
def test_words_that_cannot_stand_behind_the_dashes(
    sandbox: Sandbox, lab: str, tmp_path: Path, words: tuple[str, ...], what: str
) -> None:
    assert what in refuse(sandbox, "t-neumann/salmon-nf", lab, words=words).what


@pytest.mark.parametrize(
    ("words", "what", "hint"),
    [
        (("-c", "local.config"), "-c local.config", "give -c project/NAME"),
        (("-config=/etc/local.config",), "-config /etc/local.config", "-config s3://BUCKET/local.config"),
        (("-c", "s3://b/x.config,local.config"), "-c local.config", "give -c project/NAME"),
        (("-c", "nextflow.config"), "-c nextflow.config", "-c project/nextflow.config."),
        (("-c", "{project}/bin/count.sh"), "-c {project}/bin/count.sh", "-c project/bin/count.sh."),
        (("-c", "project/none.config"), "-c project/none.config", "give -c project/NAME"),
        (("-c", "project/.hidden.config"), "-c project/.hidden.config", "give -c project/NAME"),
        (("-c", "project/../../x.config"), "-c project/../../x.config", "give -c project/NAME"),
        (("-lib", "classes"), "-lib classes", "as lib/"),
    ],
)
def test_files_of_this_computer_that_the_head_could_not_read(
    sandbox: Sandbox, lab: str, project: Path, words: tuple[str, ...], what: str, hint: str
) -> None:
    (project / ".hidden.config").write_text("")
    refused = refuse(sandbox, project, lab, words=tuple(word.format(project=project) for word in words))
    assert refused.what == f"the head cannot read {what.format(project=project)}"
    assert hint in refused.hint
    for pipeline in ("me/repository", f"s3://{BUCKET}/p"):
        sandbox.client("s3").put_object(Bucket=BUCKET, Key="p/main.nf", Body=b"workflow { }")
        assert "the head cannot read" in refuse(sandbox, pipeline, lab, words=("-c", "x.config")).what


@pytest.mark.parametrize("words", [("-c",), ("-output-dir", "results"), ("-o=/scratch",)])
def test_options_whose_path_is_missing_or_on_the_heads_own_disk(
    sandbox: Sandbox, lab: str, project: Path, words: tuple[str, ...]
) -> None:
    assert re.search(r"-c has no path|is no address in S3", refuse(sandbox, project, lab, words=words).what)


@pytest.mark.parametrize(
    "words",
    [
        ("-c", "s3://lab-out/x.config"),
        ("-c", "https://example.org/x.config,project/nextflow.config"),
        ("-config", "./project/bin/count.sh"),
        ("-lib", "project/bin"),
        ("-output-dir", "s3://lab-out/x"),
    ],
)
def test_paths_that_the_head_can_read(sandbox: Sandbox, lab: str, project: Path, words: tuple[str, ...]) -> None:
    assert command.run(ask(project, lab, words=words), None, follows=False, yes=False, as_json=False) == 0
    sandbox.client("s3").put_object(Bucket=BUCKET, Key="p/main.nf", Body=b"workflow { }")
    sandbox.client("s3").put_object(Bucket=BUCKET, Key="p/conf/x.config", Body=b"")
    there = ask(f"s3://{BUCKET}/p", lab, name="second", words=("-c", "project/conf/x.config"))
    assert command.run(there, None, follows=False, yes=False, as_json=False) == 0


@pytest.mark.parametrize("option", ["output", "work"])
@pytest.mark.parametrize("address", ["results", "s3://", "/tmp/x"])
def test_folders_that_tasks_do_not_share(sandbox: Sandbox, lab: str, project: Path, option: str, address: str) -> None:
    assert "is no address in S3" in refuse(sandbox, project, lab, **{option: address}).what


def test_two_folders_for_the_results(sandbox: Sandbox, lab: str, project: Path) -> None:
    words = ("--outputDir", "s3://lab-out/a")
    refused = refuse(sandbox, project, lab, output="s3://lab-out/b", words=words)
    assert refused.what == "--output s3://lab-out/b and the words behind -- name two folders"
    command.run(ask(project, lab, words=words, output="s3://lab-out/a/"), None, follows=False, yes=False, as_json=False)
    [job] = sandbox.client("batch").list_jobs(jobQueue="head", filters=FIRST)["jobSummaryList"]
    sandbox.client("batch").terminate_job(jobId=job["jobId"], reason="killed")
    assert "name two folders" in refuse(sandbox, project, lab, output="s3://lab-out/b", resume="first").what


@pytest.mark.parametrize("address", ["s3://a/b c", "s3://a/$x", "s3://a/it's", "s3://a/[1]"])
def test_work_folders_that_a_head_does_not_take(sandbox: Sandbox, lab: str, project: Path, address: str) -> None:
    assert f"--work {address} holds" in refuse(sandbox, project, lab, work=address).what
