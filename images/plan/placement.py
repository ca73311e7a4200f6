"""Where a machine can run: instance types and subnets, in order of preference."""

from dataclasses import dataclass

from cloud.session import Cloud
from images.amis.base import BaseImage
from images.spec.bases import BUILDER_TYPES
from images.spec.image import ImageSpec
from kiln.errors import UserError


@dataclass(frozen=True)
class Subnet:
    id: str
    zone: str
    vpc: str


@dataclass(frozen=True)
class Placement:
    """One try: this type in this subnet."""

    instance_type: str
    subnet: Subnet


def placements(cloud: Cloud, spec: ImageSpec, base: BaseImage) -> list[Placement]:
    """Every offered combination, types first by preference; raises UserError when there is none."""
    types = _types(cloud, spec, base)
    subnets = _subnets(cloud, spec)
    offered = _offered(cloud, types)
    found = [Placement(kind, subnet) for kind in types for subnet in subnets if (kind, subnet.zone) in offered]
    if not found:
        raise UserError(
            f"no subnet can take {' or '.join(types)}",
            f"the zones {', '.join(sorted({s.zone for s in subnets}))} do not offer it",
            "Name other builder.instance_types or builder.subnets.",
        )
    return found


def _types(cloud: Cloud, spec: ImageSpec, base: BaseImage) -> list[str]:
    wanted = list(spec.builder.instance_types or BUILDER_TYPES.get((spec.family, base.arch), ()))
    try:
        answer = cloud.ec2.describe_instance_types(InstanceTypes=wanted)
    except cloud.ec2.exceptions.ClientError as error:
        if error.response["Error"]["Code"] != "InvalidInstanceType":
            raise
        raise UserError("builder.instance_types names an unknown type", error.response["Error"]["Message"],
                        "Types look like m6i.large.") from error  # fmt: skip
    archs = {each["InstanceType"]: each["ProcessorInfo"]["SupportedArchitectures"] for each in answer["InstanceTypes"]}
    for kind in wanted:
        if base.arch not in archs.get(kind, [base.arch]):
            raise UserError(
                f"{kind} cannot boot {base.id}",
                f"the base AMI is {base.arch}, the instance type {'/'.join(archs[kind])}",
                "Leave builder.instance_types out: there is a sensible default for each architecture.",
            )
    return wanted


def _subnets(cloud: Cloud, spec: ImageSpec) -> list[Subnet]:
    wanted = spec.builder.subnets
    if wanted:
        answer = cloud.ec2.describe_subnets(SubnetIds=list(wanted))["Subnets"]
        answer.sort(key=lambda subnet: wanted.index(subnet["SubnetId"]))
    else:
        answer = cloud.ec2.describe_subnets(Filters=[{"Name": "default-for-az", "Values": ["true"]}])["Subnets"]
        answer.sort(key=lambda subnet: str(subnet["AvailabilityZone"]))
    found = [Subnet(each["SubnetId"], each["AvailabilityZone"], each["VpcId"]) for each in answer]
    if not found:
        raise UserError(
            f"{cloud.region} has no default VPC",
            "builder.subnets names none, and the account has no default subnets in this region",
            "Name one in builder.subnets, or make a default VPC: aws ec2 create-default-vpc.",
        )
    if len({subnet.vpc for subnet in found}) > 1:
        raise UserError("builder.subnets lie in different VPCs", "the builder's security group belongs to one VPC",
                        "Name subnets of one VPC.")  # fmt: skip
    return found


def _offered(cloud: Cloud, types: list[str]) -> set[tuple[str, str]]:
    answer = cloud.ec2.describe_instance_type_offerings(
        LocationType="availability-zone", Filters=[{"Name": "instance-type", "Values": types}]
    )
    return {(each["InstanceType"], each["Location"]) for each in answer["InstanceTypeOfferings"]}
