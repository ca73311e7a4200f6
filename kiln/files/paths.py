"""Paths as people type them: ~ is filled in, and one that cannot be looked at is an error in words."""

from pathlib import Path

from kiln.errors import UserError

_SHOWN = 200  # characters


def read_path(typed: str, what: str) -> Path:
    """Return the path that was typed, there or not; `what` names it for people, such as --params.

    Raises UserError for an empty text (which would be the current folder), for the home of a user whom this computer
    does not know, for a name that is too long, and for a place that may not be looked at.
    """
    if not typed:
        raise UserError(f"{what} is empty", "a variable of the shell may not be set", "Name it; . is this folder.")
    try:
        path = Path(typed).expanduser()
        path.exists()
    except RuntimeError:
        why = f"this computer knows no user {typed.partition('/')[0].removeprefix('~')}"
    except OSError as error:
        why = error.strerror or str(error)
    else:
        return path
    shown = typed if len(typed) <= _SHOWN else f"{typed[:_SHOWN]}…"
    raise UserError(f"{what} {shown} cannot be read".lstrip(), why, "Check the path.")
