"""Columns of any set, order and spelling; runs that took tasks over from the cache."""

from pathlib import Path

import pytest

from nextflow.traces.read import read, read_all

COLUMNS = "task_id\thash\tname\tstatus\texit\trealtime\tpeak_rss\n"


def write(tmp_path: Path, name: str, *rows: str, columns: str = COLUMNS) -> Path:
    path = tmp_path / name
    path.write_text(columns + "".join(f"{row}\n" for row in rows))
    return path


def test_a_task_that_a_resumed_run_took_over_counts_once(tmp_path: Path) -> None:
    first = write(tmp_path, "a", "1\tab/12\tX (1)\tCOMPLETED\t0\t1s\t1 MB", "2\tcd/34\tX (2)\tFAILED\t1\t1s\t1 MB")
    resumed = write(tmp_path, "b", "1\tab/12\tX (1)\tCACHED\t0\t1s\t1 MB", "2\tef/56\tX (2)\tCOMPLETED\t0\t1s\t1 MB")
    notes: list[str] = []
    attempts = list(read_all([first, resumed], notes))
    assert [(attempt.tag, attempt.status) for attempt in attempts] == [
        ("1", "COMPLETED"), ("2", "FAILED"), ("2", "COMPLETED"),
    ]  # fmt: skip
    assert len(notes) == 1
    assert notes[0].startswith("1 row was of a task")


def test_without_a_hash_nothing_is_taken_for_the_same(tmp_path: Path) -> None:
    path = write(tmp_path, "a", *["X (1)\tCOMPLETED\t1s"] * 3, columns="name\tstatus\trealtime\n")
    assert len(list(read_all([path]))) == 3


def test_columns_that_no_nextflow_writes_are_named(tmp_path: Path) -> None:
    path = write(tmp_path, "a", "X\tCOMPLETED\tblue", columns="name\tstatus\tcolour\n")
    notes: list[str] = []
    assert [attempt.process for attempt in read(path, notes)] == ["X"]
    assert "colour" in notes[0]


@pytest.mark.parametrize(
    ("columns", "row"),
    [
        ("process,name,exitStatus,realtime,peakRss,pcpu\n", "A,A (s),1,1500,1048576,93.2"),
        ("name,exit-status,run-time,mem,%cpu\n", "A (s),1,1.5s,1 MB,93.2%"),
        ('"name","exit","realtime","peak_rss","%cpu"\n', '"A (s)","1","1.5s","1 MB","93,2%"'),
    ],
)
def test_other_spellings(tmp_path: Path, columns: str, row: str) -> None:
    (attempt,) = read(write(tmp_path, "a", row, columns=columns))
    assert (attempt.process, attempt.tag, attempt.exit_code) == ("A", "s", 1)
    assert (attempt.realtime, attempt.peak_memory, attempt.cpu) == (1.5, 1 << 20, 93.2)


def test_what_a_lost_machine_ran_is_known_by_its_begin_and_end(tmp_path: Path) -> None:
    columns = "name\tstatus\texit\tstart\tcomplete\tduration\trealtime\n"
    path = write(
        tmp_path, "a", "X\tFAILED\t-\t2026-11-28 10:00:00.000\t2026-11-28 10:05:00.500\t9m\t-", columns=columns
    )
    (attempt,) = read(path)
    assert attempt.lasted == 300.5


def test_a_rss_where_the_peak_is_unknown(tmp_path: Path) -> None:
    rows = ("A\tCOMPLETED\t2 MB\t-", "B\tCOMPLETED\t2 MB\t3 MB")
    path = write(tmp_path, "a", *rows, columns="name\tstatus\trss\tpeak_rss\n")
    assert [attempt.peak_memory for attempt in read(path)] == [2 << 20, 3 << 20]


def test_a_name_in_another_encoding(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes("name\tstatus\trealtime\nX (Müller)\tCOMPLETED\t1s\n".encode("latin-1"))
    (attempt,) = read(path)
    assert attempt.process == "X"


def test_a_last_line_without_an_end_is_told_of(tmp_path: Path) -> None:
    path = write(tmp_path, "a", "X\tCOMPLETED\t1s", columns="name\tstatus\trealtime\n")
    notes: list[str] = []
    assert len(list(read(path, notes))) == 1
    assert notes == []
    path.write_text(path.read_text().rstrip("\n"))
    assert len(list(read(path, notes))) == 1
    assert "cut off" in notes[0]


def test_control_characters_of_a_name_go_nowhere(tmp_path: Path) -> None:
    """A picture with one in it is no XML, and a terminal obeys it."""
    path = write(tmp_path, "a", "A\x1b[31m\x07 (1)\tCOMPLETED\t1s", columns="name\tstatus\trealtime\n")
    assert [attempt.process for attempt in read(path)] == ["A?[31m?"]
