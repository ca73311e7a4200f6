"""Values and closures of configurations, worked out by attempt."""

from typing import Any

import pytest

from nextflow.config.check.groovy.amounts import MIB, Memory, Time, Unknowable, find_rounding, read_memory
from nextflow.config.check.scope import Attempt

GB = 1024 * MIB
PARAMS = {"max_memory": "'128.GB'", "max_cpus": "16", "fast": "true", "queue": "'own'", "text": "'8'", "tool.gb": "3"}


def work_out(source: str, attempts: int = 3) -> list[Any]:
    values, before = [], None
    for attempt in range(1, attempts + 1):
        before = Attempt(attempt, {"memory": source, "cpus": "4"}, PARAMS, before)
        values.append(before.value("memory"))
    return [value.size / GB if isinstance(value, Memory) else value for value in values]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("2", [2, 2, 2]),
        ("'16 GB'", ["16 GB"] * 3),
        ("1.5.GB", [1.5] * 3),
        ("{ task.attempt > 1 ? 31.GB : 15.GB }", [15, 31, 31]),
        ("{ task.attempt > 2 ? 8.GB : task.attempt > 1 ? 4.GB : 2.GB }", [2, 4, 8]),
        ("{ task.attempt == 1 ? 2.GB : 4.GB }", [2, 4, 4]),
        ("{ 6.GB * task.attempt }", [6, 12, 18]),
        ("{ 2.GB + 8.GB * (task.attempt - 1) }", [2, 10, 18]),
        ("{ 8.GB * 2 ** (task.attempt - 1) }", [8, 16, 32]),
        ("{ 8.GB * Math.pow(2, task.attempt - 1) }", [8, 16, 32]),
        ("{ [8.GB * task.attempt, params.max_memory as nextflow.util.MemoryUnit, 20.GB].min() }", [8, 16, 20]),
        ("{ [1.GB, 4.GB, 16.GB][task.attempt - 1] }", [1, 4, 16]),
        ("{ [1: 2, a: 3]['a'].GB }", [3, 3, 3]),
        ('{ "${4 * task.attempt} GB" }', ["4 GB", "8 GB", "12 GB"]),
        ('{ "$task.attempt.GB" }', None),
        ('{ "$params.tool.gb GB" }', ["3 GB"] * 3),
        ("{ 4 * task.attempt + ' GB' }", ["4 GB", "8 GB", "12 GB"]),
        ("{ params.tool.gb.GB + params['max_cpus'].MB * 64 }", [4, 4, 4]),
        ("{ 8.GB.toGiga() - 1 }", [7, 7, 7]),
        ("{ Math.round(1.5 * task.attempt) + Math.ceil(0.2) + Math.floor(0.9) }", [3, 4, 6]),
        ("{ 7.intdiv(2) }", [3, 3, 3]),
        ("{ 7.GB / 3 * task.attempt == 7.GB ? 1 : 2 }", [2, 2, 2]),  # whole bytes: one is missing
        ("{ 2 ** 1000 }", None),
        ("{ (0 - 2) ** 0.5 * 1.GB }", None),
        ("{ 1e400.GB }", None),
        ("{ [1, 2][7] }", None),
        ("{ [].min() }", None),
        ("{ (8 * task.attempt).GB }", [8, 16, 24]),
        ("{ check_max( 72.GB * task.attempt, 'memory' ) }", [72, 128, 128]),
        ("{ task.previousTrace ? task.previousTrace.memory * 2 : 8.GB }", [8, 16 * GB, 32 * GB]),
        ("{ if (task.attempt == 1) return 1.GB else if (task.attempt == 2) { return 2.GB }\n return 3.GB }", [1, 2, 3]),
        ("{ if (task.attempt > 1) { 9.GB } else { 1.GB } }", [1, 9, 9]),
        ("{ -> 1.GB // small\n }", [1, 1, 1]),
        ("{ task.attempt in [2, 3] ? 'large' : 'small' }", ["small", "large", "large"]),
        ("{ params.fast && !(task.attempt >= 3) ? params.queue : 'slow' }", ["own", "own", "slow"]),
        ("{ task.attempt < 2 || false ? 1 : 2 }", [1, 2, 2]),
        ("{ task.cpus * 2.GB }", [8, 8, 8]),
        ("{ Math.min(task.attempt, 2) }", [1, 2, 2]),
        ("{ null ?: 7 }", [7, 7, 7]),
        ("{ 4 as int }", [4, 4, 4]),
        ("{ (params.text as int) * task.attempt }", [8, 16, 24]),
        ("{ (params.text as Integer) * 2.GB }", [16, 16, 16]),
        ("{ 7.9 as int }", [7, 7, 7]),
        ("{ params.text as String }", ["8"] * 3),
        ("{ (params.max_memory as nextflow.util.MemoryUnit) / 2 }", [64, 64, 64]),
        ("{ (params.max_memory as MemoryUnit) > 100.GB ? 1 : 2 }", [1, 1, 1]),
        ("{ -1 + 3 }", [2, 2, 2]),
        ("[cpus:16, memory:'1 GB']", [{"cpus": 16, "memory": "1 GB"}] * 3),
        ('"16 GB"', ["16 GB"] * 3),
    ],
)
def test_what_attempts_are_given(source: str, expected: list[Any] | None) -> None:
    if expected is None:
        with pytest.raises(Unknowable):
            work_out(source)
    else:
        assert work_out(source) == expected


@pytest.mark.parametrize(
    "source",
    [
        "{ meta.size > 3 ? 1.GB : 2.GB }", "{ reads.size() * 1.GB }", '{ "${task.memory} GB" }', "{ def x = 3; x }",
        "{ task.memory }", "{ task.exitStatus == 137 ? 2 : 1 }", "{ 8.parsecs }", "{ 1 +", "{ ( }", "`x`", "{ 'a' * }",
        "{ 1.GB / 0 }", "{ 'a' - 'b' }", "{ params.missing }", "{ switch (task.attempt) { case 1: 2 } }",
        "{ 1; 2; 3 }", "{ params.queue as int }", "{ 1 as Thread }", "{ 4.GB as int }",
        "{ " + "(" * 100_000 + " }", '"${' * 50_000, "{ 8.GB.toParsecs() }", "{ unheard_of(1) }",
    ],
)  # fmt: skip
def test_what_only_the_run_can_tell(source: str) -> None:
    with pytest.raises(Unknowable):
        work_out(source)


def test_times_and_amounts_are_not_mixed() -> None:
    scope = Attempt(2, {"time": "{ 4.h * task.attempt }", "odd": "{ 4.h + 1.GB > 'x' }"}, {})
    assert scope.value("time") == Time(8 * 3600)
    assert scope.value("nothing") is None
    with pytest.raises(Unknowable):
        scope.value("odd")


def test_amounts_as_texts() -> None:
    assert [read_memory(text) for text in ("16 GB", "16.GB", "16GB", "512 MB", "1 TB")] == [
        16 * GB, 16 * GB, 16 * GB, GB / 2, 1024 * GB,
    ]  # fmt: skip
    assert read_memory(None) is None
    assert find_rounding(16 * GB) == 0
    assert find_rounding(30.4 * GB) == 0.05 * GB
    with pytest.raises(Unknowable):
        read_memory("much")
