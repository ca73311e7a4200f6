"""EBS volumes: how a definition writes one, and the block device mapping that asks for it."""

from typing import Any, Literal, Protocol, Self

from pydantic import Field, model_validator

from cloud.machine_images import Disk
from kiln.errors import UserError
from kiln.models import GiB, Model


class Settings(Protocol):
    """What a definition says of a volume, or of those that are added later: IOPS, throughput in MiB/s, its KMS key."""

    @property
    def type(self) -> str: ...
    @property
    def iops(self) -> int | None: ...
    @property
    def throughput(self) -> int | None: ...
    @property
    def encrypted(self) -> bool: ...
    @property
    def kms_key(self) -> str | None: ...


def refuse_misfit(volume: Settings) -> None:
    """Raise ValueError for settings that EBS does not take together (Amazon EBS User Guide, volume types)."""
    if volume.throughput and volume.type != "gp3":
        raise ValueError(f"throughput can be set for gp3 alone, not for {volume.type}")
    if volume.iops and volume.type not in {"gp3", "io1", "io2"}:
        raise ValueError(f"iops can be set for gp3, io1 and io2, not for {volume.type}")
    if volume.type in {"io1", "io2"} and not volume.iops:
        raise ValueError(f"{volume.type} needs iops")
    if volume.kms_key and not volume.encrypted:
        raise ValueError("kms_key needs encrypted: true")


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
        refuse_misfit(self)
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
