"""A double of Docker, and agents on it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.docker_double import Behaviour, DockerDouble
from tests.support.guest_agent import GuestAgent


@pytest.fixture
def docker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DockerDouble]:
    double = DockerDouble(tmp_path_factory.mktemp("d") / "sock")
    double.images["kiln/test:1"] = Behaviour()
    yield double
    double.close()


@pytest.fixture
def start(docker: DockerDouble, tmp_path: Path) -> Callable[..., GuestAgent]:
    """An agent with settings of ecs.config; prefer-cached unless they say otherwise, and its waits take no time."""

    def begin(**settings: str) -> GuestAgent:
        return GuestAgent(docker, tmp_path, lambda _: None, **{"ECS_IMAGE_PULL_BEHAVIOR": "prefer-cached", **settings})

    return begin


@pytest.fixture
def agent(start: Callable[..., GuestAgent]) -> GuestAgent:
    return start()
