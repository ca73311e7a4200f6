"""Texts of AMIs and leftovers, on values made by hand."""

import io
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from images.amis.catalogue import Entry
from images.clean import Leftover
from images.commands import show
from images.record.report import Report
from kiln.journal import Journal
from kiln.screen import Screen
from kiln.undo import Undone

NOW = datetime(2026, 1, 3, tzinfo=UTC)


def entry(ami: str = "ami-1", state: str = "available") -> Entry:
    made = datetime(2026, 1, 1, tzinfo=UTC)
    return Entry(ami, "n", "x", "0123456789", "tested", "ami-0", "b", made, state, 30, "", (), {})


def leftover(name: str) -> Leftover:
    return Leftover("key pair", name, "b1", "its build has ended", lambda: None)


def test_a_row_for_each_ami_in_columns() -> None:
    head, first, second = show.render_table([entry(), entry("ami-22", "pending")], NOW).splitlines()
    assert head.split() == ["NAME", "ID", "BASE", "KEY", "STATUS", "AGE", "SIZE"]
    assert first.split("  ")[0] == "x"
    assert [cell.strip() for cell in first.split("  ") if cell.strip()] == [
        "x", "ami-1", "ami-0", "01234567", "tested", "2 days old", "30 GiB",
    ]  # fmt: skip
    assert "tested (pending)" in second
    assert head.index("BASE") == first.index("ami-0") == second.index("ami-0")


def test_leftovers_are_shown_before_they_go() -> None:
    text = show.render_leftovers([leftover("a"), leftover("b")], [], applied=False)
    assert [line[0] for line in text.splitlines()[:2]] == ["-", "-"]
    assert "build b1: its build has ended" in text
    assert "2 things" in text
    assert "clean --apply" in text


def test_leftovers_that_went_and_that_did_not() -> None:
    good, bad = leftover("a"), leftover("b")
    text = show.render_leftovers([good, bad], [(bad, "in use")], applied=True)
    assert [line[0] for line in text.splitlines()] == ["✓", "✗", " "]
    assert text.splitlines()[2].strip() == "in use"
    assert "clean --apply" not in text


def test_nothing_is_left() -> None:
    assert show.render_leftovers([], [], applied=False) == show.render_leftovers([], [], applied=True)


def test_what_a_failed_build_left(tmp_path: Path) -> None:
    log = Path("log.txt")
    with closing(Journal(tmp_path)) as journal:
        report = Report(Screen(io.StringIO()), journal)
    assert "nothing" in show.render_left(report, log)
    assert show.render_left(report, log).endswith("\nLog: log.txt")
    report.kept = "the builder i-1"
    assert "the builder i-1" in show.render_left(report, log)
    assert "clean --apply" in show.render_left(report, log)
    report.left = [Undone("key pair", "denied", "aws ec2 delete-key-pair")]
    assert show.render_left(report, log).splitlines()[0] == "key pair: aws ec2 delete-key-pair"
