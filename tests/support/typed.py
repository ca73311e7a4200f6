"""Tasks as a person types them, and the keys of the documents that they print."""

from collections.abc import Callable, Iterator
from typing import Any

Typed = Callable[..., int]
Documented = Callable[..., Any]
Record = Callable[..., "Recorded"]

# Objects whose keys are data: names of packages, of AWS's calls, of a person's tags.
DATA = ("at_most", "calls", "counts", "data", "packages", "tags", "versions", "spec", "unseen")


def keys(document: Any) -> list[str]:
    """The paths of all keys of a document, sorted: `resources[].changes[].field`; what lies below DATA is left out."""
    return sorted(set(_paths(document, "")))


def _paths(part: Any, path: str) -> Iterator[str]:
    if isinstance(part, dict) and path.rpartition(".")[2] not in DATA:
        for key, value in part.items():
            inner = f"{path}.{key}" if path else key
            yield inner
            yield from _paths(value, inner)
    elif isinstance(part, list):
        for item in part:
            yield from _paths(item, f"{path}[]")


class Recorded:
    """In the place of a command: what it was called with, and the exit code that it gives."""

    def __init__(self, code: int = 0) -> None:
        self.code = code
        self.calls: list[tuple[tuple[Any, ...], dict[str, Any]]] = []

    def __call__(self, *arguments: Any, **options: Any) -> int:
        self.calls.append((arguments, options))
        return self.code

    @property
    def call(self) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """The only call."""
        [call] = self.calls
        return call
