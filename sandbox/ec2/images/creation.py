"""Laws of CreateImage and RegisterImage.

Sources: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateImage.html, API_RegisterImage.html;
https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/creating-an-ami-ebs.html
"""

from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.responses import EC2Response
from moto.ec2.utils import random_ami_id

from sandbox.ec2.hardware import machines
from sandbox.ec2.images.image import Image, describe_ebs
from sandbox.ec2.images.making import begin, check_name, finish, read_image_tags
from sandbox.ec2.instances.lifecycle import end_by_guest
from sandbox.ec2.model.errors import refused
from sandbox.ec2.volumes import snapshots
from sandbox.ec2.volumes.block_devices import resolve
from sandbox.ec2.volumes.volumes import list_snapshot_facts
from sandbox.world.world import World, current

_KEPT = ("VolumeSize", "VolumeType", "Iops", "Throughput", "Encrypted", "KmsKeyId", "SnapshotId")
_IMAGED_IN = ("running", "stopping", "stopped")


class CreateImage(EC2Response):
    def create_image(self) -> ActionResult:
        world, backend, request = current(), self.ec2_backend, dict(self.params)
        instance = backend.get_instance(request["InstanceId"])
        check_name(backend, request.get("Name"))
        tags = read_image_tags(request)
        if instance.state not in _IMAGED_IN:
            raise refused(
                "IncorrectState", f"Instance '{instance.id}' is not in a state to be imaged: {instance.state}"
            )
        keep, blank = _choose_devices(instance, request.get("BlockDeviceMappings") or [])
        image_id = random_ami_id()
        taken, mappings = [], []
        for name, volume, delete_on_termination in keep:
            description = f"Created by CreateImage({instance.id}) for {image_id}"
            snapshot = snapshots.begin(backend, volume, description, tags.get("snapshot", {}))
            taken.append(snapshot)
            mappings.append({"DeviceName": name, "Ebs": describe_ebs(volume, snapshot.id, delete_on_termination)})
        image = begin(
            backend, image_id, request, mappings + blank, instance_id=instance.id,
            architecture=instance.architecture, root_device_name=instance.root_device_name,
            source_image_id=instance.image_id, source_image_region=backend.region_name,
        )  # fmt: skip
        if world.hypervisor:
            restart = instance.state == "running" and not self._get_bool_param("NoReboot", False)
            world.queues.add(instance.id, lambda: _take(world, instance, image, taken, restart))
        else:
            snapshots.copy_by_clock(world, taken, lambda error: finish(image, error))
        return ActionResult({"ImageId": image.id})

    def register_image(self) -> ActionResult:
        backend, request = self.ec2_backend, dict(self.params)
        check_name(backend, request.get("Name"))
        read_image_tags(request)
        root = request.get("RootDeviceName") or "/dev/sda1"
        devices = resolve([], request.get("BlockDeviceMappings") or [], list_snapshot_facts(backend), root)
        if not any(device.device_name == root and device.snapshot_id for device in devices):
            raise refused("InvalidBlockDeviceMapping", "The root device must have a snapshot.")
        mappings = [{"DeviceName": d.device_name, "Ebs": _describe_ebs(d)} for d in devices]
        image = begin(
            backend, random_ami_id(), request, mappings, root_device_name=root,
            architecture=request.get("Architecture") or "x86_64",
        )  # fmt: skip
        finish(image, None)
        return ActionResult({"ImageId": image.id})


def _choose_devices(
    instance: Any, requested: list[dict[str, Any]]
) -> tuple[list[tuple[str, Any, bool]], list[dict[str, Any]]]:
    """Return the instance's volumes to be imaged (device, volume, DeleteOnTermination),
    and blank ones that are added.
    """
    changes = {mapping["DeviceName"]: mapping for mapping in requested}
    keep = []
    names = sorted(instance.block_device_mapping, key=lambda name: name != instance.root_device_name)
    for name in names:
        change = changes.pop(name, {})
        if "NoDevice" in change:
            continue
        attached = instance.block_device_mapping[name]
        volume = instance.ec2_backend.get_volume(attached.volume_id)
        wanted = change.get("Ebs") or {}
        _refuse_changes(name, wanted, describe_ebs(volume, volume.snapshot_id, False))
        keep.append((name, volume, bool(wanted.get("DeleteOnTermination", attached.delete_on_termination))))
    facts = list_snapshot_facts(instance.ec2_backend)
    added = resolve([], [change for change in changes.values() if change.get("Ebs")], facts, "")
    return keep, [{"DeviceName": device.device_name, "Ebs": _describe_ebs(device)} for device in added]


def _refuse_changes(name: str, wanted: dict[str, Any], present: dict[str, Any]) -> None:
    for key in _KEPT:
        if wanted.get(key) is not None and wanted[key] != present.get(key):
            message = (
                f"The {key} of {name} can't be changed by CreateImage (it is {present.get(key)}): of the instance's "
                "own volumes only DeleteOnTermination may differ."
            )
            raise refused("InvalidBlockDeviceMapping", message)


def _describe_ebs(wanted: Any) -> dict[str, Any]:
    return {
        **describe_ebs(wanted, wanted.snapshot_id, wanted.delete_on_termination),
        **({"KmsKeyId": wanted.kms_key_id} if wanted.kms_key_id else {}),
    }


def _take(world: World, instance: Any, image: Image, taken: list[Any], restart: bool) -> None:
    """On the instance's queue: power off unless told not to, copy every disk, power on again."""
    assert world.hypervisor is not None
    if restart:
        world.hypervisor.power_off(instance.id)
    errors = [error for error in [snapshots.copy_disk(world, snapshot) for snapshot in taken] if error]
    with world.lock:
        finish(image, errors[0] if errors else None)
    if restart and instance.state == "running":
        machines.switch_on(world, instance, end_by_guest)
