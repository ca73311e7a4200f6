"""EBS volumes: how a definition writes one, and the block device mapping that asks for it."""

from typing import Any, Literal, Self

from pydantic import Field, model_validator

from cloud.machine_images import Disk
from kiln.errors import UserError
from kiln.models import GiB, Model


class Volume(Model):
    """One EBS volume as a definition writes it."""

    device: str | None = Field(None, pattern=r"^/dev/(sd[b-z]|xvd[b-z][a-z]?)$")
    """Device name of a data volume, such as /dev/sdc or /dev/xvdcz; the root's is the AMI's."""
    size: GiB | None = None
    """Default: as large as the AMI's."""
    type: Literal["gp3", "gp2", "io1", "io2", "st1", "standard"] = "gp3"
    iops: int | None = Field(None, ge=100, le=256000)
    throughput: int | None = Field(None, ge=125, le=2000)
    """MiB/s, gp3 only."""
    encrypted: bool = True
    kms_key: str | None = None
    """Id, ARN or alias of a KMS key; default: the account's aws/ebs key."""

    @model_validator(mode="after")
    def _fits_its_type(self) -> Self:
        if self.throughput and self.type != "gp3":
            raise ValueError(f"throughput can be set for gp3 alone, not for {self.type}")
        if self.iops and self.type not in {"gp3", "io1", "io2"}:
            raise ValueError(f"iops can be set for gp3, io1 and io2, not for {self.type}")
        if self.type in {"io1", "io2"} and not self.iops:
            raise ValueError(f"{self.type} needs iops")
        if self.kms_key and not self.encrypted:
            raise ValueError("kms_key needs encrypted: true")
        return self


def mapping(device: str, volume: Volume, disk: Disk | None, whose: str = "the base AMI's") -> dict[str, Any]:
    """One entry of BlockDeviceMappings, ending with its machine; `disk` is what the AMI has there.

    Raises UserError for a volume smaller than its snapshot, which EC2 would refuse, or one that would be decrypted.
    `whose` snapshot it is, in words.
    """
    size = volume.size or (disk.size if disk else 0)
    if disk and disk.snapshot_id and size < disk.size:
        raise UserError(
            f"the volume {device} is too small: {size} GiB",
            f"{whose} snapshot {disk.snapshot_id} has {disk.size} GiB, and a volume can only be larger",
            f"Ask for {disk.size} GiB or more.",
        )
    if disk and disk.encrypted and not volume.encrypted:
        raise UserError(
            f"the volume {device} cannot be unencrypted", f"{whose} snapshot is encrypted", "Set encrypted: true."
        )
    ebs: dict[str, Any] = {
        "VolumeSize": size,
        "VolumeType": volume.type,
        "DeleteOnTermination": True,
        "Encrypted": volume.encrypted,
    }
    optional = {"Iops": volume.iops, "Throughput": volume.throughput, "KmsKeyId": volume.kms_key}
    return {"DeviceName": device, "Ebs": ebs | {key: value for key, value in optional.items() if value is not None}}
