"""Law: the refusals of RunInstances that need no machine. Sources: see `sandbox.ec2.instances.launch`."""

from functools import cache
from typing import Any

from moto.ec2.models.instance_types import INSTANCE_TYPE_OFFERINGS
from moto.iam.models import iam_backends

from sandbox.ec2.instances import capacity, metadata_options
from sandbox.ec2.launch_templates.data_rules import check_tags, check_user_data
from sandbox.ec2.model import stand_ins
from sandbox.ec2.model.errors import refused
from sandbox.ec2.model.instance_types import architectures
from sandbox.world.world import ACCOUNT, current


def check(backend: Any, request: dict[str, Any]) -> None:
    """Raise AWS's error for a launch that AWS refuses; ids have been checked before."""
    for name in ("MinCount", "MaxCount"):
        if request.get(name) is None:
            raise refused("MissingParameter", f"The request must contain the parameter {name}")
    capacity.check_counts(request)
    image = _check_image(backend, request)
    _check_instance_type(request, image)
    _check_placement(backend, request)
    _check_key_pair(backend, request)
    _check_placement_group(backend, request)
    _check_profile(request)
    metadata_options.check(request.get("MetadataOptions") or {})
    check_user_data(request)
    check_tags(request)
    _check_machine(backend, image)


def _check_image(backend: Any, request: dict[str, Any]) -> Any:
    image = backend.amis.get(request.get("ImageId"))
    if not request.get("ImageId"):
        raise refused("MissingParameter", "The request must contain the parameter ImageId")
    if image is None:
        raise refused("InvalidAMIID.NotFound", f"The image id '[{request['ImageId']}]' does not exist")
    if image.state != "available":
        message = f"The image ID '{image.id}' is not available (state: {image.state})"
        raise refused("InvalidAMIID.Unavailable", message)
    return image


def _check_instance_type(request: dict[str, Any], image: Any) -> None:
    name = request.get("InstanceType") or "m1.small"
    supported = architectures(name)
    if not supported:
        raise refused("InvalidParameterValue", f"Invalid value '{name}' for InstanceType.")
    if image.architecture not in supported:
        message = (
            f"The architecture '{','.join(supported)}' of the specified instance type does not match the architecture "
            f"'{image.architecture}' of the specified AMI. Specify an instance type and an AMI that have matching "
            "architectures, and try again. You can use 'describe-instance-types' or 'describe-images' to discover the "
            "architecture of the instance type or AMI."
        )
        raise refused("InvalidParameterValue", message)


def _check_placement(backend: Any, request: dict[str, Any]) -> None:
    nics = request.get("NetworkInterfaces") or []
    if nics and (request.get("SubnetId") or request.get("SecurityGroupIds")):
        message = "Network interfaces and an instance-level subnet ID may not be specified on the same request"
        raise refused("InvalidParameterCombination", message)
    subnet_id = request.get("SubnetId") or next((nic["SubnetId"] for nic in nics if nic.get("SubnetId")), None)
    subnet = backend.get_subnet(subnet_id) if subnet_id else find_default_subnet(backend, request)
    groups = [*(request.get("SecurityGroupIds") or []), *(group for nic in nics for group in nic.get("Groups") or [])]
    for group_id in groups:
        if backend.get_security_group_from_id(group_id).vpc_id != subnet.vpc_id:
            message = f"Security group {group_id} and subnet {subnet.id} belong to different networks."
            raise refused("InvalidParameter", message)
    name, zone = request.get("InstanceType") or "m1.small", subnet.availability_zone
    if (name, zone) not in _list_offered(backend.region_name):
        message = (
            f"Your requested instance type ({name}) is not supported in your requested Availability Zone ({zone}). "
            "Please retry your request by not specifying an Availability Zone or choosing another one."
        )
        raise refused("Unsupported", message)


def find_default_subnet(backend: Any, request: dict[str, Any]) -> Any:
    """Return the default subnet that AWS would choose: of the zone asked for, else the first that offers the type."""
    if backend.get_default_vpc() is None:
        message = "No default VPC for this user. GroupName is only supported for EC2-Classic and default VPC."
        raise refused("VPCIdNotSpecified", message)
    subnets = backend.get_default_subnets()
    if not subnets:
        raise refused("MissingInput", "No subnets found for the default VPC. Please specify a subnet.")
    zone = (request.get("Placement") or {}).get("AvailabilityZone")
    if zone:
        if zone not in subnets:
            raise refused("InvalidInput", f"No default subnet for availability zone: '{zone}'.")
        return subnets[zone]
    name = request.get("InstanceType") or "m1.small"
    offering = [zone for zone in sorted(subnets) if (name, zone) in _list_offered(backend.region_name)]
    return subnets[(offering or sorted(subnets))[0]]


@cache
def _list_offered(region: str) -> frozenset[tuple[str, str]]:
    """Instance types with the zones that have them."""
    offered = INSTANCE_TYPE_OFFERINGS["availability-zone"].get(region, [])
    return frozenset((offering["InstanceType"], offering["Location"]) for offering in offered)


def _check_key_pair(backend: Any, request: dict[str, Any]) -> None:
    name = request.get("KeyName")
    if name and name not in backend.key_pairs:
        raise refused("InvalidKeyPair.NotFound", f"The key pair '{name}' does not exist")


def _check_placement_group(backend: Any, request: dict[str, Any]) -> None:
    name = (request.get("Placement") or {}).get("GroupName")
    if name and (backend.region_name, name) not in current().placement_groups:
        raise refused("InvalidPlacementGroup.Unknown", f"The Placement Group '{name}' is unknown.")


def _check_profile(request: dict[str, Any]) -> None:
    wanted = request.get("IamInstanceProfile") or {}
    profiles = [p for p in iam_backends[ACCOUNT]["aws"].instance_profiles.values() if current().is_visible(p.id)]
    if wanted.get("Name") and not any(profile.name == wanted["Name"] for profile in profiles):
        message = f"Value ({wanted['Name']}) for parameter iamInstanceProfile.name is invalid. "
        raise refused("InvalidParameterValue", message + "Invalid IAM Instance Profile name")
    if wanted.get("Arn") and not any(profile.arn == wanted["Arn"] for profile in profiles):
        message = f"Value ({wanted['Arn']}) for parameter iamInstanceProfile.arn is invalid. "
        raise refused("InvalidParameterValue", message + "Invalid IAM Instance Profile ARN")


def _check_machine(backend: Any, image: Any) -> None:
    """The sandbox's own limit: some stand-ins are there to plan with, not to boot."""
    stand_in = stand_ins.find_by_image(image.id, backend.region_name)
    is_record = stand_in.kind is None if stand_in else bool(image.owner_alias)
    if current().hypervisor and is_record:
        name = stand_in.alias if stand_in else image.name
        message = f"The sandbox has no machine for {image.id} ({name}): it is a record to plan with"
        raise refused("Unsupported", message)
