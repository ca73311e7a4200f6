"""How a step or check on a machine ended, in words."""

import pytest

from provision.model.recipe import Check, Step
from provision.ssh.events import Ended

TASKS = (Step("one", "true"), Check("two", "true"))


def test_a_task_that_was_ended_or_killed_at_its_limit_is_told_as_such() -> None:
    step = Step("one", "true", timeout=2)
    for code, seconds, late in ((124, 2.0, True), (137, 12.0, True), (137, 1.0, False), (1, 3.0, False)):
        assert Ended(step, code, seconds).timed_out is late


@pytest.mark.parametrize(
    ("code", "seconds", "timed_out"),
    [(124, 300.0, True), (124, 299.9, True), (124, 299.0, False), (1, 300.0, False), (None, 300.0, False)],
)
def test_a_time_limit_is_told_by_code_and_time_together(code: int | None, seconds: float, timed_out: bool) -> None:
    ended = Ended(TASKS[0], code, seconds)
    assert ended.timed_out is timed_out
    assert ("exceeded its time limit of 300 s" in ended.error().what) is timed_out


def test_how_a_task_ended_in_words() -> None:
    assert Ended(TASKS[0], 1).error().what == 'step "one" ended with exit code 1'
    assert Ended(TASKS[1], 1).error().what == 'check "two" ended with exit code 1'
    cut = Ended(TASKS[0], None).error()
    assert cut.what == 'step "one" was interrupted'
    assert "the machine restarted" in cut.why
    assert (Ended(TASKS[0], 0).ok, Ended(TASKS[0], 1).ok, Ended(TASKS[0], None).ok) == (True, False, False)


def test_the_command_and_the_last_forty_lines_are_shown() -> None:
    lines = tuple(f"line {n}" for n in range(100))
    assert Ended(TASKS[0], 1, 1.0, "false", lines).error().output.splitlines() == ["$ false", *lines[60:]]
    assert Ended(TASKS[0], 1).error().output == ""


def test_a_full_disk_is_the_reason() -> None:
    named = Ended(TASKS[0], 1, full=("/", "/var")).error()
    assert named.why == "no space left on /, /var of the machine"
    seen = Ended(TASKS[0], 1, output=("cp: No space left on device",)).error()
    assert seen.why == "a file system of the machine is full"
    assert Ended(TASKS[0], 1, output=("fine",)).error().why == ""
