"""What EC2 is asked for when a machine of Kiln's own is started."""

from pathlib import Path
from typing import Any

import pytest

from images.builder.order import make_request
from tests.support.booting import FIRST, SECOND, order

PROFILE = "arn:aws:iam::123456789012:instance-profile/p"


def request(folder: Path, **builder: Any) -> dict[str, Any]:
    return make_request(order(folder, builder=builder), FIRST, "key", "sg-1")


def test_a_machine_ends_itself_and_its_metadata_service_wants_a_token(tmp_path: Path) -> None:
    asked = request(tmp_path)
    assert (asked["ImageId"], asked["InstanceType"], asked["MinCount"], asked["MaxCount"]) == (
        "ami-1",
        "m6i.large",
        1,
        1,
    )
    assert asked["InstanceInitiatedShutdownBehavior"] == "terminate"
    assert asked["MetadataOptions"] == {
        "HttpTokens": "required", "HttpPutResponseHopLimit": 1, "HttpEndpoint": "enabled",
    }  # fmt: skip
    assert asked["BlockDeviceMappings"] == [{"DeviceName": "/dev/xvda"}]
    assert (asked["KeyName"], "IamInstanceProfile" in asked, "InstanceMarketOptions" in asked) == ("key", False, False)


def test_whatever_comes_with_it_is_tagged_from_birth(tmp_path: Path) -> None:
    specifications = request(tmp_path)["TagSpecifications"]
    assert [each["ResourceType"] for each in specifications] == ["instance", "volume", "network-interface"]
    assert {tag["Key"] for tag in specifications[0]["Tags"]} == {"Name", "kiln:image", "kiln:build", "kiln:expires"}


@pytest.mark.parametrize(("via", "public"), [("public", True), ("private", False)])
def test_its_address(tmp_path: Path, via: str, public: bool) -> None:
    [card] = request(tmp_path, connect={"via": via})["NetworkInterfaces"]
    assert card == {
        "DeviceIndex": 0, "SubnetId": FIRST.subnet.id, "AssociatePublicIpAddress": public, "DeleteOnTermination": True,
        "Groups": ["sg-1"],
    }  # fmt: skip


def test_spot_ends_at_shutdown_anyway(tmp_path: Path) -> None:
    asked = request(tmp_path, market="spot")
    assert "InstanceInitiatedShutdownBehavior" not in asked
    assert asked["InstanceMarketOptions"] == {
        "MarketType": "spot",
        "SpotOptions": {"SpotInstanceType": "one-time", "InstanceInterruptionBehavior": "terminate"},
    }


@pytest.mark.parametrize(("profile", "asked"), [("p", {"Name": "p"}), (PROFILE, {"Arn": PROFILE})])
def test_an_instance_profile_by_its_name_or_arn(tmp_path: Path, profile: str, asked: dict[str, str]) -> None:
    assert request(tmp_path, instance_profile=profile)["IamInstanceProfile"] == asked


def test_each_try_has_a_token_of_its_own_which_aws_takes(tmp_path: Path) -> None:
    """A repeated call with the same token starts nothing more; 64 characters are allowed."""
    one = order(tmp_path)
    tokens = [make_request(one, place, None, None)["ClientToken"] for place in (FIRST, FIRST, SECOND)]
    assert tokens[0] == tokens[1] != tokens[2]
    assert max(map(len, tokens)) <= 64
    plain = make_request(one, FIRST, None, None)
    assert "KeyName" not in plain
    assert "Groups" not in plain["NetworkInterfaces"][0]
