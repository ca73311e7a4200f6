"""What every kind of resource is made of: as the definition asks for it, as AWS has it, and the difference.

All values here are frozen. What a kind knows beyond them stands in subclasses of its own module.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, Literal, TypeVar


@dataclass(frozen=True)
class Ref:
    """What AWS will name when `kind` `name` has been made; `text` stands for it in a plan."""

    kind: str
    name: str
    text: str

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True)
class Desired:
    """A resource as the definition asks for it. `fields` are what is compared; `tags` all that it is created with.

    Without tags nobody owns it. `exclusive`: no two environments can share it. `foreign`: it must exist, and is never
    changed. A field that is None is not this definition's business.
    """

    kind: str
    name: str
    fields: Mapping[str, Any]
    tags: Mapping[str, str]
    exclusive: bool = False
    foreign: bool = False

    @property
    def key(self) -> "Key":
        return self.kind, self.name


@dataclass(frozen=True)
class Existing:
    """A resource as AWS has it: its id or ARN, the same fields, its tags."""

    kind: str
    name: str
    id: str
    fields: Mapping[str, Any]
    tags: Mapping[str, str]

    @property
    def moving(self) -> bool:
        """Whether AWS is still changing it, so that no other change can be made now."""
        return False


@dataclass(frozen=True)
class Difference:
    """One field: as it is, and as it should be."""

    field: str
    before: Any
    after: Any


Key = tuple[str, str]  # kind and name
D = TypeVar("D", bound=Desired)
Fate = Literal["delete", "untag", "keep"]


@dataclass(frozen=True)
class Removal:
    """An environment that uses something no more, and the buckets that a person named to go with their data."""

    environment: str
    buckets: frozenset[str] = frozenset()


def differences(desired: Mapping[str, Any], existing: Mapping[str, Any]) -> tuple[Difference, ...]:
    """Compare the fields of `desired` that are not None, in their order; returns those that differ."""
    return tuple(
        Difference(name, existing.get(name), value)
        for name, value in desired.items()
        if value is not None and value != existing.get(name)
    )


def with_ids(desired: D, ids: Mapping[Key, str]) -> D:
    """Replace every Ref in what is desired by the id that it stands for."""
    return replace(desired, **{field.name: resolved(getattr(desired, field.name), ids) for field in fields(desired)})


def resolved(value: Any, ids: Mapping[Key, str]) -> Any:
    """Replace every Ref in a value by the id that it stands for."""
    if isinstance(value, Ref):
        return ids[value.kind, value.name]
    if isinstance(value, Mapping):
        return {key: resolved(item, ids) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(resolved(item, ids) for item in value)
    return value
