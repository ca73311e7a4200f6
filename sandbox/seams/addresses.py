"""The public addresses of instances: on loopback, where their machines can answer."""

import itertools
import os
from collections.abc import Callable, Iterator


def on_loopback(_: Callable[[], str]) -> Callable[[], str]:
    """Make a function that gives the next address of 127.77.x.y."""
    addresses = _addresses()
    return lambda: next(addresses)


def _addresses() -> Iterator[str]:
    """Yield addresses; where to begin differs by process, so that two do not meet."""
    for block in itertools.count(os.getpid()):
        for host in range(1, 255):
            yield f"127.77.{block % 256}.{host}"
