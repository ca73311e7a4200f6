"""What is asked for, as Nextflow 24.10 was seen to take the same values: texts, limits, several asks of a process."""

from typing import Any

import pytest

from nextflow.config.check.model import Ask
from nextflow.config.check.of_config import list_asks, list_settings
from nextflow.config.check.of_trace import list_asks as list_traced
from nextflow.traces.task import Attempt

GIB = 1 << 30


def ask(text: str) -> list[Ask]:
    options = dict(line.split(" = ", 1) for line in text.strip().splitlines())
    params = {name.removeprefix("params."): value for name, value in options.items() if name.startswith("params.")}
    (settings,) = list_settings(options)
    return list(list_asks(settings, params))


@pytest.mark.parametrize(
    ("cpus", "expected"),
    [("''", 1), ("{ '' }", 1), ("null", 1), ("0", 1), ("'4'", 4), ("3.99", 3), ("'2.5'", None), ("'x'", None),
     ("-2", None), ("true", None)],
)  # fmt: skip
def test_cpus_as_nextflow_takes_them(cpus: str, expected: int | None) -> None:
    first = ask(f"process.cpus = {cpus}")[0]
    assert first.vcpus == expected
    assert (first.refused != "") == (expected is None)


@pytest.mark.parametrize(
    ("memory", "mib"),
    [("''", 1024), ("{ null }", 1024), ("'1 EB'", 1 << 40), ("'.5 GB'", 512), ("8.5", None), ("'8.0.GB'", None),
     ("{ task.previousTrace ? 1.GB : 1.1.GB }", 1126)],
)  # fmt: skip
def test_memory_as_nextflow_takes_it(memory: str, mib: int | None) -> None:
    first = ask(f"process.memory = {memory}")[0]
    assert first.memory == mib
    assert (first.refused != "") == (mib is None)


@pytest.mark.parametrize(
    "limits", ["[cpus:'6', memory:'12 GB']", "[cpus:6.9, memory:12.GB]", "{ [cpus: 6, memory: 12.GB] }"]
)
def test_limits_bound_cpus_in_every_form(limits: str) -> None:
    first = ask(f"process.cpus = 64\nprocess.memory = 200.GB\nprocess.resourceLimits = {limits}")[0]
    assert (first.vcpus, first.memory) == (6, 12 * 1024)


@pytest.mark.parametrize("most", ["6", "'6'"])
def test_a_parameter_bounds_cpus_in_every_form(most: str) -> None:
    asks = ask(f"params.max_cpus = {most}\nprocess.cpus = {{ check_max( 4 * task.attempt, 'cpus' ) }}")
    assert [one.vcpus for one in asks] == [4, 6]


@pytest.mark.parametrize(("retries", "attempts"), [("0", 2), ("1", 2), ("2", 3), ("'3'", 4)])
def test_no_number_of_retries_is_none(retries: str, attempts: int) -> None:
    """`maxRetries 0` was seen to try again once: 0 is false to Groovy."""
    assert len(ask(f"process.cpus = 1\nprocess.maxRetries = {retries}")) == attempts


def traced(*asks: tuple[int | None, int | None, str]) -> list[tuple[int | None, int | None, str]]:
    attempts = [
        Attempt("P", str(number), "COMPLETED", 0, 1, cpus=cpus, memory=memory, queue=queue)
        for number, (cpus, memory, queue) in enumerate(asks)
    ]
    return [(one.vcpus, one.memory, one.queue) for one in list_traced(attempts)]


def test_the_ask_with_the_most_memory_does_not_hide_that_with_the_most_cpus() -> None:
    asks = traced((16, 2 * GIB, ""), (1, 3 * GIB, ""), (1, GIB, ""), (16, GIB, ""))
    assert asks == [(1, 3072, ""), (16, 2048, "")]


def test_asks_on_several_queues_are_each_told() -> None:
    assert traced((2, 20 * GIB, "arn:aws:batch:r:1:job-queue/large"), (2, GIB, "small"), (2, GIB // 2, "small")) == [
        (2, 20480, "large"), (2, 1024, "small"),
    ]  # fmt: skip


def test_what_asked_for_nothing_gets_the_least() -> None:
    assert traced((0, 0, "")) == [(1, 1024, "")]


def test_a_task_that_never_starts_is_told_beside_a_larger_one_that_does(check: Any) -> None:
    text = "name\tattempt\tcpus\tmemory\tstatus\nSTAR (1)\t1\t16\t2 GB\tCOMPLETED\nSTAR (2)\t1\t1\t3 GB\tCOMPLETED\n"
    shown = check(text, code=2)
    assert "attempt 1: 1 vCPU, 3072 MiB on salmonWorkload: fits" in shown
    assert "it asks for 16 vCPUs; c5.2xlarge has 8" in shown
    assert shown.endswith("would wait for ever: STAR\n")


def test_a_number_of_cpus_that_is_none_ends_the_run(check: Any) -> None:
    shown = check("process.cpus = '2.5'\n", code=2)
    assert "Nextflow ends the run: cpus are a whole number, and not below 0" in shown
    assert "would be refused: every process" in shown
