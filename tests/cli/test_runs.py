"""The tasks of runs: what is typed reaches the command behind it."""

import sys

import pytest

from nextflow.runs import arguments
from nextflow.runs.start.asked import Asked
from tests.support.typed import Record, Typed


def test_run(typed: Typed, recorded: Record) -> None:
    run = recorded("nextflow.runs.commands.run.run", 7)
    assert typed("run", "me/salmon-nf") == 7
    typed(
        "run", "me/salmon-nf", "--env", "e", "--name", "n", "--revision", "v1", "--params", "p.yaml", "--profile", "t",
        "--output", "s3://o", "--work", "s3://w", "--resume", "n", "--follow", "--yes", "--region", "r", "--json",
    )  # fmt: skip
    assert run.calls == [
        ((Asked("me/salmon-nf"), None), {"follows": False, "yes": False, "as_json": False}),
        (
            (Asked("me/salmon-nf", "e", "n", "n", "v1", "p.yaml", "t", "s3://o", "s3://w"), "r"),
            {"follows": True, "yes": True, "as_json": True},
        ),
    ]


def test_what_stands_behind_the_dashes_goes_through_unchanged(
    typed: Typed, recorded: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = recorded("nextflow.runs.commands.run.run")
    words = ("--reads", "a  b", "$HOME `x`", "it's\nnew", '"', "--", "--follow", "run")
    line = ["invoke", "run", "me/salmon-nf", "--", *words]
    monkeypatch.setattr(sys, "argv", line)
    typed(*line[1:])
    (asked, _), options = run.call
    assert asked.words == words
    assert options["follows"] is False
    assert arguments.read_behind_dashes(["invoke", "run", "x"]) == ()


def test_list_runs(typed: Typed, recorded: Record) -> None:
    listed = recorded("nextflow.runs.commands.list_runs.list_runs", 2)
    assert typed("list-runs") == 2
    typed("list-runs", "--env", "e", "--orphans", "--terminate", "--region", "r", "--json")
    assert listed.calls == [
        (("genomics", None), {"orphans_alone": False, "terminate": False, "as_json": False}),
        (("e", "r"), {"orphans_alone": True, "terminate": True, "as_json": True}),
    ]


def test_show_run(typed: Typed, recorded: Record) -> None:
    shown = recorded("nextflow.runs.commands.show_run.show_run")
    typed("show-run", "first")
    typed("show-run", "first", "--env", "e", "--region", "r", "--json")
    assert shown.calls == [(("first", "genomics", None), {"as_json": False}), (("first", "e", "r"), {"as_json": True})]


def test_upload(typed: Typed, recorded: Record) -> None:
    uploaded = recorded("nextflow.upload.command.upload")
    typed("upload", "--path", "p")
    typed(
        "upload",
        "--path",
        "p",
        "--to",
        "t",
        "--include",
        "*.a",
        "--include",
        "*.b",
        "--env",
        "e",
        "--region",
        "r",
        "--json",
    )
    assert uploaded.calls == [
        (("p", "", [], "genomics", None), {"as_json": False}),
        (("p", "t", ["*.a", "*.b"], "e", "r"), {"as_json": True}),
    ]


def test_an_option_without_its_glob_does_not_mean_all_files(
    typed: Typed, recorded: Record, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    uploaded = recorded("nextflow.upload.command.upload")
    line = ["invoke", "upload", "--path", "p", "--include", "--env", "e"]
    monkeypatch.setattr(sys, "argv", line)
    assert typed(*line[1:]) == 1
    assert uploaded.calls == []
    assert "--include has no glob" in capsys.readouterr().err
