"""The journal of the runner, however it arrives."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provision.model.recipe import Check, Step
from provision.ssh.events import Ended, Event, Output, Rebooting
from provision.ssh.journal import JournalReader
from provision.ssh.proxy import fill_in

TASKS = (Step("one", "true"), Check("two", "true"))
JOURNAL = (
    b"\nbegin 0 .\n|a\n|end 0 0 1 .\n\nend 0 0 12 .\n\nbegin 1 .\n|b\n$false\n"
    b"\nfull 1 /mnt/with space .\n\nend 1 1 34 .\n\ndone .\n"
)


def read(*parts: bytes) -> list[Event]:
    reader = JournalReader(TASKS)
    return [event for part in parts for event in reader.feed(part)]


@given(st.lists(st.integers(0, len(JOURNAL))), st.integers(0, 3))
def test_it_may_be_cut_anywhere_and_mixed_with_signs_of_life(cuts: list[int], signs: int) -> None:
    edges = [0, *sorted(cuts), len(JOURNAL)]
    parts = [JOURNAL[start:end] + b"\0" * signs for start, end in pairwise(edges)]
    assert read(*parts) == read(JOURNAL)


def test_what_it_tells() -> None:
    one, two = (event for event in read(JOURNAL) if isinstance(event, Ended))
    assert one == Ended(TASKS[0], 0, 0.12, "", ("a", "end 0 0 1 ."))
    assert two == Ended(TASKS[1], 1, 0.34, "false", ("b",), ("/mnt/with space",))


def test_a_task_that_was_ended_or_killed_at_its_limit_is_told_as_such() -> None:
    step = Step("one", "true", timeout=2)
    for code, seconds, late in ((124, 2.0, True), (137, 12.0, True), (137, 1.0, False), (1, 3.0, False)):
        assert Ended(step, code, seconds).timed_out is late


def test_a_torn_event_is_none() -> None:
    assert read(b"\nbegin 0 .\n\nend 0 0 1\nend 0 7 12 .\n")[1:] == [Ended(TASKS[0], 7, 0.12)]


def test_signs_of_life_do_not_count_as_journal() -> None:
    reader = JournalReader(TASKS)
    list(reader.feed(b"\0\0" + JOURNAL))
    assert reader.offset == len(JOURNAL)
    assert reader.finished


def test_tokens_of_a_proxy_command() -> None:
    assert fill_in("ssm %h %p %r 100%% %x", "i-0abc", 22, "ec2-user") == "ssm i-0abc 22 ec2-user 100% %x"


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


def test_no_more_lines_are_kept_than_the_last_200() -> None:
    lines = b"".join(b"|line %d\n" % n for n in range(300))
    [ended] = [event for event in read(b"\nbegin 0 .\n" + lines + b"\nend 0 1 1 .\n") if isinstance(event, Ended)]
    assert ended.output == tuple(f"line {n}" for n in range(100, 300))


def test_a_reboot_is_over_with_the_next_task_or_the_end() -> None:
    for after in (b"\nbegin 1 .\n", b"\ndone .\n"):
        reader = JournalReader(TASKS)
        assert list(reader.feed(b"\nbegin 0 .\n\nend 0 0 1 .\n\nreboot 0 .\n"))[-1] == Rebooting(TASKS[0])
        assert reader.rebooting
        list(reader.feed(after))
        assert not reader.rebooting
        assert reader.finished is (after == b"\ndone .\n")
    assert reader.current is None


def test_what_was_cut_and_what_stands_outside_of_tasks() -> None:
    assert read(b"|nobody's\n") == []
    [_, output, ended] = read(b"\nbegin 0 .\n\ncut 0 .\n\nend 0 0 1 .\n")
    assert output == Output(TASKS[0], "[kiln: more output than is kept; its end follows]")
    assert isinstance(ended, Ended)
    [_, interrupted] = read(b"\nbegin 1 .\n\ninterrupted 1 .\n")
    assert interrupted == Ended(TASKS[1], None, 0.0)
