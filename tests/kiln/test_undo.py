"""Clean-up in reverse order that says what it could not do."""

import os
import signal

import pytest

from kiln import signals
from kiln.errors import Interrupted
from kiln.undo import Undo, Undone


def test_newest_first_and_all_of_it_even_when_one_fails() -> None:
    done: list[str] = []

    def fail() -> None:
        raise OSError("no")

    with Undo() as undo:
        undo.push("a", lambda: done.append("a"))
        undo.push("b", fail, by_hand="rm b")
        undo.push("c", lambda: done.append("c"))
    assert done == ["c", "a"]
    assert [(o.what, o.error, o.by_hand) for o in undo.outcomes] == [("c", "", ""), ("b", "no", "rm b"), ("a", "", "")]


def test_the_first_error_is_never_hidden() -> None:
    def fail() -> None:
        raise OSError("in the clean-up")

    with pytest.raises(ValueError, match="the first"), Undo() as undo:
        undo.push("a", fail)
        raise ValueError("the first")
    assert undo.outcomes[0].error == "in the clean-up"


def test_what_is_forgotten_stays() -> None:
    done: list[str] = []
    with Undo() as undo:
        undo.push("a", lambda: done.append("a"))
        assert undo.forget() == ["a"]
    assert done == []


def test_up_to_a_depth() -> None:
    done: list[str] = []
    with Undo() as undo:
        undo.push("a", lambda: done.append("a"))
        depth = undo.depth
        undo.push("b", lambda: done.append("b"))
        undo.run_until(depth)
        assert done == ["b"]
    assert done == ["b", "a"]


def test_a_second_interrupt_leaves_the_first_error_and_nothing_behind() -> None:
    """Ctrl-C, pressed again while the first one is cleaned up behind: the clean-up goes on, its error stays."""
    done: list[str] = []

    def interrupted() -> None:
        os.kill(os.getpid(), signal.SIGTERM)
        done.append("b")

    with signals.handle():
        with pytest.raises(Interrupted) as caught, Undo() as undo:
            undo.push("a", lambda: done.append("a"))
            undo.push("b", interrupted)
            os.kill(os.getpid(), signal.SIGINT)
        with signals.hold():
            pass  # an interrupt that was kept would be raised here
    assert caught.value.signal_name == "SIGINT"
    assert done == ["b", "a"]
    assert [outcome.error for outcome in undo.outcomes] == ["", ""]


def test_an_error_without_words_is_told_by_its_name_and_every_outcome_is_reported() -> None:
    reported: list[Undone] = []

    def fail() -> None:
        raise KeyError

    with Undo(reported.append) as undo:
        undo.push("a", fail, by_hand="rm a")
        assert undo.depth == 1
    assert reported == undo.outcomes == [Undone("a", "KeyError", "rm a")]
