"""What a build leaves in its folder when it fails."""

import io
import json
from pathlib import Path

import pytest

from images.commands.recording import record
from kiln.errors import Interrupted, UserError, left_by
from kiln.screen import Screen
from tests.support.booting import boot


def events(folder: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in (folder / "journal.jsonl").read_text().splitlines()]


def test_a_good_build_is_journaled_from_its_start(tmp_path: Path) -> None:
    with record(Screen(io.StringIO()), boot(tmp_path)) as report, report.step("builder"):
        pass
    assert [event["event"] for event in events(tmp_path)] == ["started", "begin", "end"]
    assert events(tmp_path)[0]["build"] == "20260102T030405Z-abc123"


@pytest.mark.parametrize("error", [UserError("no room"), Interrupted("SIGINT"), ZeroDivisionError("no room")])
def test_an_error_learns_where_the_log_is_and_what_is_left(tmp_path: Path, error: BaseException) -> None:
    with pytest.raises(type(error)) as caught, record(Screen(io.StringIO()), boot(tmp_path)) as report:
        report.kept = "the builder i-1"
        raise error
    assert left_by(caught.value).startswith("the builder i-1, kept on request")
    assert left_by(caught.value).endswith(f"Log: {tmp_path / 'log.txt'}")
    assert events(tmp_path)[-1]["event"] == "failed"
