"""Tables as Nextflow and people really leave them: put together, with free text between unquoted separators."""

import time
from pathlib import Path

import pytest

from kiln.errors import UserError
from nextflow.traces.read import read
from nextflow.traces.task import Attempt

HEADER = "task_id\tname\tstatus\texit\trealtime\tpeak_rss\n"


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "trace.txt"
    path.write_text(text)
    return path


def row(number: int, name: str, time: str = "3s", memory: str = "1 GB") -> str:
    return f"{number}\t{name}\tCOMPLETED\t0\t{time}\t{memory}\n"


def list_all(tmp_path: Path, text: str) -> list[Attempt]:
    return list(read(write(tmp_path, text)))


def test_traces_that_were_put_together_begin_anew_with_each_line_of_names(tmp_path: Path) -> None:
    other = "name\tstatus\tpeak_rss\nB (1)\tCOMPLETED\t2 GB\n"
    attempts = list_all(tmp_path, HEADER + row(1, "A (1)") + HEADER + row(2, "A (2)") + other)
    assert [(attempt.process, attempt.tag) for attempt in attempts] == [("A", "1"), ("A", "2"), ("B", "1")]
    assert [attempt.realtime for attempt in attempts] == [3.0, 3.0, None]
    assert attempts[2].peak_memory == 2 << 30
    names = list_all(tmp_path, "name\tstatus\nA\tCOMPLETED\nname\tstatus\nA\tCOMPLETED\n")
    assert [attempt.process for attempt in names] == ["A", "A"]


def test_blank_lines_are_nothing_wherever_they_stand(tmp_path: Path) -> None:
    attempts = list_all(
        tmp_path, "\n  \n" + HEADER + "\n" + row(1, "A") + "   \n" + "\t" * 5 + "\n" + row(2, "B") + "\n"
    )
    assert [attempt.process for attempt in attempts] == ["A", "B"]


@pytest.mark.parametrize("name", ["", "-", " "])
def test_a_row_must_name_its_process(tmp_path: Path, name: str) -> None:
    with pytest.raises(UserError) as raised:
        list_all(tmp_path, HEADER + row(1, name))
    assert "line 2: it names no process" in raised.value.why


@pytest.mark.parametrize("mark", [",", ";", "|"])
def test_a_name_with_separators_in_it_that_nobody_quoted(tmp_path: Path, mark: str) -> None:
    """With `trace.sep = ','` Nextflow joins and quotes nothing."""
    text = "task_id\tname\ttag\tstatus\texit\trealtime\tworkdir\n".replace("\t", mark)
    tag = f"a{mark} (odd) 'q' \"d\"{mark}x"
    text += mark.join(("1", f"S:ALIGN ({tag})", tag, "COMPLETED", "0", "3s", "/w\n"))
    text += mark.join(("2", f'S:ALIGN ("b"{mark}c)', f'"b"{mark}c', "FAILED", "1", "4s", "/w\n"))
    text += mark.join(("3", "FIX", "-", "COMPLETED", "0", "5s", "/w\n"))
    attempts = list_all(tmp_path, text)
    assert [attempt.process for attempt in attempts] == ["S:ALIGN", "S:ALIGN", "FIX"]
    assert [attempt.tag for attempt in attempts] == [tag, f'"b"{mark}c', ""]
    assert [attempt.realtime for attempt in attempts] == [3.0, 4.0, 5.0]
    assert [attempt.status for attempt in attempts] == ["COMPLETED", "FAILED", "COMPLETED"]


def test_a_row_with_too_many_fields_and_no_way_to_read_them(tmp_path: Path) -> None:
    with pytest.raises(UserError) as raised:
        list_all(tmp_path, "name,status,realtime\nA (1),COMPLETED,3s,x,y\n")
    assert "line 2: it has 5 fields, and the first line names 3" in raised.value.why


SCRIPT = '\n    echo a, "b"\n    if true; then\n\techo 1\t2\t3\t4\t5\t6\n    fi\n\n    '


@pytest.mark.parametrize("mark", ["\t", ","])
@pytest.mark.parametrize(
    "columns",
    ["name status exit realtime script peak_rss", "name status exit realtime peak_rss script",
     "script name status exit realtime peak_rss", "name status exit env script realtime peak_rss"],
)  # fmt: skip
def test_scripts_that_span_lines(tmp_path: Path, columns: str, mark: str) -> None:
    values = {"status": "COMPLETED", "exit": "0", "peak_rss": "1 GB", "env": "A=1\nB=2, 3"}
    lines = [columns.replace(" ", mark)]
    for number, script in enumerate((SCRIPT, "echo x", SCRIPT), start=1):
        own = values | {"name": f"A ({number})", "script": script, "realtime": f"{number}s"}
        lines.append(mark.join(own[column] for column in columns.split()))
    attempts = list_all(tmp_path, "\n".join(lines) + "\n")
    assert [(attempt.process, attempt.tag, attempt.realtime) for attempt in attempts] == [
        ("A", "1", 1.0), ("A", "2", 2.0), ("A", "3", 3.0),
    ]  # fmt: skip
    assert {attempt.peak_memory for attempt in attempts} == {1 << 30}


def test_a_script_that_breaks_off(tmp_path: Path) -> None:
    with pytest.raises(UserError) as raised:
        list_all(tmp_path, "name\tstatus\tscript\tpeak_rss\nA\tCOMPLETED\techo\n  b\n")
    assert "line 2: it has 3 fields, and the first line names 4" in raised.value.why


def test_a_script_in_quotes_that_spans_lines(tmp_path: Path) -> None:
    text = 'name,status,script,realtime\n"A (1, 2)",COMPLETED,"echo ""a""\n  echo b, c",3s\nB,COMPLETED,x,4s\n'
    assert [(attempt.process, attempt.realtime) for attempt in list_all(tmp_path, text)] == [("A", 3.0), ("B", 4.0)]


def test_a_quote_that_is_never_closed(tmp_path: Path) -> None:
    rows = "".join(f"B ({number}),x,COMPLETED,3s\n" for number in range(60_000))
    attempts = list_all(tmp_path, 'name,tag,status,realtime\nA,"x,COMPLETED,2s\n' + rows)
    assert (len(attempts), attempts[0].process, attempts[0].realtime) == (60_001, "A", 2.0)


def test_what_a_clock_that_was_set_back_counted_is_unknown(tmp_path: Path) -> None:
    """A trace for people has "-" there, as Nextflow's durations are never negative; trace.raw has the number."""
    (attempt,) = list_all(tmp_path, HEADER + row(1, "A", time="-5", memory="1048576"))
    assert (attempt.realtime, attempt.peak_memory) == (None, 1 << 20)


def test_a_column_that_stands_there_twice(tmp_path: Path) -> None:
    (attempt,) = list_all(tmp_path, "name\tstatus\ttag\trealtime\tname\ttag\nA (1)\tCOMPLETED\t1\t3s\tA (1)\t1\n")
    assert (attempt.process, attempt.realtime) == ("A", 3.0)
    (attempt,) = list_all(tmp_path, "tag\tname\ttag\tstatus\n1\tA (1)\t1\tCOMPLETED\n")
    assert attempt.process == "A"


def test_separators_behind_the_last_field_are_none(tmp_path: Path) -> None:
    for mark in ("\t", ","):
        text = "name\tstatus\trealtime\nA\tCOMPLETED\t3s\t\t\n".replace("\t", mark)
        assert [attempt.realtime for attempt in list_all(tmp_path, text)] == [3.0]


def test_a_time_in_a_form_of_ones_own_is_unknown(tmp_path: Path) -> None:
    """`trace.fields` may say how dates are written; they are needed only where nothing else tells how long it ran."""
    text = "name\tstatus\tstart\tcomplete\tduration\trealtime\n"
    text += "A\tFAILED\t25/12/2024 10:00\t25/12/2024 11:00\t2h\t-\n"
    (attempt,) = list_all(tmp_path, text)
    assert (attempt.begun, attempt.completed, attempt.lasted) == (None, None, 7200.0)


def test_a_word_where_a_number_should_be(tmp_path: Path) -> None:
    with pytest.raises(UserError) as raised:
        list_all(tmp_path, "name\tstatus\texit\nA\tCOMPLETED\tzero\n")
    assert raised.value.why == "line 2: column exit: 'zero' is no number"


def test_what_looks_like_records_and_is_none_is_given_up_soon(tmp_path: Path) -> None:
    """Trying what spans lines again and again would take hours."""
    text = "name\ttag\tstatus\tscript\tenv\trealtime\n" + "A\tx\tDONE\ta b\tc\td\te\tf y\n" * 20_000
    begun = time.monotonic()
    with pytest.raises(UserError, match="cannot be read as a trace"):
        list_all(tmp_path, text)
    assert time.monotonic() - begun < 20
