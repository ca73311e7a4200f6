"""What is left standing when a build fails."""

import io
import json
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from images.builder.keys import generate_keys
from images.builder.launch import Launched
from images.builder.on_error import THE_AMI, OnError, keep_on_error, parse_on_error
from images.record.report import Report
from kiln.errors import Interrupted, UserError
from kiln.journal import Journal
from kiln.screen import Screen
from kiln.undo import Undo
from tests.support.booting import FIRST, boot

MACHINE = Launched("i-1", FIRST, "203.0.113.9", datetime(2026, 1, 2, 3, 4, tzinfo=UTC))


@pytest.fixture
def report(tmp_path: Path) -> Iterator[Report]:
    with closing(Journal(tmp_path)) as journal:
        yield Report(Screen(io.StringIO()), journal)


def fail(
    choice: OnError, report: Report, folder: Path, error: BaseException,
    *, machine: Launched | None = MACHINE, what: str = "the builder",
) -> list[str]:  # fmt: skip
    """A build that fails once its machine runs; what was undone."""
    undone: list[str] = []
    with pytest.raises(type(error)), Undo() as undo:
        undo.push("instance", lambda: undone.append("instance"))
        with keep_on_error(choice, undo, boot(folder), report, what) as kept:
            kept.machine, kept.keys = machine, generate_keys("kiln")
            raise error
    return undone


@pytest.mark.parametrize("text", ["cleanup", "keep", "ask"])
def test_the_choices(text: str) -> None:
    assert parse_on_error(text) == text
    with pytest.raises(UserError, match="leave") as caught:
        parse_on_error("leave")
    assert "cleanup, keep, ask" in caught.value.hint


def test_a_builder_is_removed_unless_it_is_to_be_kept(report: Report, tmp_path: Path) -> None:
    assert fail("cleanup", report, tmp_path, UserError("no")) == ["instance"]
    assert report.kept == ""
    assert fail("keep", report, tmp_path, UserError("no")) == []
    assert report.kept == "the builder i-1"


def test_a_kept_builder_can_be_logged_in_to_and_its_key_is_nobody_elses(report: Report, tmp_path: Path) -> None:
    fail("keep", report, tmp_path, UserError("no"))
    kept = json.loads((tmp_path / "kept.json").read_text())
    assert (kept["instance"], kept["host"], kept["user"]) == ("i-1", "203.0.113.9", "ec2-user")
    assert kept["host_key"].startswith("ssh-ed25519 ")
    assert "PRIVATE KEY" in (tmp_path / "key").read_text()
    assert {(tmp_path / name).stat().st_mode & 0o777 for name in ("key", "kept.json")} == {0o600}


def test_an_interrupt_always_undoes(report: Report, tmp_path: Path) -> None:
    assert fail("keep", report, tmp_path, Interrupted("SIGINT")) == ["instance"]


def test_without_a_machine_there_is_nothing_to_look_at(report: Report, tmp_path: Path) -> None:
    assert fail("keep", report, tmp_path, UserError("no"), machine=None) == ["instance"]
    assert fail("keep", report, tmp_path, UserError("no"), machine=None, what=THE_AMI) == []
    assert report.kept == THE_AMI


def test_without_a_terminal_nobody_is_asked(report: Report, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("yes\n"))
    assert fail("ask", report, tmp_path, UserError("no")) == ["instance"]
