"""The journal of the runner, however it arrives."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from provision.model.recipe import Check, Step
from provision.ssh.events import Ended, Event, JournalReader
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


def test_a_torn_event_is_none() -> None:
    assert read(b"\nbegin 0 .\n\nend 0 0 1\nend 0 7 12 .\n")[1:] == [Ended(TASKS[0], 7, 0.12)]


def test_signs_of_life_do_not_count_as_journal() -> None:
    reader = JournalReader(TASKS)
    list(reader.feed(b"\0\0" + JOURNAL))
    assert reader.offset == len(JOURNAL)
    assert reader.finished


def test_tokens_of_a_proxy_command() -> None:
    assert fill_in("ssm %h %p %r 100%% %x", "i-0abc", 22, "ec2-user") == "ssm i-0abc 22 ec2-user 100% %x"
