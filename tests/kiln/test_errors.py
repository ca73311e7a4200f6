"""Exit codes, which scripts rely on, and errors in words."""

from kiln.errors import Exit, Interrupted, Problem, UserError


def test_exit_codes_stay_as_they_are() -> None:
    assert {code.name: code.value for code in Exit} == {
        "DONE": 0, "USER_ERROR": 1, "SOMETHING_TO_DO": 2, "BUG": 3, "INTERRUPTED": 130,
    }  # fmt: skip


def test_an_error_in_one_text() -> None:
    assert str(UserError("a", "b", "c", output="d")) == "a\nb\nc"
    assert str(UserError("a", hint="c")) == "a\nc"


def test_problems_are_counted() -> None:
    assert Problem("x.yaml", ["a"]).what == "x.yaml: 1 problem"
    several = Problem("x.yaml", ["a", "b"], "environments/reference.yaml")
    assert (several.what, several.output, several.problems) == ("x.yaml: 2 problems", "a\nb", ("a", "b"))
    assert several.hint == "environments/reference.yaml shows every key with its meaning and unit."


def test_an_interrupt_is_no_ordinary_error() -> None:
    assert not issubclass(Interrupted, Exception)
