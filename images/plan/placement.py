"""Where a machine can run: instance types and subnets, in order of preference."""

from dataclasses import dataclass

from cloud.pages import list_all
from cloud.session import Cloud
from images.amis.base import BaseImage
from images.spec.bases import BUILDER_TYPES
from images.spec.image import ImageSpec
from kiln.errors import UserError


@dataclass(frozen=True)
class Subnet:
    """A subnet by its id, with its availability zone (us-east-1a) and the id of its VPC."""

    id: str
    zone: str
    vpc: str


@dataclass(frozen=True)
class Placement:
    """An instance type in a subnet: where RunInstances is tried."""

    instance_type: str
    subnet: Subnet


def list_placements(cloud: Cloud, spec: ImageSpec, base: BaseImage) -> list[Placement]:
    """Every offered combination, types first by preference; raises UserError when there is none."""
    types = _types(cloud, spec, base)
    subnets = _subnets(cloud, spec)
    offered = list_offered(cloud, types)
    choices = [Placement(kind, subnet) for kind in types for subnet in subnets if (kind, subnet.zone) in offered]
    if not choices:
        raise UserError(
            f"no subnet can take {' or '.join(types)}",
            f"the zones {', '.join(sorted({s.zone for s in subnets}))} do not offer it",
            "Name other builder.instance_types or builder.subnets.",
        )
    return choices


def _types(cloud: Cloud, spec: ImageSpec, base: BaseImage) -> list[str]:
    types = list(spec.builder.instance_types or BUILDER_TYPES.get((spec.family, base.arch), ()))
    try:
        answer = cloud.ec2.describe_instance_types(InstanceTypes=types)
    except cloud.ec2.exceptions.ClientError as error:
        if error.response["Error"]["Code"] != "InvalidInstanceType":
            raise
        raise UserError("builder.instance_types names an unknown type", error.response["Error"]["Message"],
                        "Types look like m6i.large.") from error  # fmt: skip
    archs = {
        entry["InstanceType"]: entry["ProcessorInfo"]["SupportedArchitectures"] for entry in answer["InstanceTypes"]
    }
    for kind in types:
        if base.arch not in archs.get(kind, [base.arch]):
            raise UserError(
                f"{kind} cannot boot {base.id}",
                f"the base AMI is {base.arch}, the instance type {'/'.join(archs[kind])}",
                "Leave builder.instance_types out: its default fits the architecture.",
            )
    return types


def _subnets(cloud: Cloud, spec: ImageSpec) -> list[Subnet]:
    named = spec.builder.subnets
    if named:
        answer = cloud.ec2.describe_subnets(SubnetIds=list(named))["Subnets"]
        answer.sort(key=lambda subnet: named.index(subnet["SubnetId"]))
    else:
        default = [{"Name": "default-for-az", "Values": ["true"]}]
        answer = list_all(cloud.ec2, "describe_subnets", "Subnets", Filters=default)
        answer.sort(key=lambda subnet: str(subnet["AvailabilityZone"]))
    subnets = [Subnet(subnet["SubnetId"], subnet["AvailabilityZone"], subnet["VpcId"]) for subnet in answer]
    if not subnets:
        raise UserError(
            f"{cloud.region} has no default VPC",
            "builder.subnets names none, and the account has no default subnets in this region",
            "Name a subnet in builder.subnets, or make a default VPC: aws ec2 create-default-vpc.",
        )
    if len({subnet.vpc for subnet in subnets}) > 1:
        raise UserError("builder.subnets lie in different VPCs", "the builder's security group belongs to one VPC",
                        "Name subnets of one VPC.")  # fmt: skip
    return subnets


def list_offered(cloud: Cloud, types: list[str]) -> set[tuple[str, str]]:
    """List which of the types which zones offer: (m6i.large, us-east-1a)."""
    offers = list_all(
        cloud.ec2, "describe_instance_type_offerings", "InstanceTypeOfferings",
        LocationType="availability-zone", Filters=[{"Name": "instance-type", "Values": types}],
    )  # fmt: skip
    return {(offer["InstanceType"], offer["Location"]) for offer in offers}
