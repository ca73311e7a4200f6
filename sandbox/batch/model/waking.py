"""Tells the scheduler that there may be something to place.

Jobs and compute environments know when that is; the scheduler's room stands above theirs, so it registers here.
"""

from collections.abc import Callable

from sandbox.batch.model.records import Records

_listeners: list[Callable[[Records], None]] = []


def listen(listener: Callable[[Records], None]) -> None:
    """Have `listener` called with the records of a region whose jobs, machines or environments have changed."""
    if listener not in _listeners:
        _listeners.append(listener)


def wake(records: Records) -> None:
    """Tell of a job that became RUNNABLE, of an attempt that ended, of an environment or a machine that changed."""
    for listener in tuple(_listeners):
        listener(records)
