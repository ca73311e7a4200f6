"""Records whose fields do not come out by themselves: what tags hold, what others quote, what separates.

The tags, and what stands between fields, are as a Nextflow of 24.10 wrote them.
"""

from pathlib import Path

import pytest

from kiln.errors import UserError
from nextflow.traces.read import read
from nextflow.traces.task import Attempt

HEADER = "task_id\thash\tname\tstatus\texit\trealtime\tpeak_rss\n"
WHOLE = "task_id\thash\tprocess\ttag\tname\tstatus\tpeak_rss\tscript\tscratch\n"


def row(number: int, name: str) -> str:
    return f"{number}\tab/{number:06x}\t{name}\tCOMPLETED\t0\t3s\t1 GB\n"


def list_all(tmp_path: Path, text: str) -> list[Attempt]:
    path = tmp_path / "trace.txt"
    path.write_text(text)
    return list(read(path))


@pytest.mark.parametrize("tag", ["new\nline", "\n\nthree\n", "tab\tand\nline", 'quoted "x"\nline'])
@pytest.mark.parametrize("mark", ["\t", ","])
def test_a_tag_that_holds_the_end_of_a_line(tmp_path: Path, tag: str, mark: str) -> None:
    text = HEADER + row(1, "S:ODD (plain)") + row(2, f"S:ODD ({tag})") + row(3, "S:ODD (x)")
    attempts = list_all(tmp_path, text.replace("\t", mark))
    assert [(attempt.process, attempt.realtime) for attempt in attempts] == [("S:ODD", 3.0)] * 3
    assert attempts[1].tag.strip() == tag.replace("\t", mark).strip()


def test_a_tag_over_lines_beside_scripts_over_lines(tmp_path: Path) -> None:
    """Its record was taken for a part of the script before it, and nobody was told."""
    script = "\n    echo a\n    awk '{print 1\t2\t3\t4\t5\t6\t7\t8}'\n    "
    text = WHOLE
    for number, tag in enumerate(("a", "new\nline", "tab\there", "b"), start=1):
        text += f"{number}\tab/{number:06x}\tP\t{tag}\tP ({tag})\tCOMPLETED\t{number} GB\t{script}\t-\n"
    attempts = list_all(tmp_path, text)
    assert [attempt.tag for attempt in attempts] == ["a", "new\nline", "tab\there", "b"]
    assert [attempt.peak_memory for attempt in attempts] == [number << 30 for number in (1, 2, 3, 4)]


def test_a_line_that_is_cut_off_takes_no_other_with_it(tmp_path: Path) -> None:
    with pytest.raises(UserError) as raised:
        list_all(
            tmp_path, HEADER + "1\tab/000001\tA (x)\tCOMP\n" + row(2, "A") + "3\tab/000003\tA (y\n" + row(4, "A (z)")
        )
    assert raised.value.why == (
        "line 2: it has 4 fields, and the first line names 7: it may be cut off; "
        "line 4: it has 3 fields, and the first line names 7: it may be cut off"
    )


def test_a_tag_over_lines_in_the_first_column(tmp_path: Path) -> None:
    text = "name\tstatus\trealtime\nS:P (new\nline)\tFAILED\t2s\nS:P (x)\tCOMPLETED\t3s\n"
    assert [(attempt.tag, attempt.realtime) for attempt in list_all(tmp_path, text)] == [("new\nline", 2.0), ("x", 3.0)]


@pytest.mark.parametrize("name", ['"S:STAR (a,1)"', '"S:STAR (a ""1"")"'])
def test_excel_quotes_between_tabs_too(tmp_path: Path, name: str) -> None:
    attempts = list_all(tmp_path, HEADER + row(1, name) + row(2, "S:STAR (b)"))
    assert [attempt.process for attempt in attempts] == ["S:STAR", "S:STAR"]
    everything = "\t".join(f'"{field}"' for field in row(1, "S:STAR (a)").strip().split("\t"))
    assert [attempt.exit_code for attempt in list_all(tmp_path, HEADER + everything + "\n")] == [0]


@pytest.mark.parametrize("tag", ['"all quoted"', '"a" b', "it's \"", '"open'])
def test_quotes_of_a_tags_own(tmp_path: Path, tag: str) -> None:
    attempts = list_all(tmp_path, HEADER.replace("name", "name\ttag") + row(1, f"P ({tag})\t{tag}") + row(2, "P\t-"))
    assert [(attempt.process, attempt.realtime) for attempt in attempts] == [("P", 3.0), ("P", 3.0)]
    assert attempts[0].tag.strip('"') == tag.strip('"')


@pytest.mark.parametrize("mark", ["\0\t\0", "::", " | ", "~~"])
def test_what_separates_may_be_any_text(tmp_path: Path, mark: str) -> None:
    """trace.sep; workflow managers above Nextflow set it to what no name holds."""
    attempts = list_all(tmp_path, (HEADER + row(1, "S:P (a)") + row(2, 'S:P (b; "c" | d)')).replace("\t", mark))
    assert [(attempt.process, attempt.tag, attempt.peak_memory) for attempt in attempts] == [
        ("S:P", "a", 1 << 30), ("S:P", 'b; "c" | d', 1 << 30),
    ]  # fmt: skip


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le"])
def test_a_text_in_utf_16_is_no_trace_with_a_separator_of_its_own(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "trace.txt").write_bytes((HEADER + row(1, "A")).encode(encoding))
    with pytest.raises(UserError, match="is no Nextflow trace"):
        list(read(tmp_path / "trace.txt"))


def test_a_name_that_is_cut_off_is_still_of_its_process(tmp_path: Path) -> None:
    assert [attempt.process for attempt in list_all(tmp_path, HEADER + row(1, "S:P (a long sam"))] == ["S:P"]


def test_a_column_without_a_name_is_passed_over_without_a_word(tmp_path: Path) -> None:
    """Tables of numbered rows have one."""
    path = tmp_path / "trace.txt"
    path.write_text(",name,status\n0,A,COMPLETED\n")
    notes: list[str] = []
    assert [attempt.process for attempt in read(path, notes)] == ["A"]
    assert notes == []


def test_a_duration_below_nothing_is_unknown(tmp_path: Path) -> None:
    """Old versions wrote it, where a clock was set back while the task ran."""
    attempts = list_all(tmp_path, HEADER + row(1, "A").replace("3s", "-5000ms") + row(2, "A").replace("3s", "-1h 5s"))
    assert [attempt.realtime for attempt in attempts] == [None, None]
