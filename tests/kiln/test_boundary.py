"""Where errors end: the words on stderr and the exit code."""

import io
import sys

import pytest

from kiln import boundary
from kiln.errors import Exit, Interrupted, UserError


def test_each_part_of_an_error_has_its_label_and_keeps_its_lines() -> None:
    error = UserError("it failed", "because\nof this", "do that", output="line 1\n  line 2")
    error.left = "nothing\nLog: x"
    assert boundary.render(error).splitlines() == [
        "✗ it failed",
        "    line 1",
        "      line 2",
        "  Why    because",
        "         of this",
        "  Try    do that",
        "  Left   nothing",
        "         Log: x",
    ]
    assert boundary.render(UserError("it failed")) == "✗ it failed"


def test_an_interrupt_says_what_it_left(capsys: pytest.CaptureFixture[str]) -> None:
    error = Interrupted("SIGINT")
    error.left = "a machine"
    assert boundary.tell(error) == Exit.INTERRUPTED
    assert capsys.readouterr().err == "✗ interrupted\n  Left   a machine\n"
    assert boundary.tell(KeyboardInterrupt()) == Exit.INTERRUPTED
    assert capsys.readouterr().err == "✗ interrupted\n"


def test_an_error_that_can_be_mended(capsys: pytest.CaptureFixture[str]) -> None:
    assert boundary.tell(UserError("no", "why")) == Exit.USER_ERROR
    assert capsys.readouterr() == ("", "✗ no\n  Why    why\n")


def test_a_bug_is_for_others_to_show(capsys: pytest.CaptureFixture[str]) -> None:
    assert boundary.tell(ValueError("x")) is None
    assert capsys.readouterr() == ("", "")


def test_a_reader_that_has_read_enough_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    assert boundary.tell(BrokenPipeError()) == Exit.DONE
    assert stream.closed
