"""The tasks of the offline AWS; `invoke sandbox TASK` turns the tasks that follow to it."""

import pytest

from kiln import typed as suggestions
from tests.support.typed import Record, Typed


@pytest.mark.parametrize(
    ("words", "name", "call"),
    [
        (("sandbox.status",), "show_status", ((), {})),
        (("sandbox.env",), "show_environment", ((), {})),
        (("sandbox.ssh", "i-1"), "ssh", (("i-1",), {})),
        (("sandbox.load-image", "x.tar"), "load_image", (("x.tar", ""), {})),
        (("sandbox.load-image", "x.tar", "--as", "debian:12"), "load_image", (("x.tar", "debian:12"), {})),
        (("sandbox.interrupt", "i-1"), "interrupt", (("i-1",), {})),
        (("sandbox.down",), "down", ((), {})),
        (("sandbox", "--no-machines"), "enter", ((), {"machines": False})),
    ],
)
def test_a_task_of_the_sandbox(
    typed: Typed, recorded: Record, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], name: str, call: object
) -> None:
    monkeypatch.setattr(suggestions._Typed, "prefix", "invoke")  # put back behind the test
    screen = recorded(f"sandbox.command.screens.{name}", 1)
    assert typed(*words) == 0
    assert screen.call == call


def test_tasks_behind_it_are_suggested_behind_it(
    typed: Typed, recorded: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(suggestions._Typed, "prefix", "invoke")
    enter, listed = recorded("sandbox.command.screens.enter"), recorded("images.commands.amis.list_amis")
    assert typed("sandbox", "list-amis") == 0
    assert enter.call == ((), {"machines": True})
    assert len(listed.calls) == 1
    assert suggestions.command("list-amis") == "invoke sandbox list-amis"
