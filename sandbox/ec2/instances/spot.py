"""Law: a Spot launch has a request of its own, and Spot prices are not nothing.

Sources: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_InstanceMarketOptionsRequest.html,
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSpotPriceHistory.html
"""

from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.models.spot_requests import SpotInstanceRequest
from moto.ec2.responses import EC2Response
from moto.ec2.utils import random_spot_request_id

from sandbox.pricing.prices import ON_DEMAND, SPOT_SHARE
from sandbox.world.world import current


class SpotRequest(SpotInstanceRequest):
    """A request that is fulfilled by an instance that exists already."""

    def __init__(self, instance: Any, **fields: Any) -> None:
        self._given = instance
        super().__init__(**fields)

    def launch_instance(self) -> Any:
        return self._given

    @property
    def status(self) -> dict[str, Any]:
        return {"Code": self._status_code, "Message": self.status_message, "UpdateTime": current().clock.utcnow()}


def fulfil(backend: Any, instance: Any, request: dict[str, Any], tags: dict[str, str]) -> None:
    """Record the Spot request behind `instance`."""
    options = request["InstanceMarketOptions"].get("SpotOptions") or {}
    record = SpotRequest(
        instance,
        ec2_backend=backend,
        spot_request_id=random_spot_request_id(),
        price=options.get("MaxPrice") or str(ON_DEMAND.get(instance.instance_type, 1.0)),
        image_id=instance.image_id,
        spot_instance_type=options.get("SpotInstanceType") or "one-time",
        valid_from=None,
        valid_until=None,
        launch_group=None,
        availability_zone_group=None,
        key_name=instance.key_name,
        security_groups=[],
        user_data=instance.user_data,
        instance_type=instance.instance_type,
        placement=instance.availability_zone,
        kernel_id=None,
        ramdisk_id=None,
        monitoring_enabled=False,
        subnet_id=instance.subnet_id,
        tags={"spot-instances-request": tags},
        spot_fleet_id=None,
        instance_interruption_behaviour=options.get("InstanceInterruptionBehavior"),
    )
    backend.spot_instance_requests[record.id] = record
    instance.spot_instance_request_id = record.id
    instance.lifecycle = "spot"


class SpotPrices(EC2Response):
    def describe_spot_price_history(self) -> ActionResult:
        """Describe a present price for every type and zone, from the recorded table."""
        asked = self._get_param("InstanceTypes", [])
        prices = self.ec2_backend.describe_spot_price_history(asked, self._filters_from_querystring())
        now = current().clock.utcnow()
        history = [
            {
                "InstanceType": price["InstanceType"],
                "ProductDescription": "Linux/UNIX",
                "SpotPrice": f"{ON_DEMAND[price['InstanceType']] * SPOT_SHARE:.6f}",
                "AvailabilityZone": price["Location"],
                "Timestamp": now,
            }
            for price in prices
            if price["InstanceType"] in ON_DEMAND
        ]
        return ActionResult({"SpotPriceHistory": history})
