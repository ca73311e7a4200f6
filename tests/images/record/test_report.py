"""What a build tells: to the screen, to the journal, and at its end to the timeline."""

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from images.record.report import Report
from kiln.journal import Journal
from kiln.screen import Screen
from kiln.undo import Undone


class Told:
    """A report, and what it told."""

    def __init__(self, folder: Path) -> None:
        self.stream = io.StringIO()
        self.journal = Journal(folder)
        self.report = Report(Screen(self.stream), self.journal)

    @property
    def events(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in (self.journal.folder / "journal.jsonl").read_text().splitlines()]


@pytest.fixture
def told(tmp_path: Path) -> Iterator[Told]:
    made = Told(tmp_path)
    yield made
    made.journal.close()


def test_a_stage_begins_and_ends_in_the_journal(told: Told) -> None:
    with told.report.step("builder") as line:
        line.note = "i-1"
    begin, end = told.events
    assert (begin["event"], begin["stage"]) == ("begin", "builder")
    assert (end["event"], end["stage"], end["ok"]) == ("end", "builder", True)
    [span] = told.report.spans
    assert (span.name, span.depth, span.ok) == ("builder", 0, True)
    assert 0 <= span.start <= span.end
    assert "i-1" in told.stream.getvalue()


def test_a_stage_that_fails_is_told_as_one(told: Told) -> None:
    with pytest.raises(ValueError, match="x"), told.report.step("builder"):
        raise ValueError("x")
    assert told.events[-1]["ok"] is False
    assert told.report.spans[0].ok is False


def test_a_step_on_a_machine_has_the_seconds_that_were_measured_there(told: Told) -> None:
    told.report.remote_step("install", 1e9, ok=False, note="n")
    [span] = told.report.spans
    assert (span.name, span.start, span.depth, span.ok) == ("install", 0.0, 1, False)
    assert told.events[0]["seconds"] == 1e9
    assert "    ✗ install" in told.stream.getvalue()


def test_what_could_not_be_removed_is_said_loudly(told: Told) -> None:
    told.report.undone(Undone("key pair"))
    assert (told.report.left, told.stream.getvalue()) == ([], "")
    failed = Undone("security group", "in use", "aws ec2 delete-security-group")
    told.report.undone(failed)
    assert told.report.left == [failed]
    assert "! security group" in told.stream.getvalue()
    assert "aws ec2 delete-security-group" in told.stream.getvalue()
    assert [(event["what"], event["error"]) for event in told.events] == [
        ("key pair", ""),
        ("security group", "in use"),
    ]
