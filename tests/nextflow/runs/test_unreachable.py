"""Parameters that are paths of this computer are remarked on before a run is sent."""

import json
from pathlib import Path
from typing import Any

import pytest

from nextflow.runs.commands import run as command
from nextflow.runs.start.unreachable import is_here, remark
from sandbox.inprocess import Sandbox
from tests.support.runs import ask


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that this runs in, with some reads."""
    (tmp_path / "here" / "data").mkdir(parents=True)
    (tmp_path / "here" / "data" / "a_1.fq.gz").write_text("")
    (tmp_path / "here" / "samples.csv").write_text("")
    (tmp_path / "here" / "human").write_text("")
    monkeypatch.chdir(tmp_path / "here")
    return tmp_path / "here"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("samples.csv", True), ("data/a_1.fq.gz", True), ("./data", True), ("data/*_{1,2}.fq.gz", True),
        ("data/**.gz", True), ("{here}/data/a_?.fq.gz", True), ("human", False), ("other.csv", False),
        ("none/*.gz", False), ("*.csv", False), ("s3://b/samples.csv", False), ("https://e.org/data/", False),
        ("1.5", False), ("/", False), ("", False), ("a\0.csv", False), ("~nobody-here/x.csv", False),
        ("x/" * 3000, False), ("x" * 900 + "/y", False),
    ],
)  # fmt: skip
def test_what_lies_here(here: Path, value: str, expected: bool) -> None:
    assert is_here(value.replace("{here}", str(here))) is expected


def test_only_values_of_parameters_are_looked_at(here: Path) -> None:
    words = ("-profile", "samples.csv", "--skip", "--input=samples.csv", "--index", "s3://b/x", "--n", "4", "--last")
    [remarked] = remark(words, {"threads": 4, "more": {"a": "samples.csv"}})
    assert remarked.startswith("! input: samples.csv lies on this computer")
    assert [text.partition(":")[0] for text in remark((), {"a": "data/", "outdir": "s3://b/x"})] == ["! a"]
    assert "head's own disk" in next(iter(remark(("--outdir", "results"), {})))


@pytest.mark.parametrize(
    ("text", "more", "remarked"),
    [
        ("params.outputDir = 'results'\n", {}, True),
        ('params.outdir="./out"', {}, True),
        ("params.outputDir = 'results'\n", {"output": "s3://lab-out/x"}, False),
        ("params.outputDir = 'results'\n", {"words": ("--outputDir", "s3://lab-out/x")}, False),
        ("params.outdir = 's3://lab-out/x'", {}, False),
        ("params.outdir = null", {}, False),
        ("params.input = 'a/b'", {}, False),
    ],
)
def test_results_that_would_go_with_the_heads_machine(
    sandbox: Sandbox,
    lab: str,
    project: Path,
    capsys: pytest.CaptureFixture[str],
    text: str,
    more: dict[str, Any],
    remarked: bool,
) -> None:
    (project / "main.nf").write_text(f"{text}\nworkflow {{ }}\n")
    assert command.run(ask(project, lab, **more), None, follows=False, yes=False, as_json=False) == 0
    assert ("! no --output is given" in capsys.readouterr().err) is remarked


def test_a_person_is_told_before_the_run_is_sent(
    sandbox: Sandbox, lab: str, project: Path, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "p.json").write_text(json.dumps({"outputDir": "results", "index": "s3://lab-out/index"}))
    asked = ask(project, lab, words=("--reads", "data/*.fq.gz"), params="p.json")
    assert command.run(asked, None, follows=False, yes=False, as_json=False) == 0
    printed = capsys.readouterr().err
    assert "! reads: data/*.fq.gz lies on this computer, where neither the head nor its tasks can read it" in printed
    assert "! outputDir: results would be on the head's own disk" in printed
    assert "index" not in printed.replace("index/", "")
