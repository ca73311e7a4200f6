"""What EBS takes of each type of volume (pure).

Sources: CreateVolume, Amazon EC2 API Reference (sizes, IOPS, throughput; gp3's as of September 2025); "Amazon EBS
General Purpose SSD volumes" and "Provisioned IOPS SSD volumes", Amazon EBS User Guide (IOPS per GiB, 0.25 MiB/s per
IOPS); "Amazon EBS volume types" (st1 and sc1 are no boot volumes).
"""

from dataclasses import dataclass

BASELINE = 3000
"""IOPS of every gp3 volume, whatever its size; so many are not counted against its GiB."""


@dataclass(frozen=True)
class Limits:
    """Least and most of `size` in GiB, of `iops` (None: cannot be set) and of `throughput` in MiB/s (None: likewise).

    `per_gib` is the most IOPS for each GiB, `boots` whether the type can be a root volume, `needs_iops` whether there
    is no default.
    """

    size: tuple[int, int]
    iops: tuple[int, int] | None = None
    per_gib: int = 0
    throughput: tuple[int, int] | None = None
    boots: bool = True
    needs_iops: bool = False


TYPES = {
    "gp3": Limits((1, 65536), (BASELINE, 80000), 500, (125, 2000)),
    "gp2": Limits((1, 16384)),
    "io1": Limits((4, 16384), (100, 64000), 50, needs_iops=True),
    "io2": Limits((4, 65536), (100, 256000), 1000, needs_iops=True),
    "st1": Limits((125, 16384), boots=False),
    "sc1": Limits((125, 16384), boots=False),
    "standard": Limits((1, 1024)),
}
_PER_MIB = 4
"""IOPS that gp3 needs for a MiB/s."""

Misfit = tuple[str, str]
"""A key of the definition (type, size, iops or throughput), and what is wrong with its value."""


def list_misfits(
    kind: str, size: int | None, iops: int | None, throughput: int | None, *, size_key: str = "size"
) -> list[Misfit]:
    """List all that EBS does not take of a volume; `size` in GiB, None where it is not known yet.

    `size_key` is what the definition calls the size.
    """
    limits = TYPES[kind]
    return [
        *_list_size_misfits(kind, size, limits, size_key),
        *_list_iops_misfits(kind, size, iops, limits, size_key),
        *_list_throughput_misfits(kind, size, iops, throughput, limits, size_key),
    ]


def list_root_misfits(kind: str) -> list[Misfit]:
    """List what keeps a type from being a root volume."""
    bootable = [name for name, limits in TYPES.items() if limits.boots]
    use = f"{', '.join(bootable[:-1])} or {bootable[-1]}"
    return [] if TYPES[kind].boots else [("type", f"no machine boots from {kind}; use {use}")]


def smallest(kind: str, iops: int | None) -> int:
    """Return the GiB of the smallest volume of a type that takes so many IOPS."""
    limits = TYPES[kind]
    counted = 0 if iops is None or not limits.per_gib or (kind == "gp3" and iops <= BASELINE) else iops
    return max(limits.size[0], -(-counted // (limits.per_gib or 1)))


def _list_size_misfits(kind: str, size: int | None, limits: Limits, size_key: str) -> list[Misfit]:
    low, high = limits.size
    if size is None or low <= size <= high:
        return []
    return [(size_key, f"{kind} volumes have {low} to {high} GiB, not {size}")]


def _list_iops_misfits(kind: str, size: int | None, iops: int | None, limits: Limits, size_key: str) -> list[Misfit]:
    if limits.iops is None:
        return [("iops", f"iops can be set for gp3, io1 and io2, not for {kind}")] if iops is not None else []
    low, high = limits.iops
    if iops is None:
        return [("iops", f"{kind} needs iops, from {low} to {high}")] if limits.needs_iops else []
    if not low <= iops <= high:
        return [("iops", f"{kind} takes {low} to {high} IOPS, not {iops}")]
    if size is None or size >= smallest(kind, iops) or size < limits.size[0]:
        return []
    return [
        (
            "iops",
            f"{kind} takes {limits.per_gib} IOPS per GiB: {size} GiB take at most {size * limits.per_gib}, not {iops}; "
            f"set {size_key}: {smallest(kind, iops)} GiB",
        )
    ]


def _list_throughput_misfits(
    kind: str, size: int | None, iops: int | None, throughput: int | None, limits: Limits, size_key: str
) -> list[Misfit]:
    if throughput is None:
        return []
    if limits.throughput is None:
        return [("throughput", f"throughput can be set for gp3 alone, not for {kind}")]
    low, high = limits.throughput
    if not low <= throughput <= high:
        return [("throughput", f"{kind} takes {low} to {high} MiB/s, not {throughput}")]
    given, needed = iops if iops is not None else BASELINE, throughput * _PER_MIB
    if needed <= given:
        return []
    larger = f" and {size_key}: {-(-needed // limits.per_gib)} GiB" if size and needed > size * limits.per_gib else ""
    return [
        (
            "throughput",
            f"{kind} gives 0.25 MiB/s per IOPS: {given} IOPS give at most {given // _PER_MIB} MiB/s, not {throughput}; "
            f"set iops: {needed}{larger}",
        )
    ]
