"""The task of sizing: what is typed reaches the command behind it."""

import pytest

from nextflow.recommendation.command import Options
from tests.support.typed import Record, Typed


def test_size(typed: Typed, recorded: Record) -> None:
    run = recorded("nextflow.recommendation.command.run", 2)
    assert typed("size", "--trace", "a") == 2
    typed(
        "size", "--trace", "a", "--trace", "b", "--percentile", "99", "--env", "e", "--types", "c5,m5",
        "--max-vcpus", "64", "--picture", "p.svg", "--write", "--config", "c", "--yes", "--region", "r", "--json",
    )  # fmt: skip
    whole = Options("99", "e", "c5,m5", 64, "p.svg", "r", write=True, config="c", yes=True)
    assert run.calls == [((["a"], Options()), {"as_json": False}), ((["a", "b"], whole), {"as_json": True})]


@pytest.mark.parametrize("words", [("--max-vcpus", "many"), ("--max-vcpus", "1.5"), ("--max-vcpus=",)])
def test_a_number_that_is_none_is_refused_with_words(
    typed: Typed, recorded: Record, capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    run = recorded("nextflow.recommendation.command.run")
    assert typed("size", "--trace", "a", *words) == 1
    told = capsys.readouterr().err
    assert "is no whole number" in told
    assert "--max-vcpus" in told
    assert "Traceback" not in told
    assert run.calls == []
