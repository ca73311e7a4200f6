"""What the metadata service says of the machine, asked in the order in which AWS's agent asks."""

from __future__ import annotations

import json
from typing import NamedTuple

from sandbox.machines.ecs_agent.wire.imds import Imds

_DOCUMENT = "dynamic/instance-identity/document"


class Host(NamedTuple):
    """What the metadata service says of the machine."""

    region: str
    instance_id: str
    zone_id: str


def look_at_host(imds: Imds, region: str) -> Host:
    """`region` is the settings' own, which goes before the machine's. Raises OSError without the service."""
    imds.get("user-data")
    document = json.loads(imds.get(_DOCUMENT) or "{}")
    instance_id = imds.get("meta-data/instance-id") or ""
    if (mac := imds.get("meta-data/mac")) is not None:
        for name in ("vpc-id", "subnet-id"):
            imds.get(f"meta-data/network/interfaces/macs/{mac.strip()}/{name}")
    zone_id = imds.get("meta-data/placement/availability-zone-id") or ""
    return Host(region or str(document.get("region") or ""), instance_id, zone_id)


def identity(imds: Imds) -> dict[str, str]:
    """The signed identity document, as a registration sends it."""
    imds.get("meta-data/outpost-arn")
    document, signature = imds.get(_DOCUMENT) or "", imds.get("dynamic/instance-identity/signature") or ""
    return {"instanceIdentityDocument": document, "instanceIdentityDocumentSignature": signature}
