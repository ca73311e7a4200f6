"""Service-linked roles that AWS Batch, EC2 Spot and Spot Fleet work through. A fresh account has none of them.

They belong to the account, not to an environment: they carry no tag, and stay. Sources: "Using service-linked roles for
AWS Batch", AWS Batch User Guide; "Service-linked role for EC2 Spot Instance requests" and "Spot Fleet permissions",
Amazon EC2 User Guide.
"""

from collections.abc import Mapping, Sequence

from cloud import errors
from cloud.pages import every
from cloud.session import Cloud
from environments.model.inputs import Inputs
from environments.model.resource import Desired, Difference, Existing
from kiln.errors import UserError

KIND = "service-linked role"
NAMES = {
    "batch.amazonaws.com": "AWSServiceRoleForBatch",
    "spot.amazonaws.com": "AWSServiceRoleForEC2Spot",
    "spotfleet.amazonaws.com": "AWSServiceRoleForEC2SpotFleet",
}


def desired(inputs: Inputs) -> tuple[Desired, ...]:
    spec = inputs.spec
    services = ["batch.amazonaws.com"] if spec.roles.service == "service-linked" else []
    if any(each.market == "spot" for each in spec.compute_environments.values()):
        services += ["spot.amazonaws.com", "spotfleet.amazonaws.com"]
    foreign = spec.iam == "existing"
    return tuple(Desired(KIND, NAMES[each], {}, {}, foreign=foreign, extra={"service": each}) for each in services)


def find(cloud: Cloud, desired: Sequence[Desired]) -> Mapping[str, Existing]:
    there = arns(cloud) if desired else {}
    return {
        each.name: Existing(KIND, each.name, there[each.extra["service"]], {}, {})
        for each in desired
        if each.extra["service"] in there
    }


def arns(cloud: Cloud) -> dict[str, str]:
    """Service → the ARN of its service-linked role; all in one call, by their path: that names the service."""
    found = every(cloud.client("iam"), "list_roles", "Roles", PathPrefix="/aws-service-role/")
    return {role["Path"].split("/")[2]: role["Arn"] for role in found}


def diff(desired: Desired, existing: Existing) -> tuple[Difference, ...]:
    return ()


def create(cloud: Cloud, desired: Desired) -> str:
    """Made by somebody else in the meantime is as good (InvalidInput: "has been taken in this account")."""
    try:
        made = cloud.client("iam").create_service_linked_role(AWSServiceName=desired.extra["service"])
    except Exception as error:
        there = find(cloud, [desired]) if errors.code(error) == "InvalidInput" else {}
        if not there:
            raise
        return there[desired.name].id
    return str(made["Role"]["Arn"])


def update(cloud: Cloud, desired: Desired, existing: Existing, changes: Sequence[Difference]) -> str:
    return existing.id


def delete(cloud: Cloud, existing: Existing) -> None:
    raise UserError(f"{existing.name} stays", "it belongs to the account, and others may need it")


def tag(cloud: Cloud, existing: Existing, labels: Mapping[str, str]) -> None:
    """Nobody owns it."""


def untag(cloud: Cloud, existing: Existing, keys: Sequence[str]) -> None:
    """Nobody owns it."""
