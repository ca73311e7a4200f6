"""Security groups: the named ones, or one made without ingress. What leaves a machine is not restrained."""

from collections.abc import Mapping, Sequence

from cloud import errors, tags
from cloud.pages import every
from cloud.session import Cloud
from environments.model.inputs import Ground
from environments.model.resource import Difference, Found, Wanted

KIND = "security group"


def desired(ground: Ground) -> tuple[Wanted, ...]:
    spec, extra = ground.spec, {"vpc": ground.network.vpc}
    if spec.network.security_groups:
        return tuple(Wanted(KIND, each, {}, {}, foreign=True, extra=extra) for each in spec.network.security_groups)
    return (Wanted(KIND, f"{spec.name}-batch", {}, ground.tags, extra=extra),)


def find(cloud: Cloud, wanted: Sequence[Wanted]) -> Mapping[str, Found]:
    """By name or id, in the VPC."""
    if not wanted:
        return {}
    filters = [{"Name": "vpc-id", "Values": [wanted[0].extra["vpc"]]}]
    groups = every(cloud.ec2, "describe_security_groups", "SecurityGroups", Filters=filters)
    found = {}
    for each in wanted:
        group = next((one for one in groups if each.name in (one["GroupId"], one["GroupName"])), None)
        if group:
            found[each.name] = Found(KIND, each.name, group["GroupId"], {}, tags.as_dict(group.get("Tags")))
    return found


def diff(wanted: Wanted, found: Found) -> tuple[Difference, ...]:
    return ()


def create(cloud: Cloud, wanted: Wanted) -> str:
    """EC2 gives a new group no ingress, and a rule that lets everything out."""
    made = cloud.ec2.create_security_group(
        GroupName=wanted.name,
        Description="Machines of AWS Batch: nothing comes in",
        VpcId=wanted.extra["vpc"],
        TagSpecifications=tags.specifications(wanted.tags, "security-group"),
    )
    return str(made["GroupId"])


def update(cloud: Cloud, wanted: Wanted, found: Found, changes: Sequence[Difference]) -> str:
    return found.id


def delete(cloud: Cloud, found: Found) -> None:
    with errors.gone_is_fine():
        cloud.ec2.delete_security_group(GroupId=found.id)


def tag(cloud: Cloud, found: Found, labels: Mapping[str, str]) -> None:
    cloud.ec2.create_tags(Resources=[found.id], Tags=tags.as_list(labels))


def untag(cloud: Cloud, found: Found, keys: Sequence[str]) -> None:
    cloud.ec2.delete_tags(Resources=[found.id], Tags=[{"Key": key} for key in keys])
