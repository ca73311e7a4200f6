"""Security groups: the named ones, or one made without ingress. What leaves a machine is not restrained."""

from collections.abc import Mapping, Sequence

from cloud import errors, tags
from cloud.pages import every
from cloud.session import Cloud
from environments.model.inputs import Inputs
from environments.model.resource import Desired, Difference, Existing

KIND = "security group"


def desired(inputs: Inputs) -> tuple[Desired, ...]:
    spec, extra = inputs.spec, {"vpc": inputs.network.vpc}
    if spec.network.security_groups:
        return tuple(Desired(KIND, each, {}, {}, foreign=True, extra=extra) for each in spec.network.security_groups)
    return (Desired(KIND, f"{spec.name}-batch", {}, inputs.tags, extra=extra),)


def find(cloud: Cloud, desired: Sequence[Desired]) -> Mapping[str, Existing]:
    """By name or id, in the VPC."""
    if not desired:
        return {}
    filters = [{"Name": "vpc-id", "Values": [desired[0].extra["vpc"]]}]
    groups = every(cloud.ec2, "describe_security_groups", "SecurityGroups", Filters=filters)
    found = {}
    for each in desired:
        group = next((one for one in groups if each.name in (one["GroupId"], one["GroupName"])), None)
        if group:
            found[each.name] = Existing(KIND, each.name, group["GroupId"], {}, tags.as_dict(group.get("Tags")))
    return found


def diff(desired: Desired, existing: Existing) -> tuple[Difference, ...]:
    return ()


def create(cloud: Cloud, desired: Desired) -> str:
    """EC2 gives a new group no ingress, and a rule that lets everything out."""
    made = cloud.ec2.create_security_group(
        GroupName=desired.name,
        Description="Machines of AWS Batch: nothing comes in",
        VpcId=desired.extra["vpc"],
        TagSpecifications=tags.specifications(desired.tags, "security-group"),
    )
    return str(made["GroupId"])


def update(cloud: Cloud, desired: Desired, existing: Existing, changes: Sequence[Difference]) -> str:
    return existing.id


def delete(cloud: Cloud, existing: Existing) -> None:
    with errors.gone_is_fine():
        cloud.ec2.delete_security_group(GroupId=existing.id)


def tag(cloud: Cloud, existing: Existing, labels: Mapping[str, str]) -> None:
    cloud.ec2.create_tags(Resources=[existing.id], Tags=tags.as_list(labels))


def untag(cloud: Cloud, existing: Existing, keys: Sequence[str]) -> None:
    cloud.ec2.delete_tags(Resources=[existing.id], Tags=[{"Key": key} for key in keys])
