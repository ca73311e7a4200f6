"""Laws of volumes: sizes, performance and encryption are kept, and a volume is attached once, where it can be.

Sources: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVolume.html, API_AttachVolume.html,
API_DetachVolume.html, API_DeleteVolume.html; error codes in errors-overview.html (AttachmentLimitExceeded,
VolumeLimitExceeded, VolumeInUse, InvalidVolume.ZoneMismatch). How often a request with one ClientToken is carried out:
https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-idempotency.html. Attachments of Nitro instances:
https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/volume_limits.html.
"""

from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.models.instance_types import INSTANCE_TYPES
from moto.ec2.responses import EC2Response

from sandbox.ec2.hardware import machines
from sandbox.ec2.model.errors import refused
from sandbox.ec2.model.tagging import read_tags
from sandbox.ec2.volumes import encryption
from sandbox.ec2.volumes.block_devices import BlockDevice, SnapshotFacts, make_device
from sandbox.kms import keys
from sandbox.world.client_tokens import Earlier
from sandbox.world.hypervisor import Disk, MachineError
from sandbox.world.world import World, current

# "Most Nitro instances support 28 attachments", shared by volumes, network interfaces and NVMe instance stores.
NITRO_ATTACHMENTS = 28


def status(volume: Any) -> str:
    """In the place of moto's, which knows no volume that is still being made."""
    return current().volumes[volume.id].under_way or ("in-use" if volume.attachment else "available")


def list_snapshot_facts(backend: Any) -> dict[str, SnapshotFacts]:
    return {
        snapshot.id: SnapshotFacts(snapshot.volume_size, snapshot.encrypted, snapshot.kms_key_id)
        for snapshot in backend.snapshots.values()
    }


def create(backend: Any, zone: str, wanted: BlockDevice, tags: dict[str, str]) -> Any:
    """Make a new volume record, as `wanted` says."""
    volume = backend.create_volume(
        size=wanted.size, zone_name=zone, snapshot_id=wanted.snapshot_id, volume_type=wanted.volume_type,
        iops=wanted.iops if wanted.volume_type != "gp2" else None, throughput=wanted.throughput,
    )  # fmt: skip
    volume.iops = wanted.iops
    volume.encrypted = wanted.encrypted
    volume.kms_key_id = keys.find_key_arn(backend, wanted.kms_key_id) if wanted.encrypted else None
    volume.create_time = current().clock.utcnow()
    volume.add_tags(tags)
    return volume


class Volumes(EC2Response):
    def create_volume(self) -> ActionResult:
        world, backend, request = current(), self.ec2_backend, dict(self.params)
        earlier = world.client_tokens.find("CreateVolume", self.params)
        if earlier:
            return _answer_again(earlier)
        request["VolumeSize"] = request.get("Size")
        default = encryption.is_on(backend)
        wanted = make_device("", request, list_snapshot_facts(backend), encrypt_by_default=default)
        volume = create(backend, request["AvailabilityZone"], wanted, read_tags(request).get("volume", {}))
        world.volumes[volume.id].under_way = "creating"
        if wanted.encrypted and volume.kms_key_id is None:
            world.later(world.delays.pending, lambda: backend.volumes.pop(volume.id, None))
        elif world.hypervisor:
            machines.make_new_disk(world, volume, lambda: _finish_making(volume))
        else:
            world.later(world.delays.pending, lambda: _finish_making(volume))
        world.client_tokens.keep("CreateVolume", self.params, volume)
        return ActionResult(volume)

    def attach_volume(self) -> ActionResult:
        backend, name = self.ec2_backend, self._get_param("Device")
        volume = backend.get_volume(self._get_param("VolumeId"))
        instance = backend.get_instance(self._get_param("InstanceId"))
        _check_attachable(volume, instance, name)
        world = current()
        if world.hypervisor and instance.state == "running":
            try:
                world.hypervisor.attach(instance.id, Disk(volume.id, name, volume.size))
            except MachineError as error:
                raise refused("AttachmentLimitExceeded", str(error)) from error
        result = super().attach_volume()
        volume.attachment.delete_on_termination = False
        return result

    def detach_volume(self) -> ActionResult:
        world, volume = current(), self.ec2_backend.get_volume(self._get_param("VolumeId"))
        if not volume.attachment:
            raise refused("IncorrectState", f"Volume '{volume.id}' is in the 'available' state.")
        instance, name = volume.attachment.instance, volume.attachment.device
        if name == instance.root_device_name and instance.state != "stopped":
            raise refused("OperationNotPermitted", f"Unable to detach root volume '{volume.id}' from '{instance.id}'")
        if world.hypervisor and instance.state == "running":
            return _unplug(world, volume)
        self.params = {**self.params, "InstanceId": instance.id, "Device": name}
        return super().detach_volume()

    def delete_volume(self) -> ActionResult:
        volume = self.ec2_backend.get_volume(self._get_param("VolumeId"))
        if volume.attachment:
            message = f"Volume {volume.id} is currently attached to {volume.attachment.instance.id}"
            raise refused("VolumeInUse", message)
        if volume.status != "available":
            raise refused("IncorrectState", f"Volume '{volume.id}' is in the '{volume.status}' state.")
        result = super().delete_volume()
        world = current()
        if world.hypervisor:
            world.hypervisor.delete_volume(volume.id)
        return result


def _answer_again(earlier: Earlier) -> ActionResult:
    if not earlier.same:
        message = "The request uses the same client token as a previous, but non-identical request."
        raise refused("IdempotentParameterMismatch", message)
    return ActionResult(earlier.answer)


def _finish_making(volume: Any) -> None:
    current().volumes[volume.id].under_way = ""


def _unplug(world: World, volume: Any) -> ActionResult:
    """`detaching` until the guest has let go of it; `busy` when it does not."""
    attachment = volume.attachment
    instance, name = attachment.instance, attachment.device
    attachment.status = "detaching"

    def gone() -> None:
        volume.ec2_backend.detach_volume(volume.id, instance.id, name)

    def kept() -> None:
        attachment.status = "busy"

    machines.unplug(world, instance.id, volume.id, gone, kept)
    facts = {"VolumeId": volume.id, "InstanceId": instance.id, "Device": name, "State": "detaching"}
    return ActionResult({**facts, "AttachTime": attachment.attach_time})


def _check_attachable(volume: Any, instance: Any, name: str) -> None:
    if volume.attachment:
        raise refused("VolumeInUse", f"{volume.id} is already attached to an instance")
    if volume.status != "available":
        raise refused("IncorrectState", f"Volume '{volume.id}' is not 'available'.")
    if instance.state not in ("running", "stopped"):
        raise refused("IncorrectState", f"Instance '{instance.id}' is not 'running'.")
    if volume.availability_zone != instance.availability_zone:
        message = f"The volume '{volume.id}' is not in the same availability zone as instance '{instance.id}'"
        raise refused("InvalidVolume.ZoneMismatch", message)
    if name in instance.block_device_mapping:
        message = f"Invalid value '{name}' for unixDevice. Attachment point {name} is already in use"
        raise refused("InvalidParameterValue", message)
    facts = INSTANCE_TYPES.get(instance.instance_type, {})
    attached = len(instance.block_device_mapping) + len(instance.nics)
    if facts.get("Hypervisor") == "nitro" and attached >= NITRO_ATTACHMENTS:
        message = f"{instance.id} has {attached} attachments, the limit of {instance.instance_type}"
        raise refused("AttachmentLimitExceeded", message)
