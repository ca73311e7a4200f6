"""EBS volumes: how a definition writes one, and the block device mapping that asks for it."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Protocol, Self

from pydantic import Field, StrictBool, StrictInt, model_validator

from cloud.machine_images import Disk
from cloud.names import KmsKey
from cloud.volume_types import list_misfits, list_root_misfits
from kiln.errors import UserError
from kiln.keys.takes import Takes
from kiln.models import GiB, Model, refuse_keys

Device = Annotated[
    str,
    Field(pattern=r"^/dev/(sd[b-z]|xvd[b-z][a-z]?)$"),
    Takes("a device name: /dev/sdb to /dev/sdz, or /dev/xvdb and on", "/dev/sdc"),
]


Iops = Annotated[StrictInt, Takes("a whole number of IOPS", "3000")]
Throughput = Annotated[StrictInt, Takes("a whole number of MiB/s, for gp3 alone", "250")]


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


def refuse_misfit(volume: Settings, sizes: Mapping[str, int | None]) -> None:
    """Raise a ValueError that names every key whose value EBS does not take.

    `sizes` are the keys that hold a size, in GiB, the smallest first: IOPS are measured by it.
    """
    (smallest, size), *larger = sizes.items()
    wrong = list_misfits(volume.type, size, volume.iops, volume.throughput, size_key=smallest)
    for key, size in larger:
        wrong += list_misfits(volume.type, size, volume.iops, None, size_key=key)
    if volume.kms_key and not volume.encrypted:
        wrong.append(("kms_key", "kms_key needs encrypted: true"))
    refuse_keys("volume", wrong)


def refuse_root(volume: Settings) -> None:
    """Raise a ValueError for a root volume of a type that no machine boots from."""
    refuse_keys("volumes", [(f"root.{key}", why) for key, why in list_root_misfits(volume.type)])


class Volume(Model):
    """One EBS volume as a definition writes it."""

    device: Device | None = None
    """Device name of a data volume, such as /dev/sdc or /dev/xvdcz; the root's is the AMI's."""
    size: GiB | None = None
    """Default: as large as the AMI's."""
    type: Literal["gp3", "gp2", "io1", "io2", "st1", "sc1", "standard"] = "gp3"
    iops: Iops | None = None
    """What each type takes is in `cloud.volume_types`."""
    throughput: Throughput | None = None
    """MiB/s, gp3 only."""
    encrypted: StrictBool = True
    kms_key: KmsKey | None = None
    """Id, ARN or alias of a KMS key; default: the account's aws/ebs key."""

    @model_validator(mode="after")
    def _fits_its_type(self) -> Self:
        refuse_misfit(self, {"size": self.size})
        return self


def map_volume(device: str, volume: Volume, disk: Disk | None, whose: str = "the base AMI's") -> dict[str, Any]:
    """One entry of BlockDeviceMappings, ending with its machine; `disk` is what the AMI has there.

    Raises UserError for a volume smaller than its snapshot, which EC2 would refuse, for one that would be decrypted,
    and for more IOPS than its size takes. `whose` snapshot it is, in words.
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
    if misfits := list_misfits(volume.type, size, volume.iops, volume.throughput):
        raise UserError(
            f"the volume {device} cannot be made", "; ".join(why for _, why in misfits), "Change it in the definition."
        )
    ebs: dict[str, Any] = {
        "VolumeSize": size,
        "VolumeType": volume.type,
        "DeleteOnTermination": True,
        "Encrypted": volume.encrypted,
    }
    optional = {"Iops": volume.iops, "Throughput": volume.throughput, "KmsKeyId": volume.kms_key}
    return {"DeviceName": device, "Ebs": ebs | {key: value for key, value in optional.items() if value is not None}}
