"""LaunchTemplateData (pure): everything that a launch template says, for an AMI that has been chosen.

No instance type, role, network interface or market option: AWS Batch ignores them (AWS Batch User Guide, "Launch
template support").
"""

import base64
from typing import Any

from cloud import tags
from cloud.ebs import map_volume
from cloud.machine_images import MachineImage
from launch_templates.spec import LaunchTemplateSpec

_HOPS = {"job-role": 1, "instance-role": 2}


def make_data(
    spec: LaunchTemplateSpec, image: MachineImage, user_data: bytes, *, names_image: bool = True
) -> dict[str, Any]:
    """The data as CreateLaunchTemplateVersion takes it; raises UserError for a volume smaller than its snapshot.

    Where `names_image` is False the AMI is left to whoever launches: a compute environment of AWS Batch names its own,
    and documentation contradicts itself on which of two it takes.

    The metadata service answers to session tokens only (IMDSv2). Its answers travel one hop, which does not reach
    into a container on Docker's bridge, unless tasks live on the instance's role (Amazon EC2 User Guide, "Configure
    the instance metadata options"). `user_data` may be b"".
    """
    data: dict[str, Any] = {"ImageId": image.id} if names_image else {}
    data |= {
        "MetadataOptions": {
            "HttpEndpoint": "enabled",
            "HttpTokens": "required",
            "HttpPutResponseHopLimit": _HOPS[spec.task_credentials],
        },
        "Monitoring": {"Enabled": spec.detailed_monitoring},
        "TagSpecifications": _tag_specifications(spec),
    }
    if devices := _devices(spec, image):
        data["BlockDeviceMappings"] = devices
    if user_data:
        data["UserData"] = base64.b64encode(user_data).decode()
    return data


def _tag_specifications(spec: LaunchTemplateSpec) -> list[dict[str, object]]:
    marks = {tags.TEMPLATE: spec.name}
    return [
        *tags.make_specifications({**spec.instance_tags, **marks}, "instance"),
        *tags.make_specifications({**spec.volume_tags, **marks}, "volume"),
    ]


def _devices(spec: LaunchTemplateSpec, image: MachineImage) -> list[dict[str, Any]]:
    """Only what is asked for: EC2 adds the AMI's other volumes itself."""
    root, data = spec.volumes.root, spec.volumes.data
    mappings = []
    if root:
        mappings.append(map_volume(image.root_device, root, image.root, whose="the AMI's"))
    if data and data.device:
        disk = next((disk for disk in image.disks if disk.device == data.device), None)
        entry = map_volume(data.device, data, disk, whose="the AMI's")
        entry["Ebs"]["DeleteOnTermination"] = data.delete_on_termination
        mappings.append(entry)
    return mappings
