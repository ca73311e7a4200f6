"""/etc/kiln/storage.json: what the image definition or the launch template says, written by the recipe."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Mapping

from . import machine

PATH = machine.ROOT + "/etc/kiln/storage.json"


@dataclass(frozen=True)
class Settings:
    """Sizes in GiB, `minimum_free` in percent, `throughput` in MiB/s. See `provision.docker.autoscale.Autoscale`.

    `smallest` is what EBS asks of a volume of that type with so many IOPS.
    """

    filesystem: str
    mount_point: str
    device: str
    minimum_free: int
    first: int
    step: int
    largest: int
    ceiling: int
    volumes: int
    type: str
    encrypted: bool
    iops: int | None = None
    throughput: int | None = None
    kms_key: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    smallest: int = 1


def load() -> Settings:
    """The settings; `machine.Failed` where they are missing or are not Kiln's."""
    try:
        with open(PATH) as file:
            return Settings(**json.load(file))
    except (OSError, ValueError, TypeError) as error:
        raise machine.Failed(f"{PATH}: {error}") from error
