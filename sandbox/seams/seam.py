"""A place where the sandbox stands in for a part of another library, and what must be true of that part."""

import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any


class SeamError(Exception):
    """The library is not as the sandbox expects it: it has changed, and this place must be looked at again."""


@dataclass(frozen=True)
class Seam:
    """`name` of `owner` (a module or a class) is replaced.

    `replace` makes what comes in its place out of the original. `why` is what the original lacks.
    """

    owner: Any
    name: str
    replace: Callable[[Any], Any]
    why: str
    original: Any = field(init=False, repr=False)

    def __post_init__(self) -> None:
        # Static, so that a property or a class method is seen as what it is.
        object.__setattr__(self, "original", inspect.getattr_static(self.owner, self.name, None))

    def __str__(self) -> str:
        if inspect.ismodule(self.owner):
            return f"{self.owner.__name__}.{self.name}"
        return f"{self.owner.__module__}.{self.owner.__qualname__}.{self.name}"

    def checked(self) -> Any:
        """Make the replacement. SeamError where the original is gone, or is called otherwise."""
        if self.original is None:
            raise SeamError(f"{self} is gone")
        replacement = self.replace(self.original)
        check_same_call(str(self), self.original, replacement)
        return replacement

    def install(self) -> None:
        setattr(self.owner, self.name, self.checked())

    @contextmanager
    def in_place(self) -> Iterator[None]:
        """Install it for a moment."""
        self.install()
        try:
            yield
        finally:
            setattr(self.owner, self.name, self.original)


def check_same_call(name: str, original: Any, replacement: Any) -> None:
    """Raise SeamError unless both are called alike: parameters' names, their order, kinds and defaults."""
    expected, present = describe(original), describe(replacement)
    if expected != present:
        raise SeamError(f"{name} is {expected}, and the sandbox has {present} for it")


def describe(thing: Any) -> str:
    """Write how a function is called, without annotations: "(self, name, region=None)"; of other things the type."""
    function = thing.__func__ if isinstance(thing, classmethod | staticmethod) else thing
    if not callable(function):
        return type(thing).__name__
    parameters = inspect.signature(function).parameters.values()
    bare = [parameter.replace(annotation=inspect.Parameter.empty) for parameter in parameters]
    return str(inspect.Signature(bare))
