"""Whether a failed attempt is followed by another: AWS's rules, over every way that an attempt ends."""

from typing import Any

import pytest

from sandbox.batch.jobs.endings import ENDED, NOT_STARTED, TIMED_OUT, Ending
from sandbox.batch.jobs.retries import decides_to_retry

HOST = "Host EC2 (instance i-0123456789abcdef0) terminated."
MEMORY = "OutOfMemoryError: Container killed due to memory usage"
PULL = "CannotPullContainerError: Error response from daemon: manifest unknown"
FAILED, KILLED = Ending(ENDED, exit_code=3), Ending(ENDED, MEMORY, 137)
LOST, UNPULLED = Ending(HOST), Ending(NOT_STARTED, PULL)
SPOT = [{"onStatusReason": "Host EC2*", "action": "RETRY"}, {"onReason": "*", "action": "EXIT"}]


def decide(ending: Ending, rules: list[dict[str, str]], attempts: int = 3, ended: int = 1) -> bool:
    return decides_to_retry({"attempts": attempts, "evaluateOnExit": rules}, ended, ending)


@pytest.mark.parametrize("ending", [FAILED, KILLED, LOST, UNPULLED])
def test_without_rules_it_is_tried_again_as_often_as_it_says(ending: Ending) -> None:
    assert [decides_to_retry({"attempts": 3}, ended, ending) for ended in (1, 2, 3)] == [True, True, False]
    assert not decides_to_retry(None, 1, ending)
    assert not decides_to_retry({}, 1, ending)


@pytest.mark.parametrize(("ending", "again"), [(LOST, True), (FAILED, False), (KILLED, False), (UNPULLED, False)])
def test_the_rules_of_a_nextflow_for_spot(ending: Ending, again: bool) -> None:
    """An absent reason of the container is matched by "*" too."""
    assert decide(ending, SPOT) is again


@pytest.mark.parametrize(
    ("rules", "again"),
    [
        ([{"onExitCode": "3", "action": "EXIT"}], False),
        ([{"onExitCode": "3", "action": "exit"}], False),
        ([{"onExitCode": "3", "action": "Retry"}, {"onExitCode": "*", "action": "EXIT"}], True),
        ([{"onExitCode": "1*", "action": "EXIT"}], True),
        ([{"onExitCode": "3*", "action": "EXIT"}], False),
        ([{"onExitCode": "3", "onReason": "OutOf*", "action": "EXIT"}], True),
        ([{"onExitCode": "3", "onStatusReason": "Essential container in task*", "action": "EXIT"}], False),
        ([{"onStatusReason": "Essential container", "action": "EXIT"}], True),
        ([{"onStatusReason": "essential container in task exited", "action": "EXIT"}], True),
    ],
)
def test_all_conditions_of_a_rule_and_the_first_that_matches(rules: list[dict[str, str]], again: bool) -> None:
    assert decide(FAILED, rules) is again


@pytest.mark.parametrize(
    ("ending", "pattern", "again"),
    [(KILLED, "OutOfMemoryError:*", False), (UNPULLED, "CannotPullContainerError:*", False), (LOST, "Out*", True)],
)
def test_reasons_of_containers(ending: Ending, pattern: str, again: bool) -> None:
    assert decide(ending, [{"onReason": pattern, "action": "EXIT"}]) is again


def test_an_absent_exit_code_is_no_number() -> None:
    assert decide(LOST, [{"onExitCode": "0", "action": "EXIT"}])
    assert decide(LOST, [{"onExitCode": "1*", "action": "EXIT"}])
    assert not decide(LOST, [{"onExitCode": "*", "action": "EXIT"}])


@pytest.mark.parametrize("ending", [Ending(TIMED_OUT, exit_code=137, may_be_retried=False)])
def test_what_is_never_tried_again(ending: Any) -> None:
    assert not decide(ending, [{"onExitCode": "137", "action": "RETRY"}])
    assert not decides_to_retry({"attempts": 10}, 1, ending)
