"""Start a machine of Kiln's own: key pair, security group, instance, and at once behind each of them its undo."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from cloud import errors, tags, wait
from cloud.session import Cloud
from images.builder import instances
from images.builder.keys import Keys
from images.plan.boot import Boot
from images.plan.placement import Placement
from images.spec.image import Builder
from kiln import signals
from kiln.errors import UserError
from kiln.undo import Undo
from userdata.builder import cloud_config

_SLOW_DOWN = {"RequestLimitExceeded", "InternalError", "ServiceUnavailable", "Unavailable", "InternalFailure"}
_BOOT = 300  # seconds from RunInstances to `running`; EC2 takes 5–40


@dataclass(frozen=True)
class Order:
    """A machine to be launched. `purpose` is builder or acceptance; `mappings` as RunInstances takes them."""

    boot: Boot
    purpose: str
    image_id: str
    mappings: list[dict[str, Any]]
    keys: Keys

    @property
    def builder(self) -> Builder:
        """What the definition says of the machine itself."""
        return self.boot.spec.builder


@dataclass(frozen=True)
class Launched:
    """A machine that runs. `host` is the address to connect to; `ends_at` when its dead-man's switch fires."""

    instance_id: str
    placement: Placement
    host: str
    ends_at: datetime


def make_key_pair(cloud: Cloud, undo: Undo, order: Order) -> str:
    name = f"{order.boot.tags['Name']}-{order.purpose}"
    with signals.held():
        cloud.ec2.import_key_pair(
            KeyName=name,
            PublicKeyMaterial=order.keys.public.encode(),
            TagSpecifications=tags.specifications(order.boot.tags, "key-pair"),
        )
        by_hand = f"aws ec2 delete-key-pair --key-name {name}"
        undo.push("key pair", lambda: cloud.ec2.delete_key_pair(KeyName=name), by_hand=by_hand)
    return name


def make_security_group(cloud: Cloud, undo: Undo, order: Order) -> str:
    """A group that lets one address range reach port 22, and nothing else reach anything."""
    with signals.held():
        group = cloud.ec2.create_security_group(
            GroupName=f"{order.boot.tags['Name']}-{order.purpose}",
            Description="Kiln: SSH to one builder from one address",
            VpcId=order.boot.vpc,
            TagSpecifications=tags.specifications(order.boot.tags, "security-group"),
        )["GroupId"]
        undo.push(
            "security group",
            lambda: delete_group(cloud, group),
            by_hand=f"aws ec2 delete-security-group --group-id {group}",
        )
    if order.boot.ssh_from:
        kind, field = ("Ipv6Ranges", "CidrIpv6") if ":" in order.boot.ssh_from else ("IpRanges", "CidrIp")
        rule = {
            "IpProtocol": "tcp",
            "FromPort": 22,
            "ToPort": 22,
            kind: [{field: order.boot.ssh_from, "Description": "Kiln"}],
        }
        cloud.ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[rule])
    return str(group)


def delete_group(cloud: Cloud, group: str) -> None:
    """Delete a security group; EC2 holds it as in use for some seconds after its last instance ended."""

    def gone() -> bool | None:
        try:
            cloud.ec2.delete_security_group(GroupId=group)
        except Exception as error:
            if errors.is_not_found(error):
                return True
            if errors.code(error) != "DependencyViolation":
                raise
            return None
        return True

    wait.until(gone, what=f"the deletion of security group {group}", timeout=180)


def run(cloud: Cloud, undo: Undo, order: Order, key_name: str, group: str) -> Launched:
    """RunInstances in the first placement that has room, and wait until the machine runs and has an address."""
    ends_at = datetime.now(UTC) + timedelta(seconds=order.builder.time_limit)
    with signals.held():
        instance, place = _first_with_room(cloud, order, key_name, group)
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


def _first_with_room(cloud: Cloud, order: Order, key_name: str, group: str) -> tuple[str, Placement]:
    full = []
    for place in order.boot.placements:
        request = request_of(order, place, key_name, group)
        try:
            return _run_once(cloud, request), place
        except Exception as error:
            if errors.code(error) not in errors.CAPACITY:
                raise
            full.append(f"{place.instance_type} in {place.subnet.zone}: {errors.code(error)}")
    raise UserError(
        "AWS has no room for the builder",
        "\n".join(full),
        "Try again later, or name more builder.instance_types and builder.subnets.",
    )


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


def request_of(order: Order, place: Placement, key_name: str | None, group: str | None) -> dict[str, Any]:
    """RunInstances' parameters (pure): IMDSv2 only, encrypted volumes, ends itself at shutdown, tagged from birth."""
    network: dict[str, Any] = {
        "DeviceIndex": 0,
        "SubnetId": place.subnet.id,
        "AssociatePublicIpAddress": order.builder.connect.via == "public",
        "DeleteOnTermination": True,
    }
    request: dict[str, Any] = {
        "ImageId": order.image_id,
        "InstanceType": place.instance_type,
        "MinCount": 1,
        "MaxCount": 1,
        "BlockDeviceMappings": order.mappings,
        "NetworkInterfaces": [network | ({"Groups": [group]} if group else {})],
        "InstanceInitiatedShutdownBehavior": "terminate",
        "MetadataOptions": {"HttpTokens": "required", "HttpPutResponseHopLimit": 1, "HttpEndpoint": "enabled"},
        "UserData": cloud_config(order.keys.host, time_limit=order.builder.time_limit),
        "TagSpecifications": tags.specifications(order.boot.tags, "instance", "volume", "network-interface"),
        "ClientToken": f"{order.boot.build_id}-{order.purpose}-{place.instance_type}-{place.subnet.id[-8:]}"[:64],
    }
    if key_name:
        request["KeyName"] = key_name
    if order.builder.instance_profile:
        field = "Arn" if order.builder.instance_profile.startswith("arn:") else "Name"
        request["IamInstanceProfile"] = {field: order.builder.instance_profile}
    if order.builder.market == "spot":
        # EC2 refuses a shutdown behaviour beside a one-time Spot request, which always ends at shutdown.
        del request["InstanceInitiatedShutdownBehavior"]
        options = {"SpotInstanceType": "one-time", "InstanceInterruptionBehavior": "terminate"}
        request["InstanceMarketOptions"] = {"MarketType": "spot", "SpotOptions": options}
    return request


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
