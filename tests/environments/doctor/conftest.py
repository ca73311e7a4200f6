"""An applied environment in the offline AWS, and the doctor's visit to it."""

from collections.abc import Iterator

import pytest

from sandbox.inprocess import Sandbox
from tests.support.doctor import Patient, make_ami, register, turned_to


@pytest.fixture(scope="module")
def patient(one_sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Patient]:
    """`genomics` as register-env leaves it. Every test mends what it breaks."""
    with turned_to(one_sandbox, tmp_path_factory.mktemp("doctor")):
        ami = make_ami(one_sandbox, "nextflow-al2023-1")
        register("genomics")
        one_sandbox.clock.advance(60)
        yield Patient(one_sandbox, ami)
