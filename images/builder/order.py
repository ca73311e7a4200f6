"""A machine of Kiln's own that is to be started, and what RunInstances is asked for it (pure)."""

from dataclasses import dataclass
from typing import Any

from cloud import tags
from images.builder.keys import Keys
from images.plan.boot import Boot
from images.plan.placement import Placement
from images.spec.builder import Builder
from userdata.builder import make_cloud_config


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


def make_request(order: Order, place: Placement, key_name: str | None, group: str | None) -> dict[str, Any]:
    """RunInstances' parameters: IMDSv2 only, encrypted volumes, ends itself at shutdown, tagged from birth.

    `key_name` and `group` (an id) are None in a dry run, before either exists.
    """
    request: dict[str, Any] = {
        "ImageId": order.image_id,
        "InstanceType": place.instance_type,
        "MinCount": 1,
        "MaxCount": 1,
        "BlockDeviceMappings": order.mappings,
        "NetworkInterfaces": [_network(order, place, group)],
        "MetadataOptions": {"HttpTokens": "required", "HttpPutResponseHopLimit": 1, "HttpEndpoint": "enabled"},
        "UserData": make_cloud_config(order.keys.host, time_limit=order.builder.time_limit),
        "TagSpecifications": tags.make_specifications(order.boot.tags, "instance", "volume", "network-interface"),
        "ClientToken": f"{order.boot.build_id}-{order.purpose}-{place.instance_type}-{place.subnet.id[-8:]}"[:64],
    }
    if key_name:
        request["KeyName"] = key_name
    if order.builder.instance_profile:
        field = "Arn" if order.builder.instance_profile.startswith("arn:") else "Name"
        request["IamInstanceProfile"] = {field: order.builder.instance_profile}
    return request | _market(order.builder)


def _network(order: Order, place: Placement, group: str | None) -> dict[str, Any]:
    interface: dict[str, Any] = {
        "DeviceIndex": 0,
        "SubnetId": place.subnet.id,
        "AssociatePublicIpAddress": order.builder.connect.via == "public",
        "DeleteOnTermination": True,
    }
    return interface | ({"Groups": [group]} if group else {})


def _market(builder: Builder) -> dict[str, Any]:
    """EC2 refuses a shutdown behaviour beside a one-time Spot request, which always ends at shutdown."""
    if builder.market == "spot":
        options = {"SpotInstanceType": "one-time", "InstanceInterruptionBehavior": "terminate"}
        return {"InstanceMarketOptions": {"MarketType": "spot", "SpotOptions": options}}
    return {"InstanceInitiatedShutdownBehavior": "terminate"}
