"""The registry's door, and ECR with a repository."""

from collections.abc import Iterator
from typing import Any

import pytest

from sandbox.ecr.front.front import Front
from sandbox.inprocess import Sandbox
from tests.support.registry_client import RegistryClient, log_in

NAME = "team/app"


@pytest.fixture
def front(sandbox: Sandbox) -> Iterator[Front]:
    serving = Front(sandbox.world)
    yield serving
    serving.close()


@pytest.fixture
def ecr(sandbox: Sandbox) -> Any:
    client = sandbox.client("ecr")
    client.create_repository(repositoryName=NAME)
    return client


@pytest.fixture
def docker(front: Front, ecr: Any) -> RegistryClient:
    return RegistryClient(front, token=log_in(ecr))
