"""A run of the canary: the names of all that it makes (pure)."""

from dataclasses import dataclass
from datetime import datetime

from jobs.model import runs

BEGIN = "kiln-canary"
TAG = "kiln:canary"  # the run's id, on the job definition and on jobs


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
    return Run(runs.make_id(now), environment)
