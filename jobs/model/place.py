"""Where a job ran: a machine, as Amazon ECS, EC2 and the compute environment tell of it (values)."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Machine:
    """`instance` is its id in EC2; "" and 0 is what is not known (any more). `spot` is None where nobody tells.

    `registered` are the vCPUs and MiB that it offered to jobs, `environment` a compute environment's name.
    """

    instance: str = ""
    type: str = ""
    zone: str = ""
    spot: bool | None = None
    environment: str = ""
    agent: str = ""
    docker: str = ""
    vcpus: int = 0
    memory: int = 0
    ami: str = ""
    known: bool = False
    """Whether ECS still knows it; it forgets machines about an hour after they have ended."""


@dataclass(frozen=True)
class TaskTimes:
    """When the task of an attempt came to its machine, had its image, ran and stopped; ECS keeps it about an hour."""

    placed: datetime | None = None
    pull_started: datetime | None = None
    pull_stopped: datetime | None = None
    started: datetime | None = None
    stopped: datetime | None = None
