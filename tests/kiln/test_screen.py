"""The same lines for a terminal and for a file: live there, stamped here."""

import io
import re

import pytest

from kiln.screen import Screen


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
