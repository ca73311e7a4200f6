"""Clean-up in reverse order that says what it could not do."""

import pytest

from kiln.undo import Undo


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
