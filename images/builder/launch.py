"""Start an EC2 instance of Kiln's own, and at once behind it its undo."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from cloud import errors, wait
from cloud.session import Cloud
from images.builder import instances
from images.builder.order import Order, make_request
from images.plan.placement import Placement
from images.spec.builder import Builder
from kiln import signals
from kiln.errors import UserError
from kiln.undo import Undo

_SLOW_DOWN = {"RequestLimitExceeded", "InternalError", "ServiceUnavailable", "Unavailable", "InternalFailure"}
_BOOT = 300  # seconds from RunInstances to `running`; EC2 takes 5–40


@dataclass(frozen=True)
class Launched:
    """A machine that runs. `host` is the address to connect to; `ends_at` when its dead-man's switch fires."""

    instance_id: str
    placement: Placement
    host: str
    ends_at: datetime


def run(cloud: Cloud, undo: Undo, order: Order, key_name: str, group: str) -> Launched:
    """RunInstances in the first placement that has room, and wait until the machine runs and has an address."""
    ends_at = datetime.now(UTC) + timedelta(seconds=order.builder.time_limit)
    with signals.hold():
        instance, place = run_where_room(
            cloud, order.boot.placements, lambda place: make_request(order, place, key_name, group), "the builder",
            "Try again later, or name more builder.instance_types and builder.subnets.",
        )  # fmt: skip
        undo.push(
            "instance",
            lambda: instances.terminate(cloud, instance),
            by_hand=f"aws ec2 terminate-instances --instance-ids {instance}",
        )
    host = wait.until(
        lambda: _address(cloud, instance, order.builder),
        what=f"the start of {instance}",
        timeout=_BOOT,
        every=0.4,
        longest=3,
    )
    return Launched(instance, place, host, ends_at)


def run_where_room(
    cloud: Cloud, places: Iterable[Placement], make: Callable[[Placement], dict[str, Any]], whom: str, hint: str
) -> tuple[str, Placement]:  # fmt: skip
    """RunInstances as `make` asks for it, in the first place with room; returns the instance's id and the place.

    Raises UserError, with AWS's answer of every place, where none has room for `whom`.
    """
    full = []
    for place in places:
        try:
            return _run_once(cloud, make(place)), place
        except Exception as error:
            if errors.code(error) not in errors.CAPACITY:
                raise
            full.append(f"{place.instance_type} in {place.subnet.zone}: {errors.code(error)}")
    raise UserError(f"AWS has no room for {whom}", "\n".join(full), hint)


def _run_once(cloud: Cloud, request: dict[str, Any]) -> str:
    """RunInstances, retried for throttling and faults of the service but not for missing capacity.

    AWS answers InsufficientInstanceCapacity with status 500, which botocore would try again for a minute before the
    next subnet gets its turn. The ClientToken makes a repeated call harmless.
    """
    client = cloud.client_without_retries("ec2")

    def once() -> str | None:
        try:
            return str(client.run_instances(**request)["Instances"][0]["InstanceId"])
        except Exception as error:
            if errors.code(error) in _SLOW_DOWN:
                return None
            raise

    return wait.until(
        once, what="RunInstances", timeout=120, every=2, hint="AWS throttles or has a fault: try again later."
    )


def _address(cloud: Cloud, instance: str, builder: Builder) -> str | None:
    described = instances.describe(cloud, instance)
    if described is None:
        return None
    if described["State"]["Name"] in {"shutting-down", "terminated", "stopping", "stopped"}:
        reason = described.get("StateReason", {}).get("Message", "no reason given")
        raise UserError(
            f"{instance} ended before it ran",
            reason,
            "Client.InternalError often means a KMS key that these credentials may not use: see invoke iam-policy.",
        )
    if described["State"]["Name"] != "running":
        return None
    return described.get("PublicIpAddress" if builder.connect.via == "public" else "PrivateIpAddress")
