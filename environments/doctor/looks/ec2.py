"""What EC2 tells: AMIs, launch templates, subnets and their routes, instance types, volumes."""

from collections.abc import Iterable, Sequence
from typing import Any

from cloud import storage_volumes
from cloud.machine_images import describe as describe_images
from cloud.pages import every, parts
from cloud.session import Cloud
from environments.doctor.picture.described import Described, images_of, pinned, resources, template_data
from environments.doctor.picture.picture import Picture
from environments.plan import instance_types as machines
from launch_templates import versions

_WORDS = {  # "Instance type compute environments", AWS Batch User Guide
    "optimal": ("m6i", "c6i", "r6i", "c7i"),
    "default_x86_64": ("m6i", "c6i", "r6i", "c7i"),
    "default_arm64": ("m6g", "c6g", "r6g", "c7g"),
}
_VALUES = 200  # of one filter: "Filter your resources", Amazon EC2 User Guide


def _filter(name: str, values: Iterable[str]) -> list[dict[str, Any]]:
    return [{"Name": name, "Values": sorted(set(values))}]


def templates(cloud: Cloud, picture: Picture) -> dict[str, Any]:
    """The launch templates that the environments name, with all their versions, by id and by name."""
    desired = {name for name, _ in map(pinned, picture.environments) if name}
    if not desired:
        return {}
    names = sorted(each for each in desired if not each.startswith("lt-"))
    filters = {"Filters": _filter("launch-template-name", names)} if len(names) == len(desired) else {}
    found: dict[str, versions.Template] = {}
    for each in every(cloud.ec2, "describe_launch_templates", "LaunchTemplates", **filters):
        template_id, name = each["LaunchTemplateId"], each["LaunchTemplateName"]
        if {template_id, name} & desired:
            found[template_id] = found[name] = versions.of(cloud, each)
    return {"templates": found}


def images(cloud: Cloud, picture: Picture) -> dict[str, Any]:
    """The AMIs that the environments name. Asked by a filter, which does not mind ids that are gone."""
    ids = {ami for each in picture.environments for ami in images_of(each, picture.templates)}
    found = describe_images(cloud, Filters=_filter("image-id", ids)) if ids else []
    return {"images": {each["ImageId"]: each for each in found}}


def network(cloud: Cloud, picture: Picture) -> dict[str, Any]:
    """Subnets, the route tables and VPC endpoints of their VPCs, and security groups."""
    subnets = {subnet for each in picture.environments for subnet in resources(each).get("subnets") or ()}
    groups = {group for each in picture.environments for group in groups_of(each, picture)}
    found = every(cloud.ec2, "describe_subnets", "Subnets", Filters=_filter("subnet-id", subnets)) if subnets else []
    vpcs = _filter("vpc-id", (each["VpcId"] for each in found))
    looked: dict[str, Any] = {"subnets": {each["SubnetId"]: each for each in found}}
    if found:
        looked["route_tables"] = every(cloud.ec2, "describe_route_tables", "RouteTables", Filters=vpcs)
        looked["endpoints"] = every(cloud.ec2, "describe_vpc_endpoints", "VpcEndpoints", Filters=vpcs)
    if groups:
        told = every(cloud.ec2, "describe_security_groups", "SecurityGroups", Filters=_filter("group-id", groups))
        looked["groups"] = {each["GroupId"]: each for each in told}
    return looked


def groups_of(environment: Described, picture: Picture) -> Sequence[str]:
    """The security groups of an environment's machines: its own, else those of its launch template."""
    own: Sequence[str] = resources(environment).get("securityGroupIds") or ()
    data = template_data(environment, picture.templates)
    cards = [group for card in data.get("NetworkInterfaces") or () for group in card.get("Groups") or ()]
    return own or data.get("SecurityGroupIds") or cards


def types(cloud: Cloud, picture: Picture) -> dict[str, Any]:
    """All sizes of the families that the environments allow, and the zones of their subnets that offer them."""
    named = {name for each in picture.environments for name in resources(each).get("instanceTypes") or ()}
    families = {family for name in named for family in families_of(name)}
    if not families:
        return {}
    found = machines.described(cloud, families).values()
    allowed = sorted(each.name for each in found if {each.name, each.name.partition(".")[0]} & _expanded(named))
    zones: dict[str, set[str]] = {name: set() for name in allowed}
    for some in parts(allowed, _VALUES):
        filters = _filter("instance-type", some)
        offers = every(cloud.ec2, "describe_instance_type_offerings", "InstanceTypeOfferings",
                       LocationType="availability-zone", Filters=filters)  # fmt: skip
        for each in offers:
            zones.setdefault(each["InstanceType"], set()).add(each["Location"])
    return {
        "types": {each.name: each for each in found},
        "offered": {name: frozenset(each) for name, each in zones.items()},
    }


def families_of(name: str) -> tuple[str, ...]:
    """The families behind one of instanceTypes: of a type, of a family, of a word for several."""
    return _WORDS.get(name, (name.partition(".")[0],))


def _expanded(named: Iterable[str]) -> set[str]:
    """Types as they are, and every family that is allowed as a whole."""
    return {each for name in named for each in _WORDS.get(name, (name,))}


def allows(environment: Described, instance_type: str) -> bool:
    """Whether a compute environment may launch this type."""
    family = instance_type.partition(".")[0]
    return bool({instance_type, family} & _expanded(resources(environment).get("instanceTypes") or ()))


def volumes(cloud: Cloud, _: Picture) -> dict[str, Any]:
    """Volumes that machines added to their own storage and that are attached to nothing, and which machines live."""
    found = storage_volumes.unattached(cloud)
    return {"volumes": found, "alive": storage_volumes.living_owners(cloud, found)} if found else {}
