"""What makes a function a task of Kiln's, and the one boundary where errors become words."""

import functools
import inspect
import os
import sys
import traceback
from collections.abc import Callable, Mapping
from typing import Any

from invoke import tasks

REGION = "AWS region; default: the AWS configuration's"
JSON = "one JSON document on stdout"


def task(**options: Any) -> Callable[[Callable[..., int | None]], Any]:
    """`invoke.task` without automatic short flags; the task's result, or the error that it ends with, becomes the exit
    code."""
    return lambda function: tasks.task(auto_shortflags=False, **options)(bounded(function))


def bounded(function: Callable[..., int | None]) -> Callable[..., None]:
    """Run a task's body; its result, or the error that it ends with, becomes the exit code (see kiln.errors.Exit)."""

    numbers = [name for name, option in inspect.signature(function).parameters.items() if type(option.default) is int]

    @functools.wraps(function)
    def run(*arguments: Any, **options: Any) -> None:
        from kiln import signals, typed

        show_help_if_asked(function.__name__, options)
        typed.note(options)
        try:
            options |= {name: read_number(name, options[name]) for name in numbers if name in options}
            with signals.handle():
                code = function(*arguments, **options)
        except BaseException as error:
            code = tell(blame_text(error, options))
        if code:
            sys.exit(code)

    signature = inspect.signature(function)
    taken = [
        option.replace(default=str(option.default)) if name in numbers else option
        for name, option in signature.parameters.items()
    ]
    run.__signature__ = signature.replace(parameters=taken)  # type: ignore[attr-defined]
    return run


def read_number(name: str, text: str | int) -> int:
    """Read a whole number. Raises UserError, where invoke itself would end in a traceback."""
    from kiln.errors import UserError

    option = f"--{name.replace('_', '-')}"
    try:
        return int(text)
    except ValueError:
        raise UserError(f"{text!r} is no whole number", f"{option} takes one", f"Try {option} 100.") from None


def blame_text(error: BaseException, options: Mapping[str, Any]) -> BaseException:
    """Blame an option whose text is not UTF-8 where the error is that nothing could be made of such a text.

    Names of files may hold such bytes; names in AWS may not.
    """
    from kiln.errors import UserError

    if not isinstance(error, UnicodeEncodeError):
        return error
    for name, value in options.items():
        for text in value if isinstance(value, list) else [value]:
            if isinstance(text, str) and text != text.encode("utf-8", "replace").decode():
                shown = name.replace("_", "-")
                return UserError(f"{shown} is not UTF-8", "AWS takes no such text", f"Type {shown} anew, in UTF-8.")
    return error


def is_help_asked() -> bool:
    """Return whether the command line asks for help; what stands behind `--` is a pipeline's."""
    words = sys.argv[1 : sys.argv.index("--")] if "--" in sys.argv else sys.argv[1:]
    return "--help" in words or "-h" in words


def show_help_if_asked(name: str, options: dict[str, Any]) -> None:
    """Show a task's help in its place where invoke took `--help` behind its name for the value of an argument."""
    asked = next((value for value in options.values() if value in ("--help", "-h")), None)
    words = sys.argv[1 : sys.argv.index(asked)] if asked in sys.argv else []
    named = [word for word in words if word.replace("-", "_").replace(".", "_") == name]
    if named:
        os.execv(sys.executable, [sys.executable, "-m", "invoke", "--help", named[-1]])


def tell(error: BaseException) -> int:
    """Show an error to the person; returns the exit code. A bug keeps its traceback."""
    from kiln import boundary

    if isinstance(error, SystemExit):
        raise error
    code = boundary.tell(_in_words(error))
    if code is None:
        traceback.print_exception(error)
        print("This is a bug in Kiln: please report it with the lines above.", file=sys.stderr)
        return 3
    return code


def _in_words(error: BaseException) -> BaseException:
    """Errors of AWS and of the sandbox (which knows nothing of Kiln's) as what a person can mend."""
    from kiln.errors import UserError, left_by

    origin = type(error).__module__.partition(".")[0]
    words: UserError | None = None
    if isinstance(error, Exception) and origin in {"boto3", "botocore"}:
        from cloud.errors import translate

        words = translate(error)
    elif isinstance(error, Exception) and origin == "sandbox":
        words = UserError(str(error))
    if words is not None:
        words.left = left_by(error)
    return words or error
