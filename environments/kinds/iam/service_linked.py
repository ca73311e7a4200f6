"""Service-linked roles that AWS Batch, EC2 Spot and Spot Fleet work through. A fresh account has none of them.

They belong to the account, not to an environment: they carry no tag, and stay. Sources: "Using service-linked roles for
AWS Batch", AWS Batch User Guide; "Service-linked role for EC2 Spot Instance requests" and "Spot Fleet permissions",
Amazon EC2 User Guide.
"""

from collections.abc import Mapping, Sequence

from cloud import errors
from cloud.pages import every
from cloud.session import Cloud
from environments.model.inputs import Ground
from environments.model.resource import Difference, Found, Wanted
from kiln.errors import UserError

KIND = "service-linked role"
NAMES = {
    "batch.amazonaws.com": "AWSServiceRoleForBatch",
    "spot.amazonaws.com": "AWSServiceRoleForEC2Spot",
    "spotfleet.amazonaws.com": "AWSServiceRoleForEC2SpotFleet",
}


def desired(ground: Ground) -> tuple[Wanted, ...]:
    spec = ground.spec
    services = ["batch.amazonaws.com"] if spec.roles.service == "service-linked" else []
    if any(each.market == "spot" for each in spec.compute_environments.values()):
        services += ["spot.amazonaws.com", "spotfleet.amazonaws.com"]
    foreign = spec.iam == "existing"
    return tuple(Wanted(KIND, NAMES[each], {}, {}, foreign=foreign, extra={"service": each}) for each in services)


def find(cloud: Cloud, wanted: Sequence[Wanted]) -> Mapping[str, Found]:
    there = arns(cloud) if wanted else {}
    return {
        each.name: Found(KIND, each.name, there[each.extra["service"]], {}, {})
        for each in wanted
        if each.extra["service"] in there
    }


def arns(cloud: Cloud) -> dict[str, str]:
    """Service → the ARN of its service-linked role; all in one call, by their path: that names the service."""
    found = every(cloud.client("iam"), "list_roles", "Roles", PathPrefix="/aws-service-role/")
    return {role["Path"].split("/")[2]: role["Arn"] for role in found}


def diff(wanted: Wanted, found: Found) -> tuple[Difference, ...]:
    return ()


def create(cloud: Cloud, wanted: Wanted) -> str:
    """Made by somebody else in the meantime is as good (InvalidInput: "has been taken in this account")."""
    try:
        made = cloud.client("iam").create_service_linked_role(AWSServiceName=wanted.extra["service"])
    except Exception as error:
        there = find(cloud, [wanted]) if errors.code(error) == "InvalidInput" else {}
        if not there:
            raise
        return there[wanted.name].id
    return str(made["Role"]["Arn"])


def update(cloud: Cloud, wanted: Wanted, found: Found, changes: Sequence[Difference]) -> str:
    return found.id


def delete(cloud: Cloud, found: Found) -> None:
    raise UserError(f"{found.name} stays", "it belongs to the account, and others may need it")


def tag(cloud: Cloud, found: Found, labels: Mapping[str, str]) -> None:
    """Nobody owns it."""


def untag(cloud: Cloud, found: Found, keys: Sequence[str]) -> None:
    """Nobody owns it."""
