"""Looks at EC2: AMIs, launch templates, networks, instance types, and the volumes of machines."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from cloud import machine_images, storage_volumes
from cloud.pages import list_all
from cloud.session import Cloud
from environments.doctor.facts.compute_environments import (
    Described,
    Templates,
    groups_of,
    images_of,
    instance_types_of,
    references_of,
    subnets_of,
    template_of,
)
from environments.doctor.facts.instance_types import InstanceTypes
from environments.doctor.facts.network import Network
from environments.doctor.facts.volumes import Volumes
from environments.machines import instance_types, offers, references
from environments.machines.families import is_allowed, list_families
from environments.machines.references import References
from environments.network.endpoints import list_groups
from launch_templates import versions


def _filter(name: str, values: Iterable[str]) -> list[dict[str, Any]]:
    return [{"Name": name, "Values": sorted(set(values))}]


def describe_templates(cloud: Cloud, environments: Sequence[Described]) -> Templates:
    """Describe the launch templates that the compute environments name, with all their versions, by id and by name."""
    named = {name for name, _ in map(template_of, environments) if name}
    if not named:
        return {}
    names = sorted(name for name in named if not name.startswith("lt-"))
    filters = {"Filters": _filter("launch-template-name", names)} if len(names) == len(named) else {}
    templates: dict[str, versions.Template] = {}
    for template in list_all(cloud.ec2, "describe_launch_templates", "LaunchTemplates", **filters):
        template_id, name = template["LaunchTemplateId"], template["LaunchTemplateName"]
        if {template_id, name} & named:
            templates[template_id] = templates[name] = versions.read_template(cloud, template)
    return templates


def describe_images(
    cloud: Cloud, environments: Sequence[Described], templates: Templates
) -> Mapping[str, Described]:  # fmt: skip
    """Describe the AMIs that compute environments name, by id; by a filter, which does not mind ids that are gone."""
    ids = {ami for environment in environments for ami in images_of(environment, templates)}
    images = machine_images.describe(cloud, Filters=_filter("image-id", ids)) if ids else []
    return {image["ImageId"]: image for image in images}


def describe_network(cloud: Cloud, environments: Sequence[Described], templates: Templates) -> Network:
    """Describe subnets, the route tables, VPC endpoints and network ACLs of their VPCs, and security groups."""
    ids = {subnet for environment in environments for subnet in subnets_of(environment)}
    group_ids = {group for environment in environments for group in groups_of(environment, templates)}
    subnets = list_all(cloud.ec2, "describe_subnets", "Subnets", Filters=_filter("subnet-id", ids)) if ids else []
    vpcs = _filter("vpc-id", (subnet["VpcId"] for subnet in subnets))
    endpoints = list_all(cloud.ec2, "describe_vpc_endpoints", "VpcEndpoints", Filters=vpcs) if subnets else []
    group_ids |= set(list_groups(endpoints))
    by_id = _filter("group-id", group_ids)
    groups = list_all(cloud.ec2, "describe_security_groups", "SecurityGroups", Filters=by_id) if group_ids else []
    return Network(
        {subnet["SubnetId"]: subnet for subnet in subnets},
        list_all(cloud.ec2, "describe_route_tables", "RouteTables", Filters=vpcs) if subnets else (),
        endpoints,
        {group["GroupId"]: group for group in groups},
        list_all(cloud.ec2, "describe_network_acls", "NetworkAcls", Filters=vpcs) if subnets else (),
    )


def describe_types(cloud: Cloud, environments: Sequence[Described]) -> InstanceTypes:
    """Describe all sizes of the families that compute environments allow, and the region's zones that offer them."""
    names = {name for environment in environments for name in instance_types_of(environment)}
    families = {family for name in names for family in list_families(name)}
    if not families:
        return InstanceTypes()
    known = instance_types.describe(cloud, families)
    allowed = [name for name in known if is_allowed(names, name)]
    return InstanceTypes(known, offers.describe(cloud, allowed))


def describe_references(cloud: Cloud, environments: Sequence[Described]) -> References:
    """Describe the region's key pairs and placement groups, where compute environments name any."""
    kinds = {kind for environment in environments for kind, _ in references_of(environment)}
    return references.describe(cloud, kinds)


def describe_volumes(cloud: Cloud) -> Volumes:
    """Describe the region's volumes that machines added to their own storage and that no instance has attached."""
    volumes = storage_volumes.list_unattached(cloud)
    return Volumes(volumes, storage_volumes.list_living_owners(cloud, volumes))
