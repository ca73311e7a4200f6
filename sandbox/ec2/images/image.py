"""An image as the sandbox keeps it: with its own block devices, state, reason, deprecation and protection."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from moto.ec2.models.amis import Ami
from moto.ec2.models.elastic_block_store import Snapshot

from sandbox.ec2.model import stand_ins
from sandbox.world.world import ACCOUNT, current


class Image(Ami):
    """moto's makes a 15 GB volume of its own; this one takes what it is given and calls none of it."""

    def __init__(self, backend: Any, image_id: str, name: str, mappings: list[dict[str, Any]], **facts: Any) -> None:
        self.ec2_backend = backend
        self.id = image_id
        self.name = name
        self.mappings = mappings
        self.state = "available"
        self.state_reason: dict[str, str] | None = None
        self.description: str | None = None
        self.owner_id = ACCOUNT
        self.owner_alias: str | None = None
        self.architecture = "x86_64"
        self.root_device_name = "/dev/xvda"
        self.root_device_type = "ebs"
        self.virtualization_type = "hvm"
        self.hypervisor = "xen"
        self.image_type = "machine"
        self.boot_mode = "uefi-preferred"
        self.sriov = "simple"
        self.sriov_net_support = "simple"
        self.ena_support = True
        self.imds_support: str | None = None
        self.platform = self.kernel_id = self.instance_id = None
        self.platform_details = "Linux/UNIX"
        self.usage_operation = "RunInstances"
        self.product_codes: set[str] = set()
        self.creation_date = current().clock.utcnow()
        self.deprecation_time: str | None = None
        self.deregistration_protection = "disabled"
        self.source_image_id: str | None = None
        self.source_image_region: str | None = None
        self.launch_permissions: list[dict[str, str]] = []
        self.public = False
        self.__dict__.update(facts)
        self.image_location = f"{self.owner_alias or self.owner_id}/{name}"
        if self.public:
            self.launch_permissions.append({"Group": "all"})

    @property
    def block_device_mappings(self) -> list[dict[str, Any]]:
        return self.mappings

    @property
    def snapshot_ids(self) -> list[str]:
        return [
            mapping["Ebs"]["SnapshotId"] for mapping in self.mappings if (mapping.get("Ebs") or {}).get("SnapshotId")
        ]

    def is_deprecated(self) -> bool:
        if not self.deprecation_time:
            return False
        when = datetime.fromisoformat(self.deprecation_time.rstrip("Z"))
        return when <= current().clock.utcnow()


def describe_ebs(volume: Any, snapshot_id: str | None, delete_on_termination: bool) -> dict[str, Any]:
    """Return the Ebs part of an image's mapping for what a volume is."""
    found = {
        "SnapshotId": snapshot_id,
        "VolumeSize": volume.size,
        "VolumeType": volume.volume_type,
        "DeleteOnTermination": delete_on_termination,
        "Encrypted": volume.encrypted,
    }
    if volume.volume_type in ("gp3", "io1", "io2"):
        found["Iops"] = volume.iops
    if volume.volume_type == "gp3":
        found["Throughput"] = volume.throughput
    return found


def load_stand_ins(self: Any) -> None:
    """Give an EC2 backend of moto's the images that the parameters of SSM name."""
    for stand_in in stand_ins.STAND_INS:
        image = _make_stand_in(self, stand_in)
        self.amis[image.id] = image


@dataclass(frozen=True)
class Original:
    """The volume that a stand-in's snapshot was taken of."""

    size: int
    volume_type: str
    id: str = "vol-ffffffff"
    encrypted: bool = False
    iops: int = 3000
    throughput: int = 125
    kms_key_id: str | None = None


def _make_stand_in(backend: Any, stand_in: stand_ins.StandIn) -> Image:
    region, created = backend.region_name, datetime.fromisoformat(stand_in.created)
    volume = Original(stand_in.root_gib, stand_in.root_type)
    snapshot_id = stand_in.snapshot_id(region)
    snapshot = Snapshot(backend, snapshot_id, volume, stand_in.description, owner_id=stand_ins.OWNER)
    snapshot.start_time = created
    backend.snapshots[snapshot_id] = snapshot
    mappings = [{"DeviceName": "/dev/xvda", "Ebs": describe_ebs(volume, snapshot_id, True)}]
    if stand_in.data_gib:
        mappings.append(
            {"DeviceName": "/dev/xvdcz", "Ebs": describe_ebs(Original(stand_in.data_gib, "gp2"), None, True)}
        )
    return Image(
        backend, stand_in.image_id(region), stand_in.name, mappings,
        description=stand_in.description, owner_id=stand_ins.OWNER, owner_alias=stand_ins.ALIAS, public=True,
        architecture=stand_in.architecture, creation_date=created,
        deprecation_time=f"{stand_in.deprecated}.000Z" if stand_in.deprecated else None,
        imds_support="v2.0" if "2023" in stand_in.alias else None,
    )  # fmt: skip
