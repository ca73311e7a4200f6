"""Data volumes of launch templates that nothing on their machines uses (pure)."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from cloud import tags
from cloud.machine_images import MachineImage
from kiln.errors import UserError
from launch_templates.spec import LaunchTemplateSpec
from provision.docker import unused_volume
from userdata.decode import decode, from_base64

_MAY_USE_IT = {"files", "scripts"}  # provisioners whose work on an AMI nobody sees here


def warn(spec: LaunchTemplateSpec, image: MachineImage | None) -> tuple[UserError, ...]:
    """Warn of a definition's data volume that nothing uses; `image` is None where no AMI is chosen yet."""
    data = spec.volumes.data
    if not data or not data.device or not _leaves_alone(image, data.device):
        return ()
    texts = [part.text for part in spec.user_data]
    texts += [script.text for script in spec.scripts.root]
    texts += [f"{entry.path}\n{entry.payload.decode(errors='replace')}" for entry in spec.files.root]
    if unused_volume.is_used(data.device, spec.docker_storage, texts):
        return ()
    return (UserError(*unused_volume.describe(data.device, data.size, spec.name)),)


def list_unused(data: Mapping[str, Any], image: MachineImage) -> Iterator[tuple[str, int | None]]:
    """List device and GiB of volumes in LaunchTemplateData that nothing uses, for machines of an AMI."""
    volumes = {
        str(mapping.get("DeviceName")): mapping["Ebs"].get("VolumeSize")
        for mapping in data.get("BlockDeviceMappings") or ()
        if mapping.get("Ebs") and mapping.get("DeviceName") != image.root_device
    }
    texts = list(_read_user_data(str(data.get("UserData") or ""))) if volumes else []
    for device, size in volumes.items():
        if _leaves_alone(image, device) and not unused_volume.is_used(device, None, texts):
            yield device, size


def _read_user_data(encoded: str) -> Iterable[str]:
    """Its parts; for one that cannot be read a text that may do anything."""
    try:
        return [part.text for part in decode(from_base64(encoded))] if encoded else []
    except UserError:
        return ["mount"]


def _leaves_alone(image: MachineImage | None, device: str) -> bool:
    """Whether it is known that an AMI does not use a volume that is added: AWS's own, and Kiln's without scripts.

    A volume of the AMI's own is used by what the AMI is made of, as /dev/xvdcz by Amazon Linux 1's Docker.
    """
    if image is None:
        return True
    if any(disk.device == device for disk in image.disks):
        return False
    if tags.CARRIES in image.tags:
        return not _MAY_USE_IT & tags.unpack(image.tags[tags.CARRIES]).keys()
    return image.owner == "amazon"
