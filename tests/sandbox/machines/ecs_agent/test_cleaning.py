"""What is left of tasks, and of images that nothing uses."""

import threading
import time
from collections.abc import Callable

import pytest

from sandbox.machines.ecs_agent.tasks.cleaning import candidates
from tests.support.docker_double import Behaviour, DockerDouble, until
from tests.support.guest_agent import GuestAgent, container, task

Start = Callable[..., GuestAgent]


def watch(agent: GuestAgent) -> None:
    threading.Thread(target=agent.cleaning.watch_tasks, args=(agent.engine.forget,), daemon=True).start()


def test_containers_go_after_their_time(start: Start, docker: DockerDouble) -> None:
    agent = start(ECS_ENGINE_TASK_CLEANUP_WAIT_DURATION="1s")
    watch(agent)
    payload = task(
        container(mountPoints=[{"sourceVolume": "v", "containerPath": "/v"}]), volumes=[{"name": "v", "host": {}}]
    )
    agent.payload(payload)
    agent.stopped()
    assert len(docker.containers) == 1
    until(lambda: payload["arn"] not in agent.engine.tasks)
    assert docker.containers == {}
    assert [line for line in docker.asked if line.startswith("DELETE /volumes/ecs-job-1-v-")]
    assert agent.store.tasks() == []


def test_they_stay_for_three_hours(agent: GuestAgent, docker: DockerDouble) -> None:
    watch(agent)
    agent.payload(task())
    agent.stopped()
    time.sleep(0.1)
    assert len(docker.containers) == 1


def test_a_restarted_agent_cleans_up_what_an_earlier_one_left(start: Start, docker: DockerDouble) -> None:
    agent = start(ECS_ENGINE_TASK_CLEANUP_WAIT_DURATION="1s")
    agent.payload(task())
    agent.stopped()
    until(lambda: agent.store.tasks()[0].sent == "STOPPED")
    later = agent.again()
    later.engine.restore()
    watch(later)
    until(lambda: docker.containers == {})


def test_images_go_longest_unused_first() -> None:
    uses = {"new": [100.0, 100.0], "old": [1.0, 50.0], "older": [2.0, 3.0], "used": [1.0, 1.0]}
    assert candidates(uses, {"used"}, before=60) == ["older", "old"]


@pytest.mark.parametrize(("age", "gone"), [("1m", ["kiln/test:1"]), ("1h", [])])
def test_an_image_of_the_right_age_goes(
    start: Start, docker: DockerDouble, age: str, gone: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    agent = start(ECS_IMAGE_PULL_BEHAVIOR="default", ECS_IMAGE_MINIMUM_CLEANUP_AGE=age)
    docker.images["other:1"] = Behaviour()
    agent.payload(task())
    agent.stopped()
    until(lambda: agent.store.values.get("images"))
    now = time.time()
    monkeypatch.setattr("sandbox.machines.ecs_agent.tasks.cleaning.time.time", lambda: now + 600)
    assert agent.cleaning.remove_images({"kiln/test:1"}) == []
    assert agent.cleaning.remove_images(set()) == gone
    assert set(docker.images) == {"kiln/test:1", "other:1"} - set(gone)


def test_prefer_cached_removes_no_image(agent: GuestAgent) -> None:
    agent.cleaning.watch_images(list)  # returns at once
