"""Law: ModifyVolume keeps the limits of the type that a volume shall have, and makes none smaller.

moto takes any figures. Sources: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyVolume.html (defaults
and limits), https://docs.aws.amazon.com/ebs/latest/userguide/modify-volume-requirements.html; the text of the refusal:
aws/aws-cli#4216.
"""

from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.responses import EC2Response

from sandbox.ec2.model.errors import refused
from sandbox.ec2.volumes import limits
from sandbox.ec2.volumes.block_devices import choose_performance
from sandbox.world.world import current

_PROVISIONED = ("gp3", "io1", "io2")


class Modification(EC2Response):
    def modify_volume(self) -> ActionResult:
        volume = self.ec2_backend.get_volume(self._get_param("VolumeId"))
        kind = self._get_param("VolumeType") or volume.volume_type
        size = self._get_int_param("Size") or volume.size
        given = self._get_int_param("Iops"), self._get_int_param("Throughput")
        same = kind == volume.volume_type
        iops = _or_default(given[0], volume.iops if same else limits.BASELINE_IOPS, kind in _PROVISIONED)
        throughput = _or_default(
            given[1], volume.throughput if same else limits.BASELINE_THROUGHPUT, kind == "gp3"
        )  # fmt: skip
        _check(volume, kind, size, iops, throughput)
        asked = {"VolumeType": kind, "Size": size, "Iops": iops, "Throughput": throughput}
        self.params = {**self.params, **{key: value for key, value in asked.items() if value is not None}}
        result = super().modify_volume()
        volume.iops, volume.throughput = choose_performance(size, kind, iops, throughput)
        return result


def _or_default(given: int | None, default: int | None, applies: bool) -> int | None:
    return given if given is not None or not applies else default


def _check(volume: Any, kind: str, size: int, iops: int | None, throughput: int | None) -> None:
    limits.check_type(kind)
    attachment = volume.attachment
    if attachment and attachment.device == attachment.instance.root_device_name:
        limits.check_root(kind)
    limits.check_settings(kind, iops, throughput)
    if size < volume.size:
        raise refused("InvalidParameterValue", "New size cannot be smaller than existing size")
    limits.check_size(kind, size, iops)
    if size > volume.size and current().hypervisor:  # the sandbox's own limit: a disk has the size it was made with
        raise refused("Unsupported", f"The sandbox does not grow the disk of {volume.id}: make a larger volume")
