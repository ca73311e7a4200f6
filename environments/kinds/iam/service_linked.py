"""Service-linked roles that AWS Batch, EC2 Spot and Spot Fleet work through. A fresh account has none of them.

They belong to the account, not to an environment: they carry no tag, and stay. Sources: "Using service-linked roles for
AWS Batch", AWS Batch User Guide; "Service-linked role for EC2 Spot Instance requests" and "Spot Fleet permissions",
Amazon EC2 User Guide.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cloud import errors
from cloud.pages import list_all
from cloud.session import Cloud
from environments.model.inputs import Inputs
from environments.model.kind import users_make_it_kilns, wait_for_teardown
from environments.model.region import Region
from environments.model.resource import Desired, Difference, Existing, Fate, Removal
from kiln.errors import UserError

KIND, ACCOUNT_WIDE = "service-linked role", True
is_kilns = users_make_it_kilns
list_unnamed = wait_for_teardown
NAMES = {
    "batch.amazonaws.com": "AWSServiceRoleForBatch",
    "spot.amazonaws.com": "AWSServiceRoleForEC2Spot",
    "spotfleet.amazonaws.com": "AWSServiceRoleForEC2SpotFleet",
}


@dataclass(frozen=True, kw_only=True)
class DesiredServiceRole(Desired):
    """The role through which an AWS service works; `service` is its name, like batch.amazonaws.com."""

    service: str


def desired(inputs: Inputs) -> tuple[DesiredServiceRole, ...]:
    spec = inputs.spec
    services = ["batch.amazonaws.com"] if spec.roles.service == "service-linked" else []
    if any(compute.market == "spot" for compute in spec.compute_environments.values()):
        services += ["spot.amazonaws.com", "spotfleet.amazonaws.com"]
    foreign = spec.iam == "existing"
    return tuple(DesiredServiceRole(KIND, NAMES[name], {}, {}, foreign=foreign, service=name) for name in services)


def match(region: Region, desired: Sequence[DesiredServiceRole]) -> Mapping[str, Existing]:
    by_service = arns(region.cloud) if desired else {}
    return {
        role.name: Existing(KIND, role.name, by_service[role.service], {}, {})
        for role in desired
        if role.service in by_service
    }


def tagged(region: Region) -> tuple[Existing, ...]:
    """They carry no tag of Kiln's."""
    return ()


def arns(cloud: Cloud) -> dict[str, str]:
    """Service → the ARN of its service-linked role; all in one call, by their path: that names the service."""
    listed = list_all(cloud.client("iam"), "list_roles", "Roles", PathPrefix="/aws-service-role/")
    return {role["Path"].split("/")[2]: role["Arn"] for role in listed}


def diff(desired: DesiredServiceRole, existing: Existing) -> tuple[Difference, ...]:
    return ()


def create(cloud: Cloud, desired: DesiredServiceRole) -> str:
    """Made by somebody else in the meantime is as good (InvalidInput: "has been taken in this account")."""
    try:
        made = cloud.client("iam").create_service_linked_role(AWSServiceName=desired.service)
    except Exception as error:
        there = match(Region(cloud), [desired]) if errors.code(error) == "InvalidInput" else {}
        if not there:
            raise
        return there[desired.name].id
    return str(made["Role"]["Arn"])


def update(cloud: Cloud, desired: DesiredServiceRole, existing: Existing, changes: Sequence[Difference]) -> str:
    return existing.id


def fate(cloud: Cloud, existing: Existing, removal: Removal) -> tuple[Fate, str]:
    return "keep", "it belongs to the account, and others may need it"


def delete(cloud: Cloud, existing: Existing, removal: Removal) -> None:
    raise UserError(f"{existing.name} stays", "it belongs to the account, and others may need it")


def tag(cloud: Cloud, existing: Existing, labels: Mapping[str, str]) -> None:
    """Nobody owns it."""


def untag(cloud: Cloud, existing: Existing, keys: Sequence[str]) -> None:
    """Nobody owns it."""
