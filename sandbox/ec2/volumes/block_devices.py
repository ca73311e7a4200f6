"""Law: which volumes a machine gets, from its image's mappings and the request's. Pure.

Sources: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_EbsBlockDevice.html (defaults and limits),
https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/block-device-mapping-concepts.html (merging, DeleteOnTermination),
https://docs.aws.amazon.com/ebs/latest/userguide/how-ebs-encryption-works.html (a copy stays encrypted).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sandbox.ec2.model.errors import refused

_IOPS_NEEDED = ("io1", "io2")
_IOPS_RANGE = {"gp3": (3000, 80000), "io1": (100, 64000), "io2": (100, 256000)}
_SIZE_RANGE = {"gp3": (1, 65536), "gp2": (1, 16384), "io1": (4, 16384), "io2": (4, 65536), "st1": (125, 16384),
               "sc1": (125, 16384), "standard": (1, 1024)}  # fmt: skip


@dataclass(frozen=True)
class BlockDevice:
    """One volume to be made. Sizes in GiB, throughput in MiB/s."""

    device_name: str
    size: int
    volume_type: str
    snapshot_id: str | None
    iops: int | None
    throughput: int | None
    encrypted: bool
    kms_key_id: str | None
    delete_on_termination: bool


@dataclass(frozen=True)
class SnapshotFacts:
    size: int
    encrypted: bool
    kms_key_id: str | None


def resolve(
    image: Sequence[Mapping[str, Any]],
    requested: Sequence[Mapping[str, Any]],
    snapshots: Mapping[str, SnapshotFacts],
    root: str,
    encrypt_by_default: bool = False,
) -> tuple[BlockDevice, ...]:
    """List the volumes of an instance, root first; raises AWS's error for a mapping that AWS refuses."""
    mappings: dict[str, dict[str, Any]] = {mapping["DeviceName"]: dict(mapping.get("Ebs") or {}) for mapping in image}
    for mapping in requested:
        name = mapping.get("DeviceName")
        if not name:
            raise refused("MissingParameter", "The request must contain the parameter deviceName")
        if "NoDevice" in mapping:
            mappings.pop(name, None)
        elif mapping.get("Ebs"):
            given = {key: value for key, value in mapping["Ebs"].items() if value is not None}
            base = mappings.get(name, {})
            if "VolumeType" in given and given["VolumeType"] != base.get("VolumeType"):
                base = {key: value for key, value in base.items() if key not in ("Iops", "Throughput")}
            mappings[name] = {**base, **given}
    ordered = sorted(mappings.items(), key=lambda item: item[0] != root)
    return tuple(make_device(name, ebs, snapshots, name == root, encrypt_by_default) for name, ebs in ordered)


def make_device(
    name: str,
    ebs: Mapping[str, Any],
    snapshots: Mapping[str, SnapshotFacts],
    is_root: bool = False,
    encrypt_by_default: bool = False,
) -> BlockDevice:
    """Fill in EBS's defaults of a volume; `snapshots` knows every snapshot that may be named."""
    snapshot = snapshots.get(ebs.get("SnapshotId") or "")
    volume_type = ebs.get("VolumeType") or "gp2"
    size = ebs.get("VolumeSize") or (snapshot.size if snapshot else 0)
    _check_size(name, int(size), volume_type, ebs.get("SnapshotId"), snapshot)
    iops, throughput = _choose_performance(int(size), volume_type, ebs.get("Iops"), ebs.get("Throughput"))
    if ebs.get("KmsKeyId") and not ebs.get("Encrypted"):
        message = "The parameter KmsKeyId requires the parameter Encrypted to be set."
        raise refused("InvalidParameterDependency", message)
    encrypted = bool(ebs.get("Encrypted")) or bool(snapshot and snapshot.encrypted) or encrypt_by_default
    return BlockDevice(
        device_name=name,
        size=int(size),
        volume_type=volume_type,
        snapshot_id=ebs.get("SnapshotId") or None,
        iops=iops,
        throughput=throughput,
        encrypted=encrypted,
        kms_key_id=ebs.get("KmsKeyId") or (snapshot.kms_key_id if snapshot else None),
        delete_on_termination=bool(ebs.get("DeleteOnTermination", is_root)),
    )


def _check_size(name: str, size: int, kind: str, snapshot_id: str | None, snapshot: SnapshotFacts | None) -> None:
    if kind not in _SIZE_RANGE:
        raise refused("InvalidParameterValue", f"Value ({kind}) for parameter volumeType is invalid.")
    if not size:
        raise refused("MissingParameter", "The request must contain the parameter size or snapshotId")
    if snapshot and size < snapshot.size:
        message = f"Volume of size {size}GB is smaller than snapshot '{snapshot_id}', expect size >= {snapshot.size}GB"
        raise refused("InvalidBlockDeviceMapping", message)
    low, high = _SIZE_RANGE[kind]
    if not low <= size <= high:
        message = f"Volume size of {size}GB for {name} is out of range for {kind}: {low} to {high} GiB"
        raise refused("InvalidBlockDeviceMapping", message)


def _choose_performance(size: int, kind: str, iops: Any, throughput: Any) -> tuple[int | None, int | None]:
    if iops and kind not in _IOPS_RANGE:
        raise refused("InvalidParameterCombination", f"The parameter iops is not supported for {kind} volumes.")
    if throughput and kind != "gp3":
        raise refused("InvalidParameterCombination", f"The parameter throughput is not supported for {kind} volumes.")
    if kind in _IOPS_NEEDED and not iops:
        raise refused("MissingParameter", f"The request must contain the parameter iops for {kind} volumes.")
    if iops:
        low, high = _IOPS_RANGE[kind]
        if not low <= int(iops) <= high:
            message = f"Volume iops of {iops} is out of range for {kind}: {low} to {high}"
            raise refused("InvalidParameterValue", message)
    if throughput and not 125 <= int(throughput) <= 2000:
        raise refused("InvalidParameterValue", f"Throughput {throughput} is out of range: 125 to 2000 MiB/s")
    if kind == "gp3":
        return int(iops or 3000), int(throughput or 125)
    if kind == "gp2":
        return min(16000, max(100, 3 * size)), None
    return (int(iops), None) if iops else (None, None)
