"""Where errors end: as words on stderr and an exit code."""

import sys
from types import SimpleNamespace
from typing import Any

from kiln import typed
from kiln.errors import Exit, Interrupted, UserError, left_by

LABELS = (("Why", "why"), ("Try", "hint"), ("Left", "left"))


def render(error: Any, mark: str = "✗") -> str:
    """Mark and what, then the output as it is, then Why, Try and Left, each only where there is something to say."""
    lines = [f"{mark} {error.what}"]
    lines += [f"    {line}" for line in (error.output or "").splitlines()]
    for label, field in LABELS:
        text = typed.pasteable(str(getattr(error, field, "") or ""))
        lines += [f"  {label if n == 0 else '':<6} {line}" for n, line in enumerate(text.splitlines())] if text else []
    return "\n".join(lines)


def tell(error: BaseException) -> int | None:
    """Print what a person can mend; returns the exit code, or None when the error is a bug."""
    if isinstance(error, Interrupted | KeyboardInterrupt):
        print(render(SimpleNamespace(what="interrupted", output="", left=left_by(error))), file=sys.stderr)
        return Exit.INTERRUPTED
    if isinstance(error, BrokenPipeError):  # `| head` has read enough
        sys.stderr.close()
        return Exit.DONE
    if not isinstance(error, UserError):
        return None
    print(render(error), file=sys.stderr)
    return Exit.USER_ERROR
