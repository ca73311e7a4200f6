"""Roles and instance profiles: there, trusted by the right service, and with the policies that are needed.

Sources: "AWS Batch service IAM role", "Amazon ECS instance role", "Amazon EC2 Spot Fleet role", "Using service-linked
roles for AWS Batch", AWS Batch User Guide.
"""

from collections.abc import Callable, Iterator

from environments.doctor.picture.described import Described, is_spot, name_of, resources, short
from environments.doctor.picture.finding import Finding, error, warning
from environments.doctor.picture.picture import Picture, Role

_LINKED = "/aws-service-role/"
_ECS = "AmazonEC2ContainerServiceforEC2Role"
_FLEET = "AmazonEC2SpotFleetTaggingRole"


def service(picture: Picture) -> Iterator[Finding]:
    """The role that AWS Batch works through. Its service-linked one cannot be deleted while an environment uses it."""
    for arn, users in _used(picture, lambda each: str(each.get("serviceRole") or "")).items():
        if _LINKED not in arn:
            yield from _role(picture, arn, "batch.amazonaws.com", "AWSBatchServiceRole", f"AWS Batch's own, of {users}")


def spot(picture: Picture) -> Iterator[Finding]:
    """The Spot fleet role where one is named, and the service-linked role that Spot needs."""
    fleets = _used(picture, lambda each: str(resources(each).get("spotIamFleetRole") or ""))
    for arn, users in fleets.items():
        yield from _role(picture, arn, "spotfleet.amazonaws.com", _FLEET, f"Spot Fleet's, of {users}")
    spots = [each for each in picture.environments if is_spot(each)]
    needed = {
        "spot.amazonaws.com": spots,
        "spotfleet.amazonaws.com": [each for each in spots if resources(each).get("spotIamFleetRole")],
    }
    for name, users_ in needed.items():
        if users_ and name not in picture.linked:
            named = ", ".join(map(name_of, users_))
            yield error(
                f"the account has no service-linked role for {name}",
                f"no Spot machine starts in {named}",
                f"aws iam create-service-linked-role --aws-service-name {name}",
                name,
            )


def instance(picture: Picture) -> Iterator[Finding]:
    """Instance profiles: there, with a role that machines may have, which lets the ECS agent join its cluster."""
    for named, users in _used(picture, lambda each: str(resources(each).get("instanceRole") or "")).items():
        name = f"instance profile {short(named)}"
        profile = picture.profiles.get(short(named))
        if profile is None:
            yield error(
                f"there is no {name}",
                f"no machine starts in {users} without it; a role of that name is none",
                f"{picture.again} makes it",
                name,
            )
        elif profile.role is None:
            yield error(
                f"the {name} holds no role",
                f"the machines of {users} get their credentials from it",
                f"{picture.again} puts the role into it",
                name,
            )
        else:
            yield from _trust_and_policy(
                picture, short(profile.role.arn), profile.role, "ec2.amazonaws.com", _ECS, f"the machines', of {users}"
            )


def _role(picture: Picture, arn: str, trusted: str, policy: str, whose: str) -> Iterator[Finding]:
    found = picture.roles.get(short(arn))
    if found is None:
        why = f"it is {whose}; a role outside the path / counts under its full ARN alone"
        yield error(f"there is no role {arn}", why, f"{picture.again} makes it", short(arn))
        return
    yield from _trust_and_policy(picture, short(arn), found, trusted, policy, whose)


def _trust_and_policy(
    picture: Picture, name: str, role: Role, trusted: str, policy: str, whose: str
) -> Iterator[Finding]:
    if trusted not in role.trusts.split(", "):
        yield error(
            f"the role {name} does not trust {trusted}",
            f"it is {whose}, and nobody else can assume it for them",
            f"{picture.again} puts its trust policy right",
            name,
        )
    elif not role.policies:
        yield error(
            f"the role {name} has no policy, so it may do nothing",
            f"it is {whose}",
            f"aws iam attach-role-policy --role-name {name} --policy-arn {_managed(role, policy)}",
            name,
        )
    elif policy not in role.policies:
        yield warning(
            f"the role {name} lacks {policy}",
            f"it is {whose}; its own policies must allow the same",
            f"aws iam attach-role-policy --role-name {name} --policy-arn {_managed(role, policy)}",
            name,
        )


def _managed(role: Role, policy: str) -> str:
    return f"arn:{role.arn.split(':')[1]}:iam::aws:policy/service-role/{policy}"


def _used(picture: Picture, role: Callable[[Described], str]) -> dict[str, str]:
    """What `role` says of the environments → the environments of which it says so, in words."""
    users: dict[str, list[str]] = {}
    for each in picture.environments:
        if named := role(each):
            users.setdefault(named, []).append(name_of(each))
    return {named: ", ".join(names) for named, names in users.items()}
