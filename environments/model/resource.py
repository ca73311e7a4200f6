"""What every kind of resource is made of: as it should be, as it is, and the difference (values alone).

A module of a kind has `desired(ground)`, and the functions of the `Kind` protocol; environments/kinds/order.py lists
them in the order in which AWS needs them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from cloud.session import Cloud


@dataclass(frozen=True)
class Ref:
    """What AWS will name when `kind` `name` has been made; `text` says it in a plan."""

    kind: str
    name: str
    text: str

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True)
class Desired:
    """A resource as the definition wants it. `fields` are what is compared; `tags` all that it is created with.

    Without tags nobody owns it.
    `exclusive`: no two environments can share it. `foreign`: it must be there, and is never changed. `extra` is what
    its module needs beside. A field that is None is not this definition's business.
    """

    kind: str
    name: str
    fields: Mapping[str, Any]
    tags: Mapping[str, str]
    exclusive: bool = False
    foreign: bool = False
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Existing:
    """A resource as it is in AWS: its id or ARN, the same fields, its tags. `extra` is the module's own."""

    kind: str
    name: str
    id: str
    fields: Mapping[str, Any]
    tags: Mapping[str, str]
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Difference:
    """One field: as it is, and as it should be."""

    field: str
    before: Any
    after: Any


Key = tuple[str, str]  # kind and name


class Kind(Protocol):
    """The functions of a resource's module. `env` is the key of the environment's tag, kiln:env:NAME."""

    KIND: str

    def find(self, cloud: Cloud, desired: Sequence[Desired]) -> Mapping[str, Existing]:
        """Those that exist, by name."""
        ...

    def diff(self, desired: Desired, existing: Existing) -> tuple[Difference, ...]:
        """The fields that differ (pure)."""
        ...

    def create(self, cloud: Cloud, desired: Desired) -> str:
        """Make it, tagged from its first moment; its id."""
        ...

    def update(self, cloud: Cloud, desired: Desired, existing: Existing, changes: Sequence[Difference]) -> str:
        """Change these fields; its id afterwards."""
        ...

    def delete(self, cloud: Cloud, existing: Existing) -> None:
        """Delete it; what is gone already is no error."""
        ...

    def tag(self, cloud: Cloud, existing: Existing, labels: Mapping[str, str]) -> None:
        """Add tags."""
        ...

    def untag(self, cloud: Cloud, existing: Existing, keys: Sequence[str]) -> None:
        """Take tags away, and whatever else in it is that environment's alone."""
        ...


def differences(desired: Mapping[str, Any], found: Mapping[str, Any]) -> tuple[Difference, ...]:
    """The fields of `wanted` that are not None and differ, in its order."""
    return tuple(
        Difference(name, found.get(name), value)
        for name, value in desired.items()
        if value is not None and value != found.get(name)
    )


def resolved(value: Any, ids: Mapping[Key, str]) -> Any:
    """`value` with every Ref in it replaced by the id that it stands for."""
    if isinstance(value, Ref):
        return ids[value.kind, value.name]
    if isinstance(value, Mapping):
        return {key: resolved(each, ids) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(resolved(each, ids) for each in value)
    return value
