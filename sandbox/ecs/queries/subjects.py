"""The subjects of the cluster query language: which operators each takes, and how its arguments are read. Pure.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cluster-query-language.html ("Valid operators",
"Valid date formats"). It names none for attribute:… and task:group: they are texts, and may be missing. A date without
a zone is taken as UTC.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sandbox.ecs.queries.expressions import OPERATORS, BadExpression

ATTRIBUTE = "attribute:"
_ORDER = {"greater_than", "greater_than_equal", "less_than", "less_than_equal"}
_TEXT = {"equals", "not_equals", "in", "not_in", "matches", "not_matches"}
_NUMBER = {"equals", "not_equals"} | _ORDER
_VERSION = re.compile(r"v?(\d+(?:\.\d+)*)")
_DATE = re.compile(r"\d{4}-\d\d-\d\d(?:T\d\d:\d\d:\d\d(?:Z|[+-]\d\d:\d\d)?)?")


@dataclass(frozen=True)
class Subject:
    """The operators that a subject takes, and what makes a value that can be compared out of an argument."""

    operators: frozenset[str]
    read: Callable[[str], Any] = str


def find_subject(name: str) -> Subject:
    """Find a subject by its name; raises BadExpression where there is none."""
    if name.startswith(ATTRIBUTE) and len(name) > len(ATTRIBUTE):
        return Subject(OPERATORS)
    subject = SUBJECTS.get(name)
    if subject is None:
        raise BadExpression(f"{name} is no subject: {', '.join(SUBJECTS)} and attribute:NAME are")
    return subject


def read_number(text: str) -> int:
    if not re.fullmatch(r"-?\d+", text):
        raise BadExpression(f"{text} is no whole number")
    return int(text)


def read_version(text: str) -> tuple[int, ...]:
    match = _VERSION.fullmatch(text)
    if match is None:
        raise BadExpression(f"{text} is no version")
    return tuple(int(part) for part in match[1].split("."))


def read_time(text: str) -> float:
    """Read a date, or a date and a time, as seconds since the epoch."""
    try:
        if not _DATE.fullmatch(text):
            raise ValueError
        time = datetime.fromisoformat(text)
    except ValueError:
        raise BadExpression(f"{text} is no date such as 2018-06-18 or 2018-06-18T22:28:28Z") from None
    return (time if time.tzinfo else time.replace(tzinfo=UTC)).timestamp()


SUBJECTS = {
    "agentConnected": Subject(frozenset(_TEXT)),
    "agentVersion": Subject(frozenset(_NUMBER), read_version),
    "ec2InstanceId": Subject(frozenset(_TEXT)),
    "registeredAt": Subject(frozenset(_NUMBER), read_time),
    "runningTasksCount": Subject(frozenset(_NUMBER), read_number),
    "task:group": Subject(OPERATORS),
}
