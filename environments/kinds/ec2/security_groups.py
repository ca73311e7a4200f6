"""Security groups: the named ones, or one made without ingress. What leaves a machine is not restrained."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cloud import errors, tags, wait
from cloud.pages import list_all
from cloud.session import Cloud
from environments.model.inputs import Inputs
from environments.model.kind import goes, users_make_it_kilns
from environments.model.region import Region
from environments.model.resource import Desired, Difference, Existing, Removal
from kiln.errors import UserError

KIND, ACCOUNT_WIDE = "security group", False
fate, is_kilns = goes, users_make_it_kilns
_DETACHED = 300.0  # seconds that the network interfaces of terminated machines may still hold a security group


@dataclass(frozen=True, kw_only=True)
class DesiredGroup(Desired):
    """A security group of the environment's VPC."""

    vpc: str


@dataclass(frozen=True, kw_only=True)
class ExistingGroup(Existing):
    """A security group; `egress` are its rules of what leaves a machine."""

    egress: Sequence[Mapping[str, Any]] = ()


def desired(inputs: Inputs) -> tuple[DesiredGroup, ...]:
    spec, vpc = inputs.spec, inputs.network.vpc
    if spec.network.security_groups:
        return tuple(DesiredGroup(KIND, name, {}, {}, foreign=True, vpc=vpc) for name in spec.network.security_groups)
    return (DesiredGroup(KIND, f"{spec.name}-batch", {}, inputs.tags, vpc=vpc),)


def match(region: Region, desired: Sequence[DesiredGroup]) -> Mapping[str, Existing]:
    """By name or id, in the VPC."""
    if not desired:
        return {}
    filters = [{"Name": "vpc-id", "Values": [desired[0].vpc]}]
    groups = list_all(region.cloud.ec2, "describe_security_groups", "SecurityGroups", Filters=filters)
    existing = {}
    for name in (group.name for group in desired):
        group = next((group for group in groups if name in (group["GroupId"], group["GroupName"])), None)
        if group:
            labels, egress = tags.as_dict(group.get("Tags")), group.get("IpPermissionsEgress") or ()
            existing[name] = ExistingGroup(KIND, name, group["GroupId"], {}, labels, egress=egress)
        elif name.startswith("sg-"):
            _refuse_elsewhere(region, name, desired[0].vpc)
    return existing


def _refuse_elsewhere(region: Region, group_id: str, vpc: str) -> None:
    """Raise UserError for a security group of another VPC; a call for a group that this VPC has not."""
    filters = [{"Name": "group-id", "Values": [group_id]}]
    for group in list_all(region.cloud.ec2, "describe_security_groups", "SecurityGroups", Filters=filters):
        raise UserError(
            f"the security group {group_id} is in another VPC",
            f"it is in {group['VpcId']}, and the subnets of the environment are in {vpc}",
            f"Name a group of {vpc} under network.security_groups, or leave them out; this lists them:\n"
            f"aws ec2 describe-security-groups --filters Name=vpc-id,Values={vpc}",
        )


def tagged(region: Region) -> Iterator[Existing]:
    for group in list_all(region.cloud.ec2, "describe_security_groups", "SecurityGroups"):
        yield Existing(KIND, group["GroupName"], group["GroupId"], {}, tags.as_dict(group.get("Tags")))


def list_unnamed(
    region: Region, environment: str, names: Collection[str], existing: Collection[Existing]
) -> list[Existing]:
    """By their ids: a group of the same name may be in another VPC."""
    ids = region.list_ec2_ids(environment, "security-group") - {group.id for group in existing}
    return [group for group in tagged(region) if group.id in ids] if ids else []


def diff(desired: DesiredGroup, existing: Existing) -> tuple[Difference, ...]:
    return ()


def create(cloud: Cloud, desired: DesiredGroup) -> str:
    """EC2 gives a new group no ingress, and a rule that lets everything out."""
    made = cloud.ec2.create_security_group(
        GroupName=desired.name,
        Description="Machines of AWS Batch: nothing comes in",
        VpcId=desired.vpc,
        TagSpecifications=tags.make_specifications(desired.tags, "security-group"),
    )
    return str(made["GroupId"])


def update(cloud: Cloud, desired: DesiredGroup, existing: Existing, changes: Sequence[Difference]) -> str:
    return existing.id


def delete(cloud: Cloud, existing: Existing, removal: Removal) -> None:
    """Delete it once the network interfaces of the last machines are gone; these go some time after the machines."""

    def probe() -> bool | None:
        try:
            with errors.gone_is_fine():
                cloud.ec2.delete_security_group(GroupId=existing.id)
        except Exception as error:
            if errors.code(error) != "DependencyViolation":
                raise
            return None
        return True

    wait.until(probe, what=f"the deletion of the security group {existing.name}", timeout=_DETACHED,
               hint="Something still uses it: aws ec2 describe-network-interfaces says what.")  # fmt: skip


def tag(cloud: Cloud, existing: Existing, labels: Mapping[str, str]) -> None:
    cloud.ec2.create_tags(Resources=[existing.id], Tags=tags.as_list(labels))


def untag(cloud: Cloud, existing: Existing, keys: Sequence[str]) -> None:
    cloud.ec2.delete_tags(Resources=[existing.id], Tags=[{"Key": key} for key in keys])
