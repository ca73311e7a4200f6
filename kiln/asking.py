"""Asking a person before something is done. Without a terminal nothing ever waits for an answer."""

import sys
from collections.abc import Sequence

from kiln.errors import UserError
from kiln.screen import Screen


def agreed(screen: Screen, questions: Sequence[str], nobody: UserError) -> bool:
    """Ask the questions in turn; whether all were answered with yes. Raises `nobody` where there is no terminal."""
    if questions and not (sys.stdin and sys.stdin.isatty() and sys.stderr.isatty()):
        raise nobody
    for question in questions:
        screen.say(f"{question} Type yes to agree.")
        if sys.stdin.readline().strip() != "yes":
            return False
    return True
