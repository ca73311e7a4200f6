"""What a check reports."""

from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True)
class Finding:
    """`what` is wrong, in a line; `why` it matters; `fix`: a command or an exact action; `resource`: id, ARN or name.

    An error keeps jobs from running or ends them; a warning costs money or will be an error later. `cause` names the
    resource behind it where that is another: a finding on the cause then lends its `what` and `fix`, and is not shown
    a second time.
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
