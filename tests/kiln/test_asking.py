"""Asking a person: at a terminal alone, and only a clear answer counts."""

import io
import sys

import pytest

from kiln.asking import agree
from kiln.errors import UserError
from kiln.screen import Screen

NOBODY = UserError("nobody is here to agree")


class Terminal(io.StringIO):
    """A stream that is a terminal, or says that it is none."""

    def __init__(self, text: str = "", *, terminal: bool = True) -> None:
        super().__init__(text)
        self.terminal = terminal

    def isatty(self) -> bool:
        return self.terminal


def ask(monkeypatch: pytest.MonkeyPatch, questions: list[str], stdin: Terminal | None, stderr: Terminal) -> bool:
    monkeypatch.setattr(sys, "stdin", stdin)
    monkeypatch.setattr(sys, "stderr", stderr)
    return agree(Screen(io.StringIO(), live=False), questions, NOBODY)


def test_without_a_question_nobody_need_be_there(monkeypatch: pytest.MonkeyPatch) -> None:
    assert ask(monkeypatch, [], None, Terminal(terminal=False))


@pytest.mark.parametrize(
    ("stdin", "stderr"),
    [
        (None, Terminal()),
        (Terminal("yes\n", terminal=False), Terminal()),
        (Terminal("yes\n"), Terminal(terminal=False)),
    ],
)
def test_without_a_terminal_nothing_waits(
    monkeypatch: pytest.MonkeyPatch, stdin: Terminal | None, stderr: Terminal
) -> None:
    with pytest.raises(UserError, match="nobody is here"):
        ask(monkeypatch, ["Apply this?"], stdin, stderr)


def test_every_question_must_be_answered_with_yes(monkeypatch: pytest.MonkeyPatch) -> None:
    stdin = Terminal("yes\n yes \n")
    assert ask(monkeypatch, ["Apply this?", "End 2 jobs?"], stdin, Terminal())
    assert stdin.read() == ""


@pytest.mark.parametrize("answer", ["no", "", "yes please"])
def test_another_answer_ends_the_questions(monkeypatch: pytest.MonkeyPatch, answer: str) -> None:
    stdin = Terminal(f"{answer}\nyes\n")
    assert not ask(monkeypatch, ["Apply this?", "End 2 jobs?"], stdin, Terminal())
    assert stdin.read() == "yes\n"
