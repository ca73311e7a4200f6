"""What lies on a machine's disk, by what tasks read and wrote."""

from nextflow.sizing.scratch import find_scratch
from nextflow.sizing.tally import find_scratch as find_one
from nextflow.sizing.usage import sum_up
from nextflow.traces.task import Attempt

GIB = 1 << 30


def task(read: int | None, written: int | None, on_disk: tuple[int | None, int | None] = (None, None)) -> Attempt:
    return Attempt(
        "P", "a", "COMPLETED", 0, read=read, written=written, read_by_disk=on_disk[0], written_by_disk=on_disk[1]
    )


def test_the_smaller_of_two_that_know_something() -> None:
    assert find_one(task(60 * GIB, 30 * GIB)) == 90 * GIB
    assert find_one(task(60 * GIB, 30 * GIB, (20 * GIB, 10 * GIB))) == 30 * GIB
    assert find_one(task(60 * GIB, 30 * GIB, (0, 0))) == 90 * GIB
    assert find_one(task(0, 0)) == 0
    assert find_one(task(None, None)) is None


def test_what_is_read_again_and_again_is_no_input() -> None:
    scratch = find_scratch(sum_up([task(4000 * GIB, 40 * GIB)]), 95)
    assert (scratch.size, scratch.again) == (440, ("P",))


def test_what_is_unknown_is_named_and_asked_disk_counts_for_it() -> None:
    usages = sum_up([task(None, None), Attempt("Q", "a", "COMPLETED", 0, disk=80 * GIB), task(None, None)])
    scratch = find_scratch(usages, 95)
    assert (scratch.size, scratch.unknown) == (120, ("P",))


def test_sizes_rise() -> None:
    usages = sum_up([task(n * GIB, 0) for n in range(1, 101)])
    scratch = find_scratch(usages, 95)
    assert scratch.size >= (95 + 10) / 0.8
    assert scratch.size + scratch.first <= scratch.ceiling
    assert scratch.ceiling >= (2 * 100 + 10) / 0.8


def test_several_tasks_at_once_need_as_much_more() -> None:
    usages = sum_up([task(30 * GIB, 0)])
    assert find_scratch(usages, 95).size == 50
    assert find_scratch(usages, 95, [4]).size == 170
