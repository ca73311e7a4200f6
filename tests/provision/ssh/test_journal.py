"""The journal of the runner, however it arrives."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from provision.model.recipe import Check, Step
from provision.ssh.events import Ended, Event, Output, Rebooting
from provision.ssh.journal import JournalReader

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


def test_a_torn_event_is_none() -> None:
    assert read(b"\nbegin 0 .\n\nend 0 0 1\nend 0 7 12 .\n")[1:] == [Ended(TASKS[0], 7, 0.12)]


def test_signs_of_life_do_not_count_as_journal() -> None:
    reader = JournalReader(TASKS)
    list(reader.feed(b"\0\0" + JOURNAL))
    assert reader.offset == len(JOURNAL)
    assert reader.finished


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
