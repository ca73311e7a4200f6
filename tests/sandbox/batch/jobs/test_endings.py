"""How an attempt ends: each row of AWS's own answers, from what ECS tells of the task."""

from types import SimpleNamespace

import pytest

from sandbox.batch.jobs import endings
from sandbox.batch.jobs.endings import Ending

PULL = "CannotPullContainerError: Error response from daemon: manifest for a:b not found"
CREATE = "DockerTimeoutError: Could not transition to created; timed out after waiting 4m0s"
START = "CannotStartContainerError: Error response from daemon: failed to create task for container: no such file"
INSPECT = "CannotInspectContainerError: Could not transition to inspecting; timed out after waiting 30s"
MEMORY = "OutOfMemoryError: Container killed due to memory usage"
HOST = "Host EC2 (instance i-0123456789abcdef0) terminated."
ROLE = "ECS was unable to assume the role 'arn:aws:iam::123456789012:role/none' that was provided for this task."
ENDED, NOT_STARTED = "Essential container in task exited", "Task failed to start"


def read(
    code: int | None = None, reason: str = "", task: str = "", *, ran: bool = True, timed_out: bool = False,
    wish: str | None = None,
) -> Ending:  # fmt: skip
    stopped = SimpleNamespace(reason=task, container=SimpleNamespace(exit_code=code, reason=reason))
    return endings.read(stopped, ran=ran, timed_out=timed_out, wish=wish)


@pytest.mark.parametrize(
    ("ending", "expected"),
    [
        (read(0), Ending(ENDED, exit_code=0, succeeded=True)),
        (read(3), Ending(ENDED, exit_code=3)),
        (read(0, ran=False), Ending(ENDED, exit_code=0, succeeded=True)),
        (read(137, MEMORY), Ending(ENDED, MEMORY, 137)),
        (read(1, MEMORY), Ending(ENDED, MEMORY, 1)),
        (read(137), Ending(ENDED, exit_code=137)),
        (read(None, PULL, ran=False), Ending(NOT_STARTED, PULL)),
        (read(None, CREATE, ran=False), Ending(NOT_STARTED, CREATE)),
        (read(None, START, ran=False), Ending(NOT_STARTED, START)),
        (read(None, INSPECT), Ending(ENDED, INSPECT)),
        (read(None, ran=False), Ending(NOT_STARTED)),
        (read(None, task=HOST), Ending(HOST)),
        (read(None, task=HOST, ran=False), Ending(HOST)),
        (read(None, task=ROLE, ran=False), Ending(ROLE)),
        (read(0, CREATE), Ending(ENDED, CREATE, 0, succeeded=True)),
    ],
)
def test_what_ecs_tells(ending: Ending, expected: Ending) -> None:
    assert ending == expected


@pytest.mark.parametrize("code", [0, 137, None])
def test_a_timeout_is_one_whatever_the_container_did(code: int | None) -> None:
    expected = Ending("Job attempt duration exceeded timeout", exit_code=code, may_be_retried=False)
    assert read(code, timed_out=True) == expected
    assert read(code, task="Job attempt duration exceeded timeout", timed_out=True) == expected


@pytest.mark.parametrize("wish", ["Job killed by NF", ""])
@pytest.mark.parametrize("code", [0, 143, None])
def test_the_reason_of_whoever_ends_a_job_is_kept_to_the_letter(code: int | None, wish: str) -> None:
    assert read(code, wish=wish, timed_out=True) == Ending(wish, exit_code=code, may_be_retried=False)


def test_a_long_reason_is_cut() -> None:
    assert read(None, "CannotPullContainerError: " + "x" * 400, ran=False).container_reason == (
        "CannotPullContainerError: " + "x" * 229
    )
