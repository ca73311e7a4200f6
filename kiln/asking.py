"""Asking a person before something is done. Without a terminal nothing ever waits for an answer."""

import sys
from collections.abc import Sequence

from kiln.errors import UserError
from kiln.screen import Screen


def can_ask() -> bool:
    """Whether a person sits at a terminal, who can read a question and answer it."""
    return bool(sys.stdin and sys.stdin.isatty() and sys.stderr.isatty())


def ask(screen: Screen, question: str) -> bool:
    """Show a question; whether the answer is the word yes."""
    screen.say(f"{question} Type yes to agree; any other answer means no.")
    return sys.stdin.readline().strip() == "yes"


def agree(screen: Screen, questions: Sequence[str], nobody: UserError) -> bool:
    """Ask the questions in their order, up to the first no; whether there was none.

    Raises `nobody` where there are questions and no terminal.
    """
    if questions and not can_ask():
        raise nobody
    return all(ask(screen, question) for question in questions)
