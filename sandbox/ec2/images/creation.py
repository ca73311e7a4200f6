"""Laws of CreateImage, CopyImage and RegisterImage.

Sources: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateImage.html, API_CopyImage.html (CopyImageTags,
encryption), API_RegisterImage.html; https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/creating-an-ami-ebs.html
"""

import re
from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.models import ec2_backends
from moto.ec2.responses import EC2Response
from moto.ec2.utils import random_ami_id

from sandbox.ec2.hardware import machines
from sandbox.ec2.images.image import Image, describe_ebs
from sandbox.ec2.instances.lifecycle import end_by_guest
from sandbox.ec2.model.errors import refused
from sandbox.ec2.model.tagging import read_tags
from sandbox.ec2.volumes import encryption, snapshots
from sandbox.ec2.volumes.block_devices import resolve
from sandbox.ec2.volumes.volumes import list_snapshot_facts
from sandbox.kms import keys
from sandbox.world.hypervisor import MachineError
from sandbox.world.world import ACCOUNT, World, current

_NAME = re.compile(r"[A-Za-z0-9()\[\] ./\-'@_]{3,128}")
_KEPT = ("VolumeSize", "VolumeType", "Iops", "Throughput", "Encrypted", "KmsKeyId", "SnapshotId")
_IMAGED_IN = ("running", "stopping", "stopped")


class CreateImage(EC2Response):
    def create_image(self) -> ActionResult:
        world, backend, request = current(), self.ec2_backend, dict(self.params)
        instance = backend.get_instance(request["InstanceId"])
        check_name(backend, request.get("Name"))
        tags = _read_tags(request)
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
        image = _begin(
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

    def copy_image(self) -> ActionResult:
        world, backend, request = current(), self.ec2_backend, dict(self.params)
        source = _find_source(request)
        check_name(backend, request.get("Name"))
        tags = _read_tags(request)
        encrypt, key = bool(request.get("Encrypted")), request.get("KmsKeyId")
        if key and not encrypt:
            raise refused("InvalidParameterDependency", "KmsKeyId requires Encrypted to be set.")
        encrypt = encrypt or encryption.is_on(backend)
        image_id, copies, mappings = random_ami_id(), [], []
        for mapping in source.mappings:
            original = source.ec2_backend.snapshots.get(mapping["Ebs"].get("SnapshotId"))
            if original is None:
                mappings.append(mapping)
                continue
            text = f"Copied for DestinationAmi {image_id} from SourceAmi {source.id} for SourceSnapshot {original.id}."
            copy = snapshots.begin(backend, original.volume, text, tags.get("snapshot", {}))
            copy.encrypted = encrypt or original.encrypted
            copy.kms_key_id = keys.find_key_arn(backend, key or original.kms_key_id) if copy.encrypted else None
            copies.append((original, copy))
            changed = {"SnapshotId": copy.id, "Encrypted": copy.encrypted}
            mappings.append({**mapping, "Ebs": {**mapping["Ebs"], **changed}})
        image = _begin(
            backend, image_id, request, mappings, architecture=source.architecture,
            root_device_name=source.root_device_name, source_image_id=source.id,
            source_image_region=source.ec2_backend.region_name,
        )  # fmt: skip
        if request.get("CopyImageTags"):
            copied = {tag["key"]: tag["value"] for tag in source.get_tags() if not tag["key"].startswith("aws:")}
            image.add_tags({**copied, **tags.get("image", {})})
        if world.hypervisor:
            world.queues.add("volumes", lambda: _duplicate(world, image, copies))
        else:
            snapshots.copy_by_clock(world, [copy for _, copy in copies], lambda error: finish(image, error))
        return ActionResult({"ImageId": image.id})

    def register_image(self) -> ActionResult:
        backend, request = self.ec2_backend, dict(self.params)
        check_name(backend, request.get("Name"))
        _read_tags(request)
        root = request.get("RootDeviceName") or "/dev/sda1"
        devices = resolve([], request.get("BlockDeviceMappings") or [], list_snapshot_facts(backend), root)
        if not any(device.device_name == root and device.snapshot_id for device in devices):
            raise refused("InvalidBlockDeviceMapping", "The root device must have a snapshot.")
        mappings = [{"DeviceName": d.device_name, "Ebs": _describe_ebs(d)} for d in devices]
        image = _begin(
            backend, random_ami_id(), request, mappings, root_device_name=root,
            architecture=request.get("Architecture") or "x86_64",
        )  # fmt: skip
        finish(image, None)
        return ActionResult({"ImageId": image.id})


def check_name(backend: Any, name: str | None) -> None:
    """Raise unless `name` is one that AWS takes and that no image of this account has."""
    if not name or not _NAME.fullmatch(name):
        message = (
            "AMI names must be between 3 and 128 characters long, and may contain letters, numbers, '(', ')', '.', "
            "'-', '/' and '_'"
        )
        raise refused("InvalidAMIName.Malformed", message)
    for image in backend.amis.values():
        if image.owner_id == ACCOUNT and image.name == name:
            raise refused("InvalidAMIName.Duplicate", f"AMI name {name} is already in use by AMI {image.id}")


def finish(image: Any, error: str | None) -> None:
    """`available`, or `failed` with its reason."""
    image.state = "failed" if error else "available"
    if error:
        image.state_reason = {"Code": "Server.InternalError", "Message": f"Server.InternalError: {error}"}


def _read_tags(request: dict[str, Any]) -> dict[str, dict[str, str]]:
    tags = read_tags(request)
    for kind in tags:
        if kind not in ("image", "snapshot"):
            raise refused(
                "InvalidParameterValue", f"'{kind}' is not a valid taggable resource type for this operation."
            )
    return tags


def _begin(
    backend: Any, image_id: str, request: dict[str, Any], mappings: list[dict[str, Any]], **facts: Any
) -> Image:  # fmt: skip
    description = request.get("Description")
    image = Image(backend, image_id, request["Name"], mappings, state="pending", description=description, **facts)
    backend.amis[image.id] = image
    image.add_tags(read_tags(request).get("image", {}))
    delays = current().delays
    current().hide(image.id, delays.image_visible, delays.late_ids)
    return image


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


def _find_source(request: dict[str, Any]) -> Image:
    backend = ec2_backends[ACCOUNT][request["SourceRegion"]]
    image = backend.amis.get(request["SourceImageId"])
    if image is None or not current().is_visible(image.id):
        raise refused("InvalidAMIID.NotFound", f"The image id '[{request['SourceImageId']}]' does not exist")
    if image.state != "available":
        raise refused("InvalidAMIID.Unavailable", f"The image ID '{image.id}' is not available")
    assert isinstance(image, Image)
    return image


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


def _duplicate(world: World, image: Image, copies: list[tuple[Any, Any]]) -> None:
    """A copy of a snapshot, by way of a volume that is made from it and deleted again."""
    assert world.hypervisor is not None
    failure = None
    for original, copy in copies:
        scratch = copy.id.replace("snap-", "vol-")
        try:
            machines.import_stand_in(world, original.id, original.ec2_backend.region_name)
            world.hypervisor.create_volume(scratch, original.volume_size, original.id)
            world.hypervisor.snapshot(scratch, copy.id, copy.report)
            world.hypervisor.delete_volume(scratch)
            error = None
        except MachineError as trouble:
            error = failure = str(trouble)
        with world.lock:
            snapshots.finish(copy, error)
    with world.lock:
        finish(image, failure)
