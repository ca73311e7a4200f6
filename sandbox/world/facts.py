"""What the sandbox knows of a resource and moto has no field for."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Interruption:
    """A Spot Instance's notice: the action (terminate, stop, hibernate), and its time in seconds since the epoch."""

    action: str
    time: float


@dataclass
class InstanceFacts:
    """`running_since` is in seconds since the epoch, None before; `credentials` are its role's, as IMDS gives them,
    valid until `credentials_until`; `interruption` is there from its notice on."""

    reservation_id: str = ""
    running_since: float | None = None
    credentials: dict[str, Any] | None = None
    credentials_until: float = 0.0
    placement_group: str = ""
    interruption: Interruption | None = None


@dataclass
class VolumeFacts:
    """`under_way` is "creating" or ""; `has_disk` whether there is a disk behind the record."""

    under_way: str = ""
    has_disk: bool = False


@dataclass(frozen=True)
class PlacementGroup:
    """`strategy` is cluster, partition or spread; `partitions` and `level` (rack, host) belong to the last two."""

    id: str
    name: str
    strategy: str
    partitions: int | None = None
    level: str | None = None


@dataclass(frozen=True)
class RoleDeletion:
    """A deletion task of a service-linked role: IN_PROGRESS, SUCCEEDED or FAILED, and the ARNs that still need it."""

    status: str = "IN_PROGRESS"
    users: tuple[str, ...] = ()


@dataclass(frozen=True)
class RegistryLogin:
    """Whose password for ECR's registries it is, by access key, and until when (seconds since the epoch)."""

    access_key: str
    until: float


@dataclass(frozen=True)
class LayerTicket:
    """What a download URL of ECR is for: a layer of a repository in the registry, until then (epoch seconds)."""

    storage: str
    digest: str
    until: float
