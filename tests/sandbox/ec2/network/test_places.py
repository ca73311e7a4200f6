"""Regions, zones and the account's own attributes."""

from typing import Any

import pytest


def names(ec2: Any, **request: Any) -> list[str]:
    return [region["RegionName"] for region in ec2.describe_regions(**request)["Regions"]]


def test_regions_that_are_enabled_by_opting_in_are_listed_with_all_regions_alone(ec2: Any) -> None:
    assert len(names(ec2)) == 17
    assert {"us-east-1", "sa-east-1"} <= set(names(ec2))
    for region in ("af-south-1", "ap-east-1", "me-south-1"):
        assert region not in names(ec2)
        assert region in names(ec2, AllRegions=True)
    status = {
        region["RegionName"]: region["OptInStatus"] for region in ec2.describe_regions(AllRegions=True)["Regions"]
    }
    assert (status["us-east-1"], status["af-south-1"]) == ("opt-in-not-required", "not-opted-in")
    assert not [name for name in status if name.startswith(("cn-", "us-gov-"))]


def test_regions_by_name_and_by_filter(ec2: Any) -> None:
    assert names(ec2, RegionNames=["eu-west-1", "af-south-1"]) == ["eu-west-1", "af-south-1"]
    assert names(ec2, Filters=[{"Name": "region-name", "Values": ["eu-west-*"]}]) == [f"eu-west-{n}" for n in (1, 2, 3)]
    off = [{"Name": "opt-in-status", "Values": ["not-opted-in"]}]
    assert names(ec2, Filters=off) == []
    assert "af-south-1" in names(ec2, AllRegions=True, Filters=off)


@pytest.mark.parametrize("unknown", ["us-east-1a", "us--east-1", "Europe"])
def test_an_unknown_region_is_refused(ec2: Any, refused: Any, unknown: str) -> None:
    with refused("InvalidParameterValue"):
        ec2.describe_regions(RegionNames=["us-east-1", unknown])


def test_zones(ec2: Any, refused: Any) -> None:
    zones = ec2.describe_availability_zones()["AvailabilityZones"]
    assert {zone["State"] for zone in zones} == {"available"}
    one = ec2.describe_availability_zones(Filters=[{"Name": "zone-name", "Values": ["us-east-1a"]}])
    assert [zone["ZoneName"] for zone in one["AvailabilityZones"]] == ["us-east-1a"]
    other = ec2.describe_availability_zones(Filters=[{"Name": "opt-in-status", "Values": ["opted-in"]}])
    assert other["AvailabilityZones"] == []
    with refused("InvalidParameterValue"):
        ec2.describe_availability_zones(ZoneNames=["us-east-1z"])


def test_the_account_names_its_default_vpc(ec2: Any, refused: Any) -> None:
    def values(**request: Any) -> dict[str, list[str]]:
        return {
            attribute["AttributeName"]: [value["AttributeValue"] for value in attribute["AttributeValues"]]
            for attribute in ec2.describe_account_attributes(**request)["AccountAttributes"]
        }

    [vpc] = ec2.describe_vpcs(Filters=[{"Name": "is-default", "Values": ["true"]}])["Vpcs"]
    assert values(AttributeNames=["default-vpc"]) == {"default-vpc": [vpc["VpcId"]]}
    assert values()["supported-platforms"] == ["VPC"]
    assert len(values()) == 6
    with refused("InvalidParameterValue"):
        values(AttributeNames=["no-such-attribute"])
