"""Who uses a resource: a tag `kiln:env:NAME` for each environment. A shared one goes with its last user.

The tag's value is what the environment remembers: on a compute environment the AMI it runs and the one before, on
everything else since when it is used.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from cloud import tags

PREFIX = "kiln:env:"
COMPUTE_ENVIRONMENT = "kiln:compute-environment"  # the definition's name for it; a roll-out gives it another in AWS
MADE = "kiln:made"  # UTC, ISO 8601: the newer of two that have one definition


def key(environment: str) -> str:
    return PREFIX + environment


def users(labels: Mapping[str, str]) -> tuple[str, ...]:
    """The environments that use what carries these tags, by name; () for what is not Kiln's."""
    return tuple(sorted(name.removeprefix(PREFIX) for name in labels if name.startswith(PREFIX)))


def others(labels: Mapping[str, str], environment: str) -> tuple[str, ...]:
    """The other environments that use it."""
    return tuple(name for name in users(labels) if name != environment)


def carries(described: Mapping[str, Any], environment: str) -> bool:
    """Whether what AWS Batch describes has the environment's tag."""
    return key(environment) in (described.get("tags") or {})


def now() -> str:
    """Return the present as a tag's value: 2026-11-22T06:30:00Z."""
    return f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"


@dataclass(frozen=True)
class Memory:
    """The AMI that a compute environment runs, and the one that it ran before; "" where there was none."""

    ami: str
    previous: str = ""

    def moved_to(self, ami: str) -> "Memory":
        """The same after a change to `ami`. What was `ami` until now becomes `previous`."""
        return self if ami == self.ami else Memory(ami, self.ami)

    def as_tag(self) -> str:
        return tags.pack({"ami": self.ami} | ({"previous": self.previous} if self.previous else {}))


def memory(labels: Mapping[str, str], environment: str) -> Memory:
    """What the environment's tag on a compute environment remembers; empty where there is no tag."""
    remembered = tags.unpack(labels.get(key(environment), ""))
    return Memory(remembered.get("ami", ""), remembered.get("previous", ""))
