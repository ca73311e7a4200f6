"""What moto finds out anew at every request though it never changes in a process: here it is found out once.

Which services there are (it lists its own folder), which methods a class answers with, how a service's errors look:
together about a third of what a request costs.
"""

import functools
from collections.abc import Callable
from typing import Any


def remember(find: Callable[..., Any]) -> Any:
    """Make a function that finds its answer once for the same arguments."""

    @functools.cache
    @functools.wraps(find)
    def remembered(*arguments: Any) -> frozenset[Any]:
        return frozenset(find(*arguments))

    return remembered


def share(cls: type) -> Callable[[], Any]:
    """Make a function that gives the same instance each time: it remembers, but moto makes another for each error."""
    instance = cls()
    return lambda: instance
