"""Law: how many instances a RunInstances may start: by the quotas of vCPUs, and behind them by what there is room for.

Sources: RunInstances, MinCount and MaxCount, Amazon EC2 API Reference ("Amazon EC2 launches the largest possible number
of instances above the specified minimum count"); "Amazon EC2 service quotas", Amazon EC2 User Guide (vCPUs, by what the
family begins with); VcpuLimitExceeded, MaxSpotInstanceCountExceeded and InsufficientInstanceCapacity, Error codes. A
DryRun looks at neither.
"""

import re
from typing import Any

from sandbox.ec2.hardware.room import count_room
from sandbox.ec2.model import instance_types
from sandbox.ec2.model.errors import refused
from sandbox.quotas import defaults
from sandbox.quotas.service import find_value

# What the family begins with → quota codes On-Demand and Spot, of those that the recorded table holds.
_BUCKETS: tuple[tuple[str, str, str], ...] = (
    (r"(g|vt)\d", "L-DB2E81BA", "L-3819A6DF"),
    (r"p\d", "L-417A185B", "L-7212CCBC"),
    (r"(a|c|d|h|i|im|is|m|r|t|z)\d", defaults.STANDARD, defaults.STANDARD_SPOT),
)
_COUNTED = ("pending", "running")


def check_counts(request: dict[str, Any]) -> None:
    """Raise AWS's error for numbers of instances that make no sense."""
    fewest, most = int(request["MinCount"]), int(request["MaxCount"])
    for name, number in (("MinCount", fewest), ("MaxCount", most)):
        if number < 1:
            message = f"Value ({number}) for parameter {name} is invalid. It must be 1 or more."
            raise refused("InvalidParameterValue", message)
    if fewest > most:
        raise refused("InvalidParameterValue", f"MinCount ({fewest}) must not be greater than MaxCount ({most}).")


def grant(backend: Any, request: dict[str, Any]) -> int:
    """Return how many instances are launched, at most MaxCount; raises AWS's error where MinCount is too many."""
    fewest, most = int(request["MinCount"]), int(request["MaxCount"])
    name = request.get("InstanceType") or "m1.small"
    spot = (request.get("InstanceMarketOptions") or {}).get("MarketType") == "spot"
    within_quota = _count_within_quota(backend, name, spot=spot)
    if within_quota is not None and within_quota[0] < fewest:
        raise _over_quota(within_quota[1], spot=spot)
    room = count_room(name)
    if room is not None and room < fewest:
        raise _no_room(name, room)
    bounds = [most]
    if within_quota is not None:
        bounds.append(within_quota[0])
    if room is not None:
        bounds.append(room)
    return min(bounds)


def _count_within_quota(backend: Any, name: str, *, spot: bool) -> tuple[int, int] | None:
    """How many more of the type the quota allows, and the quota in vCPUs; None where the table has no quota for it."""
    bucket = next((bucket for bucket in _BUCKETS if re.match(bucket[0], name)), None)
    if bucket is None:
        return None
    limit = int(find_value("ec2", bucket[2 if spot else 1], backend.region_name))
    used = sum(
        instance_types.vcpus(instance.instance_type)
        for instance in backend.all_instances()
        if instance.state in _COUNTED and re.match(bucket[0], instance.instance_type) and _is_spot(instance) == spot
    )
    return max(0, limit - used) // max(1, instance_types.vcpus(name)), limit


def _is_spot(instance: Any) -> bool:
    return bool(instance.lifecycle == "spot")


def _over_quota(limit: int, *, spot: bool) -> Exception:
    if spot:
        return refused("MaxSpotInstanceCountExceeded", "Max spot instance count exceeded")
    return refused(
        "VcpuLimitExceeded",
        f"You have requested more vCPU capacity than your current vCPU limit of {limit} allows for the instance bucket "
        "that the specified instance type belongs to. Please visit http://aws.amazon.com/contact-us/ec2-request to "
        "request an adjustment to this limit.",
    )


def _no_room(name: str, room: int) -> Exception:
    return refused(
        "InsufficientInstanceCapacity",
        f"We currently do not have sufficient {name} capacity in the Availability Zone you requested. "
        f"The machines of the offline AWS run on this computer: its free memory has room for {room} more of this type.",
    )
