"""Less where it asked for too much, more where it was killed."""

from dataclasses import replace

from nextflow.sizing.asks import advise, choose
from nextflow.sizing.ends import End, find_end
from nextflow.sizing.usage import sum_up
from nextflow.traces.task import Attempt

MIB, GIB = 1 << 20, 1 << 30
DONE = Attempt(
    "P", "a", "COMPLETED", 0, 1, "1", 4, 8 * GIB, 3600.0, cpu=180.0, peak_memory=GIB, realtime=600.0, read=GIB
)


def test_it_lowers() -> None:
    ask = choose(sum_up([DONE] * 25)[0], 95)
    assert (ask.cpus, ask.memory, ask.time) == (2, 1200, 1260)  # 20 s of them to stage what it reads
    assert ask.why == ()


def test_it_raises_what_was_killed_for_memory_above_its_peak_and_its_ask() -> None:
    killed = replace(DONE, status="FAILED", exit_code=137, peak_memory=7 * GIB)
    ask = choose(sum_up([DONE] * 25 + [killed])[0], 95)
    assert ask.memory is not None
    assert ask.memory > 8 * 1024
    assert "killed for memory" in ask.why[0]
    alone = choose(sum_up([replace(killed, memory=None)])[0], 95)
    assert alone.memory is not None
    assert alone.memory > 7 * 1024


def test_it_raises_what_was_ended_for_time() -> None:
    late = replace(DONE, status="FAILED", exit_code=137, realtime=3600.0)
    assert find_end(late) is End.TIME
    ask = choose(sum_up([DONE] * 25 + [late])[0], 95)
    assert ask.time == 5400


def test_what_is_not_measured_is_unknown() -> None:
    blind = replace(DONE, cpu=None, peak_memory=None, realtime=None)
    ask = choose(sum_up([blind] * 25)[0], 95)
    assert (ask.cpus, ask.memory, ask.time) == (None, None, None)
    assert "has no ps" in ask.why[0]


def test_too_few_tasks_for_a_percentile() -> None:
    ask = choose(sum_up([DONE] * 3)[0], 95)
    assert "3 tasks are too few for 95 %" in ask.why[0]


def test_memory_that_follows_the_input() -> None:
    tasks = [replace(DONE, read=n * GIB, peak_memory=(100 + 500 * n) * MIB) for n in range(1, 25)]
    ask = choose(sum_up(tasks)[0], 95)
    assert ask.line is not None
    assert round(ask.line.base / MIB) == 100
    assert ask.memory is not None
    assert ask.memory >= 12100
    assert "r² 1.00" in ask.why[0]
    nine = choose(sum_up(tasks[:9])[0], 95)
    assert nine.line is None


def test_a_lost_machine_is_no_fault_of_the_process() -> None:
    lost = replace(DONE, status="FAILED", exit_code=None, peak_memory=None, cpu=None, realtime=300.0)
    usage = sum_up([DONE] * 25 + [lost, replace(lost, exit_code=2147483647)])[0]
    assert usage.ends[End.LOST] == 2
    assert usage.seconds_lost == 600.0
    assert choose(usage, 95).memory == 1200


def test_an_aborted_row_counts_for_nothing() -> None:
    aborted = replace(DONE, status="ABORTED", exit_code=None, realtime=None, peak_memory=50 * GIB)
    assert choose(sum_up([DONE] * 25 + [aborted])[0], 95).memory == 1200


def test_what_ended_without_a_code_at_its_limit_was_ended_for_time() -> None:
    late = replace(DONE, status="FAILED", exit_code=None, realtime=None, begun=0.0, completed=3600.0)
    assert find_end(late) is End.TIME
    assert find_end(replace(late, completed=1800.0)) is End.LOST


def test_it_raises_what_was_killed_for_memory_though_nobody_knows_how_much_it_had() -> None:
    killed = replace(DONE, status="FAILED", exit_code=137, memory=None, peak_memory=None)
    ask = choose(sum_up([DONE] * 25 + [killed])[0], 95)
    assert ask.memory == 1600  # one and a half times the largest peak


def test_cpus_are_those_that_are_busy_on_the_average() -> None:
    tasks = [replace(DONE, cpu=100.0 * n) for n in range(3, 10)]
    assert choose(sum_up(tasks)[0], 95).cpus == 6


def test_a_task_that_is_tried_again_gets_more_as_far_as_a_machine_has_it() -> None:
    tasks = [DONE] * 25 + [replace(DONE, peak_memory=5 * GIB)]
    asks = [choose(sum_up(tasks)[0], 95)]
    (advice,) = advise(asks)
    assert (advice.name, advice.cpus, advice.memory_mib, advice.excess_memory_mib) == ("P", 2, 1200, 5700)
    assert advise(asks, limit=3777)[0].excess_memory_mib == 3700
    assert advise(asks, limit=900)[0].excess_memory_mib == 1200


def test_the_whole_of_a_hundred_percent_is_never_too_few() -> None:
    assert choose(sum_up([DONE] * 3)[0], 100).why == ()


def test_former_attempts_without_a_row_are_told_of() -> None:
    ask = choose(sum_up([replace(DONE, attempt=3)] * 25)[0], 95)
    assert ask.why == ("50 former attempts have no row in the trace",)


def test_what_explains_memory_too_little_is_no_line() -> None:
    tasks = [
        replace(DONE, read=n * GIB, peak_memory=(100 + 500 * (n if n % 3 else 30 - n)) * MIB) for n in range(1, 31)
    ]
    assert sum_up(tasks)[0].line is None


def test_a_line_never_leads_below_the_largest_peak() -> None:
    tasks = [replace(DONE, read=n * GIB, peak_memory=(100 + 500 * n) * MIB) for n in range(1, 41)]
    tasks[19] = replace(tasks[19], peak_memory=23000 * MIB)
    ask = choose(sum_up(tasks)[0], 95)
    assert ask.line is not None
    assert ask.line.at(40 * GIB) < 20900 * MIB
    assert ask.memory == 23000


def test_the_longest_task_has_time_too() -> None:
    tasks = [DONE] * 40 + [replace(DONE, realtime=3000.0)]
    assert choose(sum_up(tasks)[0], 95).time == 4560


def test_a_code_that_a_process_names_is_no_failure() -> None:
    """validExitStatus of DSL 1: Nextflow says COMPLETED, and so it is."""
    assert find_end(replace(DONE, exit_code=1)) is End.DONE
    assert find_end(replace(DONE, exit_code=137)) is End.MEMORY
    assert find_end(replace(DONE, status="FAILED", exit_code=1)) is End.ERROR
