"""Work on machines and disks: what is asked of one of them is done in order, and never holds up an API call."""

import logging
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

from sandbox.world.hypervisor import MachineError

log = logging.getLogger("sandbox")


class Queues:
    """A queue of its own for every machine, by the name that the caller gives it."""

    def __init__(self) -> None:
        self._queues: dict[str, ThreadPoolExecutor] = {}

    def add(self, name: str, work: Callable[[], None]) -> "Future[None]":
        """Have `work` done after what was added under this name before."""
        if name not in self._queues:
            self._queues[name] = ThreadPoolExecutor(max_workers=1, thread_name_prefix=name)
        return self._queues[name].submit(_logged, work)

    def drop(self) -> None:
        """Forget every queue, without waiting for what is under way."""
        for queue in self._queues.values():
            queue.shutdown(wait=False, cancel_futures=True)
        self._queues.clear()


def _logged(work: Callable[[], None]) -> None:
    try:
        work()
    except MachineError as error:
        log.error("%s", error)
    except Exception:
        log.exception("a fault of the sandbox")
        raise
