"""A run of the canary: its id, and the names of all that it makes (pure).

The id begins with the time, so that a name alone says how old what a killed run left is.
"""

import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

BEGIN = "kiln-canary"
TAG = "kiln:canary"  # the run's id, on the job definition and on jobs
EXPIRY = timedelta(hours=6)  # longer than any run: canary.time_limit is at most 4 h
_ID = re.compile(r"(\d{8}t\d{6})-[0-9a-f]{6}")


@dataclass(frozen=True)
class Run:
    """`environment` is the environment's name."""

    id: str
    environment: str

    @property
    def definition(self) -> str:
        """The job definition's name: the same for every run on an environment, so that AWS can be asked for it."""
        return f"{BEGIN}-{self.environment}"

    def job(self, queue: str) -> str:
        """The name of a queue's job; AWS Batch takes 128 characters, as it does for the queue's own name."""
        return f"{BEGIN}-{self.id}-{queue}"[:128]


def begin(environment: str, now: datetime) -> Run:
    """Begin a run: an id that no other has."""
    return Run(f"{now.astimezone(UTC):%Y%m%dt%H%M%S}-{secrets.token_hex(3)}", environment)


def find_id(name: str) -> str:
    """Find the id in the name of a job or in the key of an object; "" where there is none."""
    match = _ID.search(name)
    return match[0] if match else ""


def is_expired(run_id: str, now: datetime) -> bool:
    """Whether a run of that id is over for certain."""
    match = _ID.fullmatch(run_id)
    if not match:
        return False
    began = datetime.strptime(match[1], "%Y%m%dt%H%M%S").replace(tzinfo=UTC)
    return now - began > EXPIRY
