"""What a check has found."""

from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True)
class Finding:
    """`what` in one line, `why` it matters, `fix` a command or a precise action, `resource` by its id, ARN or name.

    An error keeps jobs from running or ends them; a warning costs money or will be an error one day. `cause` is the
    resource behind it where that is another one: what is known of the cause is told there, and not once more.
    """

    severity: Severity
    what: str
    why: str
    fix: str
    resource: str
    cause: str = ""


def error(what: str, why: str, fix: str, resource: str, cause: str = "") -> Finding:
    return Finding("error", what, why, fix, resource, cause)


def warning(what: str, why: str, fix: str, resource: str) -> Finding:
    return Finding("warning", what, why, fix, resource)
