"""A queue, and a player of all that is not Batch's."""

from collections.abc import Callable
from typing import Any

import pytest

from sandbox.batch.model import waking
from sandbox.inprocess import Sandbox
from tests.support.job_player import Player

Create = Callable[..., str]


@pytest.fixture(autouse=True)
def _nobody_places(monkeypatch: pytest.MonkeyPatch) -> None:
    """Jobs are placed by the tests alone."""
    monkeypatch.setattr(waking, "_listeners", [])


@pytest.fixture(autouse=True)
def a_queue(made: Create, queue: Create) -> str:
    made()
    return queue("one")


@pytest.fixture
def player(sandbox: Sandbox) -> Player:
    return Player(sandbox)


@pytest.fixture
def waiting(sandbox: Sandbox, submit: Create) -> Create:
    """SubmitJob, and the clock moved on until the job waits; its id."""

    def make(name: str = "job", **changes: Any) -> str:
        job_id = submit(name, **changes)
        sandbox.clock.advance(2)
        return job_id

    return make
