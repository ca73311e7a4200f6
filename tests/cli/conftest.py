"""The tasks as a person types them, in this process."""

import json

import pytest
from invoke.program import Program

import tasks
from tests.support.typed import Documented, Record, Recorded, Typed


@pytest.fixture
def typed() -> Typed:
    """`invoke …`; its exit code."""

    def run(*words: str) -> int:
        try:
            Program(namespace=tasks.namespace).run(["invoke", *words], exit=False)
        except SystemExit as end:
            assert isinstance(end.code, int)
            return end.code
        return 0

    return run


@pytest.fixture
def documented(typed: Typed, capsys: pytest.CaptureFixture[str]) -> Documented:
    """`invoke … --json`; what it prints, which is one document and nothing else."""

    def run(*words: str, code: int = 0) -> object:
        capsys.readouterr()
        assert typed(*words, "--json") == code, capsys.readouterr().err
        document: object = json.loads(capsys.readouterr().out)
        return document

    return run


@pytest.fixture
def recorded(monkeypatch: pytest.MonkeyPatch) -> Record:
    """Put a recorder in the place of a command, by its dotted name."""

    def put(name: str, code: int = 0) -> Recorded:
        recorder = Recorded(code)
        monkeypatch.setattr(name, recorder)
        return recorder

    return put
