from collections.abc import Callable
from typing import Any

from sandbox.inprocess import Sandbox

Launch = Callable[..., str]
ONE_TIME = {"MarketType": "spot", "SpotOptions": {"SpotInstanceType": "one-time"}}


def test_a_one_time_spot_instance_cannot_be_stopped(ec2: Any, running: Launch, refused: Any, describe: Any) -> None:
    instance_id = running(InstanceMarketOptions=ONE_TIME)
    assert describe(instance_id)["InstanceLifecycle"] == "spot"
    with refused("UnsupportedOperation"):
        ec2.stop_instances(InstanceIds=[instance_id])
    assert describe(instance_id)["State"]["Name"] == "running"


def test_a_persistent_one_can(sandbox: Sandbox, ec2: Any, running: Launch, describe: Any) -> None:
    options = {"SpotInstanceType": "persistent", "InstanceInterruptionBehavior": "stop"}
    instance_id = running(InstanceMarketOptions={"MarketType": "spot", "SpotOptions": options})
    ec2.stop_instances(InstanceIds=[instance_id])
    sandbox.clock.advance(2)
    assert describe(instance_id)["State"]["Name"] == "stopped"


def test_it_has_a_request_with_its_tags(sandbox: Sandbox, ec2: Any, running: Launch, describe: Any) -> None:
    tags = [{"ResourceType": "spot-instances-request", "Tags": [{"Key": "build", "Value": "1"}]}]
    instance_id = running(InstanceMarketOptions=ONE_TIME, TagSpecifications=tags)
    request_id = describe(instance_id)["SpotInstanceRequestId"]
    request = ec2.describe_spot_instance_requests(SpotInstanceRequestIds=[request_id])["SpotInstanceRequests"][0]
    assert (request["InstanceId"], request["Type"], request["State"]) == (instance_id, "one-time", "active")
    assert request["Tags"] == [{"Key": "build", "Value": "1"}]
    ec2.terminate_instances(InstanceIds=[instance_id])
    sandbox.clock.advance(2)
    request = ec2.describe_spot_instance_requests(SpotInstanceRequestIds=[request_id])["SpotInstanceRequests"][0]
    assert request["State"] == "closed"


def test_an_on_demand_launch_takes_no_spot_tags(launch: Launch, refused: Any) -> None:
    tags = [{"ResourceType": "spot-instances-request", "Tags": [{"Key": "build", "Value": "1"}]}]
    with refused("InvalidParameterValue"):
        launch(TagSpecifications=tags)


def test_prices_are_a_share_of_the_on_demand_price(ec2: Any) -> None:
    history = ec2.describe_spot_price_history(InstanceTypes=["m6i.large"], ProductDescriptions=["Linux/UNIX"])
    prices = {each["SpotPrice"] for each in history["SpotPriceHistory"]}
    assert prices == {"0.033600"}
