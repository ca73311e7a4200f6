"""Which runs go on: a file for every run of this computer says so, and a run's id how old it is.

A run is over when its process (of this computer) is gone, or when it is older than runs.EXPIRY.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from shutil import rmtree

from jobs.model import runs
from kiln import cache
from kiln.journal import Journal, list_dead_builds


def find_folder() -> Path:
    """The folder that says which runs of this computer live."""
    return cache.find_folder() / "runs"


@contextmanager
def journaled(run_id: str, environment: str) -> Iterator[None]:
    """Say while the block runs that this run lives. A computer that keeps no files waits for runs.EXPIRY instead."""
    folder = find_folder() / environment / run_id
    journal: Journal | None = None
    with suppress(OSError, RuntimeError):
        journal = Journal(folder)
        journal.started(run_id, "")
    try:
        yield
    finally:
        if journal:
            journal.close()
            rmtree(folder, ignore_errors=True)


def judge_by(run_id: str, now: datetime) -> Callable[[str], bool]:
    """Make the judge that says of a run's id whether that run is over; the run `run_id` itself is not."""
    dead: set[str] = set()
    with suppress(OSError, RuntimeError):
        dead = list_dead_builds(find_folder())
    return lambda other: bool(other) and other != run_id and (other in dead or runs.is_expired(other, now))
