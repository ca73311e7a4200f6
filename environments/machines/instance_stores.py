"""Refuse machines without an instance store where Docker's storage is to lie on one; at boot it would be the root."""

from collections.abc import Mapping

from cloud import tags
from cloud.machine_images import MachineImage
from environments.machines.families import is_allowed
from environments.machines.instance_types import GROUPS, InstanceType
from environments.spec.environment import EnvironmentSpec
from kiln.errors import UserError
from launch_templates.spec import LaunchTemplateSpec

DRIVER = "instance-store"


def refuse_missing(
    spec: EnvironmentSpec, template: LaunchTemplateSpec, image: MachineImage, known: Mapping[str, InstanceType]
) -> None:  # fmt: skip
    """Raise UserError for instance types without NVMe disks, where the launch template or the AMI counts on them."""
    if not (whose := _who_counts_on_it(template, image)):
        return
    for name, compute in spec.compute_environments.items():
        without = [entry for entry in compute.instance_types if _lacks(entry, known)]
        if without:
            raise UserError(
                f"{name} may start machines without an instance store",
                f"{whose} keeps Docker's storage on the machine's own NVMe disks, and {', '.join(without)} "
                f"{'has' if len(without) == 1 else 'have'} none",
                f"Under compute_environments: {name}, name instance_types that have them (c5d, m5d, r5d, i4i, "
                "c6gd …: the types with a d, and storage optimized ones), or use another docker_storage.",
            )


def _who_counts_on_it(template: LaunchTemplateSpec, image: MachineImage) -> str:
    if template.docker_storage:
        return f"the launch template {template.name}" if template.docker_storage.driver == DRIVER else ""
    return f"the AMI {image.id}" if image.tags.get(tags.DOCKER_STORAGE) == DRIVER else ""


def _lacks(entry: str, known: Mapping[str, InstanceType]) -> bool:
    """Whether a type, or any of a family, has no such disk; the words for several families mean such too."""
    types = [machine for machine in known.values() if is_allowed((entry,), machine.name)]
    return entry in GROUPS or any(not machine.stores for machine in types)
