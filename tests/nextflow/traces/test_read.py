"""Traces of any Nextflow: tabs or commas, human or raw, any set and order of columns; and reports."""

from pathlib import Path

import pytest

from kiln.errors import UserError
from nextflow.traces.read import read
from nextflow.traces.task import Attempt

GIB = 1 << 30


def write(tmp_path: Path, text: str, name: str = "trace.txt") -> Path:
    path = tmp_path / name
    path.write_text(text)
    return path


def read_one(tmp_path: Path, text: str) -> Attempt:
    (found,) = read(write(tmp_path, text))
    return found


def test_a_row_for_people(tmp_path: Path) -> None:
    found = read_one(
        tmp_path,
        "name\tstatus\texit\trealtime\tcpus\t%cpu\tmemory\tpeak_rss\n"
        "A:B (s 1)\tCOMPLETED\t0\t2m 30s\t6\t480.1%\t8 GB\t6.5 GB\n",
    )
    assert (found.process, found.tag, found.exit_code, found.cpus) == ("A:B", "s 1", 0, 6)
    assert (found.realtime, found.memory, found.cpus_used) == (150.0, 8 * GIB, 4.801)
    assert found.peak_memory == int(6.5 * GIB)


def test_a_row_of_raw_values_with_commas_in_a_quoted_name(tmp_path: Path) -> None:
    text = 'task_id,process,name,exit,realtime,peak_rss\n1,ALIGN,"ALIGN (a, b)",0,1500,1048576\n'
    found = read_one(tmp_path, text)
    assert (found.process, found.tag, found.realtime, found.peak_memory) == ("ALIGN", "a, b", 1.5, 1048576)


def test_old_columns_and_a_trace_without_status(tmp_path: Path) -> None:
    found = read_one(tmp_path, "name\texit\trealtime\trss\tvmem\nX\t1\t1s\t2 MB\t3 MB\n")
    assert (found.status, found.peak_memory) == ("FAILED", 2 << 20)


def test_unmetered_is_unknown_and_never_nothing(tmp_path: Path) -> None:
    found = read_one(tmp_path, "name\tstatus\texit\trealtime\t%cpu\tpeak_rss\nX\tCOMPLETED\t0\t-\t-\t-\n")
    assert not found.is_measured
    assert (found.peak_memory, found.cpu, found.realtime) == (None, None, None)
    measured = read_one(tmp_path, "name\tstatus\texit\trealtime\t%cpu\tpeak_rss\nX\tCOMPLETED\t0\t0ms\t0.0%\t0\n")
    assert measured.is_measured
    assert measured.peak_memory == 0


def test_nothing_ran(tmp_path: Path) -> None:
    assert list(read(write(tmp_path, "task_id\thash\tname\tstatus\texit\n"))) == []


REPORT = """<!DOCTYPE html><html><body><script>
  window.data = { "trace":[{"task_id":"1","name":"SAY (it\\'s)","process":"SAY","status":"COMPLETED","exit":"0",
    "realtime":"1500","peak_rss":"1048576","script":"echo \\x27a\\x27",},], "summary":[] };
</script></body></html>"""


def test_a_report(tmp_path: Path) -> None:
    (found,) = read(write(tmp_path, REPORT, "report.html"))
    assert (found.process, found.realtime, found.peak_memory) == ("SAY", 1.5, 1048576)


def test_what_the_page_says_of_its_data_before_is_no_data(tmp_path: Path) -> None:
    """As in Nextflow's template: plots have a trace of their own, and the page asks whether its data is there."""
    page = REPORT.replace("<script>", "<script>var plot = {trace: [{x: 1}]}; if (window.data.trace==null) {}\n", 1)
    (found,) = read(write(tmp_path, page, "report.html"))
    assert found.process == "SAY"


def test_a_report_of_too_many_tasks(tmp_path: Path) -> None:
    page = '<html><script>window.data = { "trace": null, "summary": [] };</script></html>'
    with pytest.raises(UserError, match="holds no tasks") as raised:
        list(read(write(tmp_path, page, "report.html")))
    assert "10,000" in raised.value.why
    assert "-with-trace" in raised.value.hint


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"\n\n", "is empty"),
        (b"\x7fELF\0\0\0", "binary"),
        (b"\x1f\x8b\x08\0", "binary"),
        (b"a,b,c\n1,2,3\n", "no Nextflow trace"),
        (b"name: genomics\nimage: x\n", "no Nextflow trace"),
        (b"<html><body>no data</body></html>", "no Nextflow execution report"),
        (b"name\tstatus\texit\nX\tCOMPLETED\t0\nY\tCOMPL", "line 3: it has 2 fields"),
        (b"name\tstatus\trealtime\nX\tCOMPLETED\tsoon\n", "line 2: column realtime"),
        (b'<html><script>window.data = {"trace":[{"name":"A","exit"', "breaks off"),
        ("name\tstatus\n".encode("utf-16"), "no Nextflow trace"),
    ],
)  # fmt: skip
def test_what_is_no_trace(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "given"
    path.write_bytes(content)
    with pytest.raises(UserError) as raised:
        list(read(path))
    assert words in f"{raised.value.what} {raised.value.why}"
    assert str(path) in raised.value.what


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="cannot be read"):
        list(read(tmp_path / "missing.txt"))


@pytest.mark.parametrize(
    ("content", "hint"),
    [
        (b"\x1f\x8b\x08\0", "gunzip"), (b"PK\x03\x04\0", "unpack"),
        ("name\tstatus\nA\tCOMPLETED\n".encode("utf-16"), "UTF-8"),
    ],
)  # fmt: skip
def test_what_is_packed_or_in_another_encoding_is_told_how_to_mend(tmp_path: Path, content: bytes, hint: str) -> None:
    (path := tmp_path / "given").write_bytes(content)
    with pytest.raises(UserError) as raised:
        list(read(path))
    assert hint in raised.value.hint
