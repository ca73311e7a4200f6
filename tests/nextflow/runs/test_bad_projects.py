"""Pipelines that are none, and what is read of those that are."""

from collections.abc import Callable
from pathlib import Path

import pytest

from nextflow.runs.commands import run as command
from nextflow.runs.pipeline import find_main_script, find_output_parameter
from sandbox.inprocess import Sandbox
from tests.support.denied import told
from tests.support.runs import BUCKET, ask, refuse

Files = Callable[..., str]
FIRST = [{"name": "JOB_NAME", "values": ["nextflow-first"]}]


def test_projects_without_a_script(sandbox: Sandbox, lab: str, project: Path) -> None:
    assert "it would be" in refuse(sandbox, "./nosuch", lab).why
    assert refuse(sandbox, project / "main.nf", lab).what.endswith("is a file")
    refused = refuse(sandbox, project, lab, words=("-main-script", "other.nf"))
    assert refused.why == "it has no other.nf"
    (project / "main.nf").unlink()
    assert refuse(sandbox, project, lab).why == "it has no main.nf"
    (project / "nextflow.config").write_text("manifest.mainScript = 'run.nf'\n")
    assert refuse(sandbox, project, lab).why == "it has no run.nf"
    assert refuse(sandbox, f"s3://{BUCKET}/p", lab).why == "it has no main.nf"
    assert refuse(sandbox, "s3://nosuch-bucket/p", lab).what == "there is no bucket nosuch-bucket"
    assert "is no address in S3" in refuse(sandbox, "s3:///p", lab).what
    assert "is no pipeline" in refuse(sandbox, "a b", lab).what


@pytest.mark.parametrize(
    ("named", "words"),
    [
        ("git@github.com:o/r.git", "Try https://github.com/o/r."),
        ("ssh://git@gitlab.com:22/g/s/r.git", "Try https://gitlab.com/g/s/r."),
        ("git://github.com/o/r", "Try https://github.com/o/r."),
        ("git+ssh://git@github.com/o/r", "Try https://github.com/o/r."),
        ("github.com/o/r", "Try https://github.com/o/r."),
        ("https://github.com/o/r/tree/dev", "Try https://github.com/o/r --revision dev."),
        ("https://github.com/o/r/blob/v1.0/main.nf", "Try https://github.com/o/r --revision v1.0."),
        ("https://gitlab.com/g/s/r/-/tree/dev?ref_type=heads", "Try https://gitlab.com/g/s/r --revision dev."),
        ("https://github.com/o/r.git?token=hidden", "no ? and #"),
        ("https://github.com", "OWNER/REPOSITORY"),
        ("o/r@v1.0", "--revision"),
        ("a/b/c", "--revision"),
        ("file:///tmp/r", "--revision"),
    ],
)
def test_addresses_that_nextflow_does_not_take(sandbox: Sandbox, lab: str, named: str, words: str) -> None:
    refused = refuse(sandbox, named, lab)
    assert words in f"{refused.why} {refused.hint}"
    assert "hidden" not in str(refused)


@pytest.mark.parametrize(
    ("named", "pulled", "fetched"),
    [
        ("o/r", "o/r", "https://github.com/o/r, as there is no folder o/r here"),
        ("hello", "hello", "https://github.com/nextflow-io/hello, as there is no folder hello here"),
        ("https://github.com/o/r/", "https://github.com/o/r", "the repository"),
        ("https://gitlab.com/g/s/r.git", "https://gitlab.com/g/s/r.git", "the repository"),
        ("http://git.lab:8080/o/r", "http://git.lab:8080/o/r", "the repository"),
    ],
)
def test_repositories_and_where_the_head_looks_for_them(
    sandbox: Sandbox, lab: str, capsys: pytest.CaptureFixture[str], named: str, pulled: str, fetched: str
) -> None:
    assert command.run(ask(named, lab), None, follows=False, yes=False, as_json=False) == 0
    printed = capsys.readouterr()
    assert f"? nextflow.config: not checked: the head fetches {fetched}\n" in printed.err
    assert f"nextflow run {pulled} -profile" in printed.out


def test_a_repository_of_another_hub(sandbox: Sandbox, lab: str, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ask("o/r", lab, words=("-hub", "gitlab"))
    assert command.run(asked, None, follows=False, yes=False, as_json=False) == 0
    assert "not checked: the head fetches the repository\n" in capsys.readouterr().err


def test_a_folder_whose_name_is_not_utf_8(sandbox: Sandbox, lab: str, project: Path) -> None:
    odd = project.rename(project.parent / "p\udcff")
    assert refuse(sandbox, odd, lab).what == "the pipeline is not UTF-8"


def test_a_folder_has_no_revisions(sandbox: Sandbox, lab: str, project: Path) -> None:
    assert "--revision v1 cannot be had" in refuse(sandbox, project, lab, revision="v1").what


def test_a_project_in_a_bucket_that_may_not_be_listed(sandbox: Sandbox, lab: str) -> None:
    """S3 denies access to a file that is not there, where the bucket may not be listed."""
    s3 = sandbox.client("s3")
    s3.put_object(Bucket="lab-out", Key="p/main.nf", Body=b"workflow { }")
    for name in ("nextflow.config", "nextflow_schema.json"):
        sandbox.faults.add(f"GET /lab-out/p/{name}", "AccessDenied", status=403, times=None)
    assert command.run(ask("s3://lab-out/p", lab), None, follows=False, yes=False, as_json=False) == 0
    sandbox.faults.add("GET /lab-out/p/main.nf", "AccessDenied", status=403, times=None)
    refused = told(
        lambda: command.run(ask("s3://lab-out/p", lab, name="b"), None, follows=False, yes=False, as_json=False)
    )
    assert refused.what == "the credentials may not call GetObject"


@pytest.mark.parametrize(
    "config",
    [
        "manifest {\n  // mainScript = 'old.nf'\n  mainScript = './run.nf'\n}\n",
        "manifest {\n  homePage = 'https://x/y'  /* mainScript = 'old.nf' */\n  mainScript = 'run.nf'\n}\n",
        "// manifest.mainScript = 'old.nf'\nmanifest.mainScript = 'run.nf'\n",
        'manifest { description = "a ${b} c"; mainScript = "run.nf" }\n',
        "manifest {\n  description = '''it\ngoes on'''\n  mainScript = 'run.nf'\n}\n",
    ],
)
def test_the_script_that_a_manifest_names(sandbox: Sandbox, lab: str, config: str) -> None:
    s3 = sandbox.client("s3")
    s3.put_object(Bucket="lab-out", Key="p/run.nf", Body=b"workflow { }")
    s3.put_object(Bucket="lab-out", Key="p/nextflow.config", Body=config.encode())
    assert command.run(ask("s3://lab-out/p", lab), None, follows=False, yes=False, as_json=False) == 0


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        ("main.nf", "params.results = 'x'\nprocess A {\n  output:\n  path 'y'\n}\n", "results"),
        ("main.nf", "process A {\n  output:\n  path 'y'\n}\n", ""),
        ("nextflow.config", "process {\n  publishDir = [path: params.results]\n}\n", "results"),
        ("nextflow.config", "params {\n  genomes { hg38 = 'x' }\n  outputDir = 'y'\n}\n", "outputDir"),
        ("nextflow.config", "params { reads = 1; output_dir = 'y' }", "output_dir"),
        ("main.nf", "params {\n  outdir: Path = 'x'\n}\n", "outdir"),
        ("main.nf", 'publishDir "${params.outDir}/x"', "outDir"),
        ("nextflow_schema.json", '{"properties": {"outdir": {}}}', "outdir"),
        ("nextflow.config", "params {" * 20_000, ""),
    ],
)
def test_the_parameter_of_the_results(name: str, text: str, found: str) -> None:
    assert find_output_parameter({name: text}) == found


def test_a_manifest_without_end_is_none() -> None:
    """In no time: each of its beginnings is given up at the next."""
    assert find_main_script("manifest {" * 20_000) == "main.nf"
