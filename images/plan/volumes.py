"""Block device mappings (pure): volumes launched as they shall ship."""

from typing import Any

from cloud.ebs import Volume, map_volume
from images.amis.base import BaseImage
from images.spec.image import Volumes


def map_volumes(volumes: Volumes, base: BaseImage) -> list[dict[str, Any]]:
    """RunInstances' BlockDeviceMappings: every volume of the base AMI and the data volume, root first.

    All are encrypted unless the definition says otherwise, and all go with the instance: CreateImage can change
    nothing but DeleteOnTermination (Amazon EC2 API Reference, CreateImage). Raises UserError for a volume smaller
    than its snapshot, which EC2 would refuse.
    """
    own = {base.root_device: volumes.root}
    if volumes.data and volumes.data.device:
        own[volumes.data.device] = volumes.data
    disks = {disk.device: disk for disk in base.disks}
    devices = [base.root_device, *(d for d in disks if d != base.root_device), *(d for d in own if d not in disks)]
    return [map_volume(device, own.get(device, Volume()), disks.get(device)) for device in devices]


def map_image(base: BaseImage) -> list[dict[str, Any]]:
    """The mappings of an acceptance boot: the AMI's own volumes, which end with their machine."""
    return [{"DeviceName": disk.device, "Ebs": {"DeleteOnTermination": True}} for disk in base.disks]
