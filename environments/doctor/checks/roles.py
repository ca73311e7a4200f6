"""Roles and instance profiles: existing, trusting the right service, and allowed to do what they must.

Sources: "AWS Batch service IAM role", "Amazon ECS instance role", "Amazon EC2 Spot Fleet role", "Using service-linked
roles for AWS Batch", AWS Batch User Guide.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from cloud.rights.words import list_missing
from environments.doctor.checks.finding import Finding, error
from environments.doctor.facts.compute_environments import Described, is_spot, name_of, resources, short_name
from environments.doctor.facts.picture import Picture
from environments.doctor.facts.roles import Role
from environments.kinds.iam.trust_policies import trust_command, trusts

_LINKED = "/aws-service-role/"
_MAKES = "makes it where it is Kiln's, and says what it must hold where it is not"


@dataclass(frozen=True)
class _Use:
    """What a role is for: the service that assumes it, and who uses it, in words."""

    service: str
    by: str


def check_service_roles(picture: Picture) -> Iterator[Finding]:
    """Check the role that AWS Batch works through. Its service-linked role cannot be deleted while it is in use."""
    for arn, users in _users(picture, lambda environment: str(environment.get("serviceRole") or "")).items():
        if _LINKED not in arn:
            use = _Use("batch.amazonaws.com", f"AWS Batch uses it for {users}")
            yield from _check_role(picture, arn, use)


def check_spot_roles(picture: Picture) -> Iterator[Finding]:
    """Check the Spot fleet role where a compute environment names it, and the service-linked roles that Spot needs."""
    fleets = _users(picture, lambda environment: str(resources(environment).get("spotIamFleetRole") or ""))
    for arn, users in fleets.items():
        use = _Use("spotfleet.amazonaws.com", f"Spot Fleet uses it for {users}")
        yield from _check_role(picture, arn, use)
    spot = [environment for environment in picture.scope.environments if is_spot(environment)]
    needed = {
        "spot.amazonaws.com": spot,
        "spotfleet.amazonaws.com": [
            environment for environment in spot if resources(environment).get("spotIamFleetRole")
        ],
    }
    for service, environments in needed.items():
        if environments and service not in picture.roles.service_linked:
            yield error(
                f"the account has no service-linked role for {service}",
                f"no Spot machine starts in {', '.join(map(name_of, environments))}",
                f"aws iam create-service-linked-role --aws-service-name {service}",
                service,
            )


def check_instance_profiles(picture: Picture) -> Iterator[Finding]:
    """Check that instance profiles exist, with a role that machines may have and that lets the ECS agent join."""
    profiles = _users(picture, lambda environment: str(resources(environment).get("instanceRole") or ""))
    for arn, users in profiles.items():
        name = f"instance profile {short_name(arn)}"
        profile, register = picture.roles.profiles.get(short_name(arn)), picture.scope.register_command
        if profile is None:
            yield error(
                f"there is no {name}",
                f"no machine starts in {users} without it; a role with the same name does not replace it",
                f"{register} {_MAKES}",
                name,
            )
        elif profile.role is None:
            yield error(
                f"the {name} holds no role",
                f"the machines of {users} get their credentials from it",
                f"{register} puts the role into it where it is Kiln's, and says what is missing where it is not",
                name,
            )
        else:
            yield from _check_trust(profile.role, _Use("ec2.amazonaws.com", f"the machines of {users} use it"))


def _check_role(picture: Picture, arn: str, use: _Use) -> Iterator[Finding]:
    role = picture.roles.by_name.get(short_name(arn))
    if role is None:
        why = f"{use.by}; a role whose path is not / must be named by its full ARN"
        yield error(f"there is no role {arn}", why, f"{picture.scope.register_command} {_MAKES}", short_name(arn))
        return
    yield from _check_trust(role, use)


def _check_trust(role: Role, use: _Use) -> Iterator[Finding]:
    if not trusts(role.trusts, use.service):
        name = short_name(role.arn)
        yield error(
            f"the role {name} does not trust {use.service}",
            f"{use.by}, which AWS refuses while the role does not trust {use.service}",
            trust_command(name, role.document, use.service),
            name,
        )


def _users(picture: Picture, role_of: Callable[[Described], str]) -> dict[str, str]:
    """The role or profile that a compute environment names → the names of all compute environments that name it."""
    users: dict[str, list[str]] = {}
    for environment in picture.scope.environments:
        if arn := role_of(environment):
            users.setdefault(arn, []).append(name_of(environment))
    return {arn: ", ".join(names) for arn, names in users.items()}


def check_rights(picture: Picture) -> Iterator[Finding]:
    """Check that the roles of the environment may do what they must: as register-env --plan does beforehand."""
    for verdict in picture.rights.by_environment.get(picture.scope.name, ()):
        for missing in list_missing(verdict, picture.rights.attachable):
            yield error(f"the role {missing.role} {missing.lacks}", missing.loss, missing.fix, missing.role)
