"""Laws of regions, zones and the account: what is enabled is listed, and what is unknown is refused.

Sources: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeRegions.html (AllRegions, opt-in-status),
https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-regions.html (the regions that every account has),
API_DescribeAccountAttributes.html. The text of an unknown region: awslabs/amazon-s3-tar-tool#7.
"""

from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.responses import EC2Response

from sandbox.ec2.model.errors import refused
from sandbox.ec2.model.matching import select

_ENABLED = frozenset(
    [
        "ap-northeast-1",
        "ap-northeast-2",
        "ap-northeast-3",
        "ap-south-1",
        "ap-southeast-1",
        "ap-southeast-2",
        "ca-central-1",
        "eu-central-1",
        "eu-north-1",
        "eu-west-1",
        "eu-west-2",
        "eu-west-3",
        "sa-east-1",
        "us-east-1",
        "us-east-2",
        "us-west-1",
        "us-west-2",
    ]
)
_OTHER_PARTITIONS = ("cn-", "us-gov-", "us-iso", "eu-isoe", "eusc-")
_OF_REGIONS = {
    "endpoint": lambda region: region["Endpoint"],
    "opt-in-status": lambda region: region["OptInStatus"],
    "region-name": lambda region: region["RegionName"],
}
_OF_ZONES = {
    "group-name": lambda zone: zone["GroupName"],
    "group-long-name": lambda zone: zone["GroupLongName"],
    "message": lambda _: "",
    "opt-in-status": lambda zone: zone["OptInStatus"],
    "parent-zone-id": lambda _: "",
    "parent-zone-name": lambda _: "",
    "region-name": lambda zone: zone["RegionName"],
    "state": lambda zone: zone["State"],
    "zone-id": lambda zone: zone["ZoneId"],
    "zone-type": lambda zone: zone["ZoneType"],
    "zone-name": lambda zone: zone["ZoneName"],
}


class Places(EC2Response):
    def describe_regions(self) -> ActionResult:
        """Those enabled for the account; with AllRegions the others too, which are enabled by opting in."""
        regions = {region["RegionName"]: region for region in map(_describe, self.ec2_backend.describe_regions())}
        regions = {name: region for name, region in regions.items() if not name.startswith(_OTHER_PARTITIONS)}
        named = self._get_param("RegionNames", [])
        unknown = [name for name in named if name not in regions]
        if unknown:
            raise refused("InvalidParameterValue", f"Invalid region: [{', '.join(unknown)}]")
        if not named and not self._get_bool_param("AllRegions", False):
            regions = {name: region for name, region in regions.items() if name in _ENABLED}
        listed = [regions[name] for name in dict.fromkeys(named)] if named else list(regions.values())
        return ActionResult({"Regions": select(listed, self._get_param("Filters"), _OF_REGIONS)})

    def describe_availability_zones(self) -> ActionResult:
        zones = [_describe_zone(zone) for zone in self.ec2_backend.describe_availability_zones()]
        for parameter, key in (("ZoneNames", "ZoneName"), ("ZoneIds", "ZoneId")):
            named = self._get_param(parameter, [])
            unknown = [name for name in named if name not in {zone[key] for zone in zones}]
            if unknown:
                raise refused("InvalidParameterValue", f"Invalid availability zone: [{', '.join(unknown)}]")
            zones = [zone for zone in zones if not named or zone[key] in named]
        return ActionResult({"AvailabilityZones": select(zones, self._get_param("Filters"), _OF_ZONES)})

    def describe_vpc_endpoint_services(self) -> ActionResult:
        """moto asks all of its services for theirs, those among them that are not installed; then it knows a few."""
        raise NotImplementedError("which services have endpoints")

    def describe_account_attributes(self) -> ActionResult:
        vpcs = self.ec2_backend.describe_vpcs(filters={"is-default": ["true"]})
        values = {
            "vpc-max-security-groups-per-interface": ["5"],
            "max-instances": ["20"],
            "supported-platforms": ["VPC"],
            "default-vpc": [vpcs[0].id if vpcs else "none"],
            "max-elastic-ips": ["5"],
            "vpc-max-elastic-ips": ["5"],
        }
        named = self._get_param("AttributeNames", []) or list(values)
        unknown = [name for name in named if name not in values]
        if unknown:
            raise refused("InvalidParameterValue", f"Value ({unknown[0]}) for parameter attribute is invalid.")
        answer = [
            {"AttributeName": name, "AttributeValues": [{"AttributeValue": value} for value in values[name]]}
            for name in named
        ]
        return ActionResult({"AccountAttributes": answer})


def _describe(region: Any) -> dict[str, Any]:
    status = "opt-in-not-required" if region.name in _ENABLED else "not-opted-in"
    return {"RegionName": region.name, "Endpoint": region.endpoint, "OptInStatus": status}


def _describe_zone(zone: Any) -> dict[str, Any]:
    return {
        "ZoneName": zone.name, "ZoneId": zone.zone_id, "RegionName": zone.region_name, "ZoneType": zone.zone_type,
        "State": "available", "OptInStatus": "opt-in-not-required", "GroupName": f"{zone.region_name}-zg-1",
        "GroupLongName": zone.region_name, "NetworkBorderGroup": zone.region_name, "Messages": [],
    }  # fmt: skip
