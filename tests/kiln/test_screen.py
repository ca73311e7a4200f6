"""The same lines for a terminal and for a file: live there, stamped here."""

import io
import json
import re
import sys
from datetime import UTC, datetime

import pytest

from kiln.screen import Screen, print_json, print_result


def test_without_a_terminal_lines_are_stamped_and_free_of_control_codes() -> None:
    stream = io.StringIO()
    screen = Screen(stream)
    with screen.step("preflight") as line:
        line.live("not shown")
        line.note = "name free"
    assert re.fullmatch(r"\d\d:\d\d:\d\dZ  ✓ preflight +0\.\d s   name free\n", stream.getvalue())


def test_a_step_that_fails_is_marked() -> None:
    stream = io.StringIO()
    with pytest.raises(ValueError, match="x"), Screen(stream).step("builder"):
        raise ValueError("x")
    assert "✗ builder" in stream.getvalue()


def test_on_a_terminal_a_line_from_a_machine_is_text_and_no_markup() -> None:
    stream = io.StringIO()
    screen = Screen(stream, live=True)
    with screen.step("step [bold]") as line:
        line.live("[red]not red[/red] [/]")
    assert "step [bold]" in stream.getvalue()


def test_a_steps_time_stands_in_one_column_and_a_deeper_ones_in_another() -> None:
    stream = io.StringIO()
    screen = Screen(stream)
    screen.finish(screen.line("preflight"), 1.44)
    screen.finish(screen.line("install jq", indent=2), 372)
    top, deep = stream.getvalue().splitlines()
    assert top[11:] == f"✓ {'preflight':<20} {'1.4 s':>11}"
    assert deep[11:] == f"  ✓ {'install jq':<60} {'6 min 12 s':>11}"


def test_several_lines_are_stamped_one_by_one() -> None:
    stream = io.StringIO()
    screen = Screen(stream)
    screen.say("a\n\nb")
    screen.line("x", indent=2).say("later")
    lines = stream.getvalue().splitlines()
    assert [line[11:] for line in lines] == ["a", "", "b", "  … later"]
    assert re.fullmatch(r"\d\d:\d\d:\d\dZ", lines[1])


def test_what_a_stream_cannot_encode_is_written_as_its_number(monkeypatch: pytest.MonkeyPatch) -> None:
    for encoding, shown in (("utf-8", "✓ \\ud800\n"), ("ascii", "\\u2713 \\ud800\n")):
        written = io.BytesIO()
        stream = io.TextIOWrapper(written, encoding=encoding, write_through=True)
        monkeypatch.setattr(sys, "stdout", stream)
        print_result("✓ \ud800")
        assert written.getvalue().decode(encoding) == shown
        for live in (False, True):
            Screen(stream, live=live).say("✓ \ud800")


def test_a_quiet_screen_says_nothing() -> None:
    for live in (True, False):
        stream = io.StringIO()
        screen = Screen(stream, live=live, quiet=True)
        with screen.step("preflight") as line:
            line.live("x")
            line.say("y")
        screen.say("z")
        assert stream.getvalue() == ""


def test_on_a_terminal_marks_are_coloured_and_lines_are_not_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    stream = io.StringIO()
    long = "x" * 300
    Screen(stream, live=True).say(f"✓ good\n  ✗ bad\n! {long}\nplain ✓ text")
    green, red, yellow = ("\x1b[32m✓\x1b[0m", "\x1b[31m✗\x1b[0m", "\x1b[33m!\x1b[0m")
    assert stream.getvalue() == f"{green} good\n  {red} bad\n{yellow} {long}\nplain ✓ text\n"


def test_while_a_step_runs_its_title_and_its_newest_words_are_shown() -> None:
    stream = io.StringIO()
    screen = Screen(stream, live=True)
    with screen.step("step", indent=4) as line:
        line.live("a" * 40 + "b" * 60)
        [task] = screen._status.tasks
        assert (task.description, task.fields["tail"]) == ("    step", "b" * 60)
        began = task.start_time
        line.live("next")
        assert screen._status.tasks[0].start_time == began
        screen.show_live(screen.line("step"), "")
        of_step = screen._status.tasks[0].start_time
        screen.show_live(screen.line("another"), "")
        assert screen._status.tasks[0].description == "another"
        assert began < of_step < screen._status.tasks[0].start_time, "the time of a new title begins anew"
    assert screen._status is None


def test_a_document_is_json_and_what_json_has_no_type_for_is_text(capsys: pytest.CaptureFixture[str]) -> None:
    print_json({"a": [1], "when": datetime(2026, 1, 2, tzinfo=UTC)})
    assert json.loads(capsys.readouterr().out) == {"a": [1], "when": "2026-01-02 00:00:00+00:00"}
