"""A class of the sandbox that inherits from one of moto's: what it overrides, and what it adds."""

import inspect
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sandbox.seams.seam import SeamError, check_same_call


@dataclass(frozen=True)
class Subclass:
    """Every public method of `cls` overrides one of moto's, which is called alike, or stands in `adds`.

    What stands in `adds` moto must not have: the day it does, one of the two is to be given up. `__init__` may differ.
    """

    cls: type
    why: str
    adds: tuple[str, ...] = ()

    def check(self) -> None:
        """Raise SeamError for an override that is called otherwise or has no original, and for what moto has by now."""
        for name, member, originals in self.members():
            label = f"{self.cls.__name__}.{name}"
            if name in self.adds:
                if originals:
                    raise SeamError(f"{label} is an addition, and moto has a method of this name")
            elif originals:
                check_same_call(f"moto's original of {label}", originals[0], member)
            elif not name.startswith("_"):
                raise SeamError(f"{label} overrides a method that moto does not have")

    def members(self) -> Iterator[tuple[str, Any, list[Any]]]:
        """Yield the sandbox's methods and properties, with those of moto's classes that they override."""
        for index, part in enumerate(self.cls.__mro__):
            if part.__module__.startswith("sandbox."):
                bases = [base for base in self.cls.__mro__[index + 1 :] if base.__module__.startswith("moto.")]
                for name, member in vars(part).items():
                    if (inspect.isfunction(member) or isinstance(member, property)) and name != "__init__":
                        yield name, member, [vars(base)[name] for base in bases if name in vars(base)]
