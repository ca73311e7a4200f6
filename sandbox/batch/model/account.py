"""What Batch finds in the rest of the account: roles, instance profiles, images, templates, networks, keys.

Read-only, but for the service-linked role that Batch makes itself. What is too new to be seen (`World.is_visible`)
is not found.
"""

from typing import Any

from moto.ec2.models import ec2_backends
from moto.iam.models import iam_backends

from sandbox.batch.model import records
from sandbox.iam import linked_roles
from sandbox.world.world import ACCOUNT, current

SERVICE = "batch.amazonaws.com"
LINKED_ROLE = "AWSServiceRoleForBatch"
LINKED_PATH = f"/aws-service-role/{SERVICE}/"


def _iam() -> Any:
    return iam_backends[ACCOUNT]["aws"]


def _ec2(region: str) -> Any:
    return ec2_backends[ACCOUNT][region]


def make_role_arn(named: str) -> str:
    """Make the ARN of a role that is given by ARN, by name, or by path and name.

    Source: https://docs.aws.amazon.com/batch/latest/APIReference/API_CreateComputeEnvironment.html (serviceRole: "if
    your specified role has a path other than /, then you must either specify the full role ARN … or prefix the role
    name with the path")
    """
    return named if named.startswith("arn:") else f"arn:aws:iam::{ACCOUNT}:role/{named.lstrip('/')}"


def ensure_linked_role() -> str:
    """Return the ARN of the service-linked role, which is made when it is not there.

    Source: https://docs.aws.amazon.com/batch/latest/userguide/using-service-linked-roles.html ("When you create a
    compute environment … and do not specify a service role, AWS Batch creates the service-linked role for you")
    """
    backend = _iam()
    found = next((role for role in backend.roles.values() if role.name == LINKED_ROLE), None)
    if found is None:
        found = linked_roles.create(SERVICE)
    return str(found.arn)


def list_users_of_linked_role() -> list[str]:
    """List the ARNs of the compute environments that need it, in every region: while there are any, it stays."""
    return [
        environment.arn
        for here in records.everywhere()
        for environment in here.environments.values()
        if is_linked(environment.service_role)
    ]


def is_linked(arn: str) -> bool:
    return LINKED_PATH in arn


def find_instance_profile(named: str) -> Any:
    """Find the instance profile of that name or ARN; None when there is none (a role is not a profile)."""
    profiles = _iam().instance_profiles.values()
    profile = next((profile for profile in profiles if named in (profile.arn, profile.name)), None)
    return profile if profile is not None and current().is_visible(profile.id) else None


def find_image(region: str, image_id: str) -> Any:
    """Find an AMI; None when it is unknown, deregistered, or not seen yet."""
    found = _ec2(region).amis.get(image_id)
    return found if found is not None and current().is_visible(image_id) else None


def has_subnet(region: str, subnet_id: str) -> bool:
    return any(subnet_id in zone for zone in _ec2(region).subnets.values())


def has_security_group(region: str, group_id: str) -> bool:
    return any(group_id in groups for groups in _ec2(region).groups.values())


def has_key_pair(region: str, name: str) -> bool:
    return name in _ec2(region).key_pairs


def has_placement_group(region: str, name: str) -> bool:
    return (region, name) in current().placement_groups


def find_template(region: str, specification: dict[str, Any]) -> Any:
    """Find the launch template that a launchTemplate names by id or by name; None when there is none."""
    backend = _ec2(region)
    wanted = specification.get("launchTemplateId")
    if not wanted:
        wanted = backend.launch_template_name_to_ids.get(specification.get("launchTemplateName"))
    return backend.launch_templates.get(wanted)


def find_template_version(found: Any, wanted: str | None) -> Any:
    """Find a version by number,
    $Latest or $Default ("If the value is an empty string or … not specified … $Default").
    """
    text = wanted or "$Default"
    if text == "$Latest":
        return max(found.versions, key=lambda each: each.number)
    number = str(found.default_version_number) if text == "$Default" else text
    return next((version for version in found.versions if str(version.number) == number), None)


def has_policies(arn: str) -> bool:
    """Return whether a role may do anything at all; the service-linked role always may."""
    role = next((role for role in _iam().roles.values() if role.arn == arn), None)
    return role is not None and (is_linked(arn) or bool(role.managed_policies or role.policies))


def find_instance_type(region: str, instance_id: str) -> str:
    """Find the type of an EC2 instance; "" when there is none of that id."""
    instance = _ec2(region).get_instance_by_id(instance_id)
    return str(instance.instance_type) if instance is not None else ""


def list_zones(region: str, subnets: list[str]) -> set[str]:
    """List the availability zones of these subnets."""
    return {zone for zone, known in _ec2(region).subnets.items() if set(subnets) & set(known)}


def list_offered(region: str, in_zones: set[str]) -> set[str]:
    """List the instance types that are offered in any of these zones."""
    found = _ec2(region).describe_instance_type_offerings("availability-zone", {"location": sorted(in_zones)})
    return {str(offering["InstanceType"]) for offering in found}
