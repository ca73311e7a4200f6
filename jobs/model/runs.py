"""Ids of runs that make something for a while: a canary, a measurement (pure).

An id begins with the time, so that a name alone says how old what a killed run left is.
"""

import re
import secrets
from datetime import UTC, datetime, timedelta

EXPIRY = timedelta(hours=6)  # longer than any run: canary.time_limit is at most 4 h
_ID = re.compile(r"(\d{8}t\d{6})-[0-9a-f]{6}")


def make_id(now: datetime) -> str:
    """Make an id that no other run has."""
    return f"{now.astimezone(UTC):%Y%m%dt%H%M%S}-{secrets.token_hex(3)}"


def find_id(name: str) -> str:
    """Find the id in a name, a key or a tag; "" where there is none."""
    match = _ID.search(name)
    return match[0] if match else ""


def is_expired(run_id: str, now: datetime) -> bool:
    """Whether a run of that id is over for certain."""
    match = _ID.fullmatch(run_id)
    if not match:
        return False
    began = datetime.strptime(match[1], "%Y%m%dt%H%M%S").replace(tzinfo=UTC)
    return now - began > EXPIRY
