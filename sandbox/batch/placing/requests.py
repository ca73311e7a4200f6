"""What Batch asks RunInstances for: the launch template's data under the compute environment's.

Sources: https://docs.aws.amazon.com/batch/latest/userguide/launch-templates.html (of a template, Batch ignores instance
type, instance role, the subnets of network interfaces, and market options; of key pair, AMI and security groups the
environment's go first; tags are merged), https://docs.aws.amazon.com/batch/latest/APIReference/API_ComputeResource.html
(placementGroup, bidPercentage). The tags that Batch and Auto Scaling set are known from machines of Batch.
"""

from typing import Any

from moto.core.utils import get_service_model

from sandbox.batch.compute_environments.resource_rules import SPOT
from sandbox.batch.model.records import Environment, Fields
from sandbox.batch.placing import images, user_data
from sandbox.batch.placing.prices import estimate

_IGNORED = (
    "InstanceType", "IamInstanceProfile", "InstanceMarketOptions", "SubnetId", "SecurityGroupIds", "SecurityGroups",
    "NetworkInterfaces", "TagSpecifications", "UserData", "KeyName", "ImageId", "InstanceRequirements",
)  # fmt: skip


def make_request(environment: Environment, region: str, instance_type: str, subnet: str, number: int) -> Fields:
    """Make the parameters of RunInstances for up to `number` machines of a type in a subnet."""
    resources = environment.resources
    data = images.find_template_data(environment, region, instance_type)
    known = get_service_model("ec2").operation_model("RunInstances").input_shape.members
    kept = {key: value for key, value in data.items() if key in known and key not in _IGNORED}
    role = resources["instanceRole"]
    request = {
        **kept,
        "ImageId": images.choose_image(environment, region, instance_type),
        "InstanceType": instance_type,
        "MinCount": 1,
        "MaxCount": number,
        "IamInstanceProfile": {"Arn" if role.startswith("arn:") else "Name": role},
        "UserData": user_data.merge(environment.cluster.rpartition("/")[2], environment.revision, data.get("UserData")),
        "TagSpecifications": _make_tags(environment, data.get("TagSpecifications") or []),
        **_make_network(resources, data, subnet),
    }
    if key := resources.get("ec2KeyPair") or data.get("KeyName"):
        request["KeyName"] = key
    if group := resources.get("placementGroup"):
        request["Placement"] = {**(data.get("Placement") or {}), "GroupName": group}
    if resources["type"] == SPOT:
        request["InstanceMarketOptions"] = _make_market(resources, instance_type)
    return request


def _make_network(resources: Fields, data: Fields, subnet: str) -> Fields:
    """Put subnet and security groups where the template's network interfaces leave them."""
    groups = resources.get("securityGroupIds") or []
    interfaces = [dict(interface) for interface in data.get("NetworkInterfaces") or []]
    if not interfaces:
        groups = groups or data.get("SecurityGroupIds") or []
        return {"SubnetId": subnet, **({"SecurityGroupIds": groups} if groups else {})}
    for interface in interfaces:
        interface["SubnetId"] = subnet
        if groups:
            interface["Groups"] = groups
    return {"NetworkInterfaces": interfaces}


def _make_tags(environment: Environment, given: list[Fields]) -> list[Fields]:
    """Merge the tags of template and environment, whose values win, with AWS's own."""
    others = [specification for specification in given if specification.get("ResourceType") != "instance"]
    instance: dict[str, Any] = {
        tag["Key"]: tag.get("Value", "")
        for specification in given
        if specification.get("ResourceType") == "instance"
        for tag in specification.get("Tags") or []
    }
    instance |= environment.resources.get("tags") or {}
    instance["AWSBatchServiceTag"] = "batch"
    instance["aws:autoscaling:groupName"] = f"AWSBatch-{environment.name}-asg-{environment.uuid}"
    tags = [{"Key": key, "Value": value} for key, value in instance.items()]
    return [*others, {"ResourceType": "instance", "Tags": tags}]


def _make_market(resources: Fields, instance_type: str) -> Fields:
    options: Fields = {"SpotInstanceType": "one-time", "InstanceInterruptionBehavior": "terminate"}
    share = resources.get("bidPercentage", 100)
    if share < 100:
        options["MaxPrice"] = f"{estimate(instance_type) * share / 100:.6f}"
    return {"MarketType": "spot", "SpotOptions": options}
