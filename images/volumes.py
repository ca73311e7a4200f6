"""Block device mappings (pure): volumes launched as they shall ship."""

from typing import Any

from images.base import BaseDisk, BaseImage
from images.spec import Volume, Volumes
from kiln.errors import UserError


def mappings(volumes: Volumes, base: BaseImage) -> list[dict[str, Any]]:
    """RunInstances' BlockDeviceMappings: every volume of the base AMI and the data volume, root first.

    All are encrypted unless the definition says otherwise, and all go with the instance: CreateImage can change
    nothing but DeleteOnTermination (Amazon EC2 API Reference, CreateImage). Raises UserError for a volume smaller
    than its snapshot, which EC2 would refuse.
    """
    wanted = {base.root_device: volumes.root}
    if volumes.data and volumes.data.device:
        wanted[volumes.data.device] = volumes.data
    disks = {disk.device: disk for disk in base.disks}
    devices = [base.root_device, *(d for d in disks if d != base.root_device), *(d for d in wanted if d not in disks)]
    return [_mapping(device, wanted.get(device, Volume()), disks.get(device)) for device in devices]


def _mapping(device: str, volume: Volume, disk: BaseDisk | None) -> dict[str, Any]:
    size = volume.size or (disk.size if disk else 0)
    if disk and disk.snapshot_id and size < disk.size:
        raise UserError(
            f"the volume {device} is too small: {size} GiB",
            f"the base AMI's snapshot {disk.snapshot_id} has {disk.size} GiB, and a volume can only be larger",
            f"Ask for {disk.size} GiB or more.",
        )
    if disk and disk.encrypted and not volume.encrypted:
        raise UserError(
            f"the volume {device} cannot be unencrypted", "the base AMI's snapshot is encrypted", "Set encrypted: true."
        )
    ebs: dict[str, Any] = {
        "VolumeSize": size,
        "VolumeType": volume.type,
        "DeleteOnTermination": True,
        "Encrypted": volume.encrypted,
    }
    optional = {"Iops": volume.iops, "Throughput": volume.throughput, "KmsKeyId": volume.kms_key}
    return {"DeviceName": device, "Ebs": ebs | {key: value for key, value in optional.items() if value is not None}}


def from_image(base: BaseImage) -> list[dict[str, Any]]:
    """The mappings of an acceptance boot: the AMI's own volumes, each ending with its machine."""
    return [{"DeviceName": disk.device, "Ebs": {"DeleteOnTermination": True}} for disk in base.disks]
