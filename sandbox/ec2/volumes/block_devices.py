"""Law: which volumes a machine gets, from its image's mappings and the request's. Pure.

Sources: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_EbsBlockDevice.html (defaults and limits),
https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/block-device-mapping-concepts.html (merging, DeleteOnTermination),
https://docs.aws.amazon.com/ebs/latest/userguide/how-ebs-encryption-works.html (a copy stays encrypted).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from moto.ec2.exceptions import EC2ClientError

from sandbox.ec2.model.errors import refused
from sandbox.ec2.volumes import limits


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
    """Fill in EBS's defaults of a volume; `snapshots` knows every snapshot that may be named.

    `name` is the device of a machine, "" for a volume that is made by itself.
    """
    snapshot = snapshots.get(ebs.get("SnapshotId") or "")
    volume_type = ebs.get("VolumeType") or "gp2"
    size = ebs.get("VolumeSize") or (snapshot.size if snapshot else 0)
    given = _read_number(ebs, "Iops"), _read_number(ebs, "Throughput")
    limits.check_type(volume_type)
    if is_root:
        limits.check_root(volume_type)
    limits.check_settings(volume_type, *given, device=name)
    _check_size(int(size), ebs.get("SnapshotId"), snapshot)
    limits.check_size(volume_type, int(size), given[0])
    iops, throughput = choose_performance(int(size), volume_type, *given)
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


def find_fault(ebs: Mapping[str, Any], name: str) -> tuple[str, str] | None:
    """Find AWS's code and text for a mapping of a launch template, of which size and type may be left open."""
    kind = ebs.get("VolumeType")
    if not kind:
        return None
    iops, throughput, size = (_read_number(ebs, key) for key in ("Iops", "Throughput", "VolumeSize"))
    try:
        limits.check_type(kind)
        limits.check_settings(kind, iops, throughput, device=name)
        if size is not None:
            limits.check_size(kind, size, iops)
    except EC2ClientError as error:
        return str(error.code), str(error.message)
    return None


def choose_performance(size: int, kind: str, iops: int | None, throughput: int | None) -> tuple[int | None, int | None]:
    """Return IOPS and throughput of a volume, those that EBS sets by itself among them."""
    if kind == "gp3":
        return iops or limits.BASELINE_IOPS, throughput or limits.BASELINE_THROUGHPUT
    if kind == "gp2":
        return min(16000, max(100, 3 * size)), None
    return iops, None


def _read_number(ebs: Mapping[str, Any], key: str) -> int | None:
    return None if ebs.get(key) is None else int(ebs[key])


def _check_size(size: int, snapshot_id: str | None, snapshot: SnapshotFacts | None) -> None:
    if not size:
        raise refused("MissingParameter", "The request must contain the parameter size or snapshotId")
    if snapshot and size < snapshot.size:
        message = f"Volume of size {size}GB is smaller than snapshot '{snapshot_id}', expect size >= {snapshot.size}GB"
        raise refused("InvalidBlockDeviceMapping", message)
