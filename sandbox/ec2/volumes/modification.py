"""Law: ModifyVolume keeps the limits of the type that a volume shall have, makes none smaller, and takes its time.

Sources: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyVolume.html (defaults and limits; "you must
wait for that modification to reach the completed state"; since January 2026 "up to four times within a rolling 24-hour
period" in the place of the six hours of before), API_DescribeVolumesModifications.html; texts: aws/aws-cli#4216 (size),
kubernetes/kubernetes#69434 (state). The text for a fifth change is the sandbox's own: AWS's names the time, too.

Unlike EBS, QEMU's NVMe controllers do not tell a running guest that a disk has grown: it must be stopped for that.
"""

from datetime import UTC, datetime
from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.responses import EC2Response

from sandbox.ec2.model.errors import refused
from sandbox.ec2.volumes import limits
from sandbox.ec2.volumes.block_devices import choose_performance
from sandbox.ec2.volumes.modification_record import Change, Settings
from sandbox.world.hypervisor import MachineError
from sandbox.world.world import World, current

_PROVISIONED = ("gp3", "io1", "io2")
_CHANGED = ("Size", "VolumeType", "Iops", "Throughput", "MultiAttachEnabled")
_AT_MOST, _WITHIN = 4, 24 * 3600


class Modification(EC2Response):
    def modify_volume(self) -> ActionResult:
        volume, world = self.ec2_backend.get_volume(self._get_param("VolumeId")), current()
        if not any(name in self.params for name in _CHANGED):
            message = "Must specify at least one of size, type, iops, throughput, multi_attach_enabled"
            raise refused("InvalidParameterValue", message)
        original = Settings(volume.size, volume.volume_type, volume.iops, volume.throughput)
        target = self._read_target(original)
        _check(volume, target)
        _check_pace(volume, world)
        change = _begin(world, volume, original, target)
        return ActionResult({"VolumeModification": change.show()})

    def _read_target(self, original: Settings) -> Settings:
        kind = self._get_param("VolumeType") or original.volume_type
        size = self._get_int_param("Size") or original.size
        given = self._get_int_param("Iops"), self._get_int_param("Throughput")
        same = kind == original.volume_type
        iops = _or_default(given[0], original.iops if same else limits.BASELINE_IOPS, kind in _PROVISIONED)
        throughput = _or_default(given[1], original.throughput if same else limits.BASELINE_THROUGHPUT, kind == "gp3")
        return Settings(size, kind, iops, throughput)

    def describe_volumes_modifications(self) -> ActionResult:
        """The newest change of each volume."""
        named = self._get_param("VolumeIds", [])
        for volume_id in named:
            if not self.ec2_backend.get_volume(volume_id).modifications:
                message = f"Modification for volume '{volume_id}' does not exist."
                raise refused("InvalidVolumeModification.NotFound", message)
        changes = self.ec2_backend.describe_volumes_modifications(named, self._filters_from_querystring())
        shown = [change.show() for change in changes if change is change.volume.modifications[-1]]
        return ActionResult({"VolumesModifications": shown})


def _or_default(given: int | None, default: int | None, applies: bool) -> int | None:
    return given if given is not None or not applies else default


def _check(volume: Any, target: Settings) -> None:
    kind, attachment = target.volume_type, volume.attachment
    limits.check_type(kind)
    if attachment and attachment.device == attachment.instance.root_device_name:
        limits.check_root(kind)
    limits.check_settings(kind, target.iops, target.throughput)
    if target.size < volume.size:
        raise refused("InvalidParameterValue", "New size cannot be smaller than existing size")
    limits.check_size(kind, target.size, target.iops)
    if volume.status not in ("available", "in-use"):
        raise refused("IncorrectState", f"Volume '{volume.id}' is in the '{volume.status}' state.")
    if target.size > volume.size and current().hypervisor and attachment and attachment.instance.state != "stopped":
        message = (
            f"The sandbox grows the disk of {volume.id} only while {attachment.instance.id} is stopped: its virtual "
            "NVMe controller cannot tell a running guest of it"
        )
        raise refused("Unsupported", message)


def _check_pace(volume: Any, world: World) -> None:
    """Refuse a change while the one before goes on, and a fifth within a day."""
    changes = volume.modifications
    if changes and changes[-1].modification_state in ("modifying", "optimizing"):
        state = changes[-1].modification_state.upper()
        message = f"Volume {volume.id} cannot be modified in modification state {state}"
        raise refused("IncorrectModificationState", message)
    recent = [change.began for change in changes if change.began > world.clock.now() - _WITHIN]
    if len(recent) >= _AT_MOST:
        again = datetime.fromtimestamp(recent[-_AT_MOST] + _WITHIN, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        message = (
            "You've reached the maximum modification rate per volume limit: four modifications within 24 hours. "
            f"You can modify {volume.id} again at {again}."
        )
        raise refused("VolumeModificationRateExceeded", message)


def _begin(world: World, volume: Any, original: Settings, target: Settings) -> Change:
    """Grow the disk at once, and show what is new once the volume is optimizing."""
    error = ""
    try:
        if world.hypervisor and target.size > original.size:
            world.hypervisor.grow_volume(volume.id, target.size)
    except MachineError as failure:
        error = str(failure)
    change = Change(volume, original, target, world.clock.now(), error)
    volume.modifications.append(change)
    if not error:
        world.later(world.delays.volume_modifying, lambda: _take_effect(volume, target))
    return change


def _take_effect(volume: Any, target: Settings) -> None:
    volume.size, volume.volume_type = target.size, target.volume_type
    volume.iops, volume.throughput = choose_performance(
        target.size, target.volume_type, target.iops, target.throughput
    )  # fmt: skip
