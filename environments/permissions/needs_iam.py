"""The permissions that are about IAM: roles, instance profiles, policies, and passing roles on."""

from collections.abc import Sequence

from cloud.policy import Permission, Scope
from environments.kinds.iam.service_linked import NAMES
from environments.spec.environment import EnvironmentSpec

# Of roles, in the order of their life. Those of _BOUND take iam:PermissionsBoundary as a condition.
_BOUND = (
    "iam:AttachRolePolicy", "iam:CreateRole", "iam:DetachRolePolicy", "iam:PutRolePermissionsBoundary",
)  # fmt: skip
_ROLES = (
    "iam:DeleteRole", "iam:GetRole", "iam:ListAttachedRolePolicies", "iam:TagRole", "iam:UntagRole",
    "iam:UpdateAssumeRolePolicy",
)  # fmt: skip
_PROFILES = (
    "iam:AddRoleToInstanceProfile", "iam:CreateInstanceProfile", "iam:DeleteInstanceProfile",
    "iam:GetInstanceProfile", "iam:RemoveRoleFromInstanceProfile", "iam:TagInstanceProfile",
    "iam:UntagInstanceProfile",
)  # fmt: skip
_POLICIES = (
    "iam:CreatePolicy", "iam:CreatePolicyVersion", "iam:DeletePolicy", "iam:DeletePolicyVersion", "iam:GetPolicy",
    "iam:GetPolicyVersion", "iam:ListEntitiesForPolicy", "iam:ListPolicyVersions", "iam:TagPolicy", "iam:UntagPolicy",
)  # fmt: skip


def iam(specs: Sequence[EnvironmentSpec], scope: Scope, boundary: str) -> tuple[Permission, ...]:
    """Nothing is made, and roles are looked at and passed on alone, where every definition says iam: existing."""
    making = [each for each in specs if each.iam == "create"]
    passing = tuple(_pass(specs, scope, service, sid) for service, sid in _SERVICES.items())
    found = [each for each in passing if each.resources]
    looked = _arns(scope, "role", _names(specs))
    profiles = _arns(scope, "instance-profile", {each.roles.profile for each in specs})
    if not making:
        return (
            Permission("Roles", ("iam:GetRole", "iam:ListAttachedRolePolicies"), looked),
            Permission("Profiles", ("iam:GetInstanceProfile",), profiles),
            *found,
        )
    bounds = {boundary} if boundary else {each.roles.permissions_boundary for each in making} - {None}
    return (
        Permission("Roles", _ROLES, looked),
        _made(making, scope, sorted(each for each in bounds if each)),
        Permission("Profiles", _PROFILES, profiles),
        *_policies(making, scope),
        *_linked(specs, scope),
        *found,
    )


_SERVICES = {
    "ec2.amazonaws.com": "PassToMachines",
    "batch.amazonaws.com": "PassToBatch",
    "spotfleet.amazonaws.com": "PassToSpotFleet",
    "ecs-tasks.amazonaws.com": "PassToTasks",
}


def _pass(specs: Sequence[EnvironmentSpec], scope: Scope, service: str, sid: str) -> Permission:
    """Each role to its own service alone."""
    named = {
        "ec2.amazonaws.com": {each.roles.instance for each in specs},
        "batch.amazonaws.com": {each.roles.service for each in specs} - {"service-linked"},
        "spotfleet.amazonaws.com": {each.roles.spot_fleet for each in specs if _needs_fleet(each)},
        "ecs-tasks.amazonaws.com": {each.job_role for each in specs if each.job_definitions and each.job_role},
    }[service]
    arns = _arns(scope, "role", {name for name in named if name})
    return Permission(sid, ("iam:PassRole",), arns, {"StringEquals": {"iam:PassedToService": service}})


def _needs_fleet(spec: EnvironmentSpec) -> bool:
    return any(each.needs_fleet_role for each in spec.compute_environments.values())


def _names(specs: Sequence[EnvironmentSpec]) -> set[str]:
    found: set[str] = set()
    for each in specs:
        found |= {each.roles.instance, each.roles.service}
        found |= {each.job_role} if each.job_role else set()
        found |= {each.roles.spot_fleet} if _needs_fleet(each) else set()
    return found - {"service-linked"}


def _arns(scope: Scope, kind: str, names: set[str]) -> tuple[str, ...]:
    return tuple(scope.iam(f"{kind}/{name}") for name in sorted(names))


def _made(making: Sequence[EnvironmentSpec], scope: Scope, bounds: Sequence[str]) -> Permission:
    condition = {"StringEquals": {"iam:PermissionsBoundary": list(bounds)}} if bounds else {}
    return Permission("RolesMake", _BOUND, _arns(scope, "role", _names(making)), condition)


def _policies(making: Sequence[EnvironmentSpec], scope: Scope) -> tuple[Permission, ...]:
    names: set[str] = set()
    for each in making:
        roles = each.roles
        names |= {roles.bucket_policy} if each.buckets else set()
        names |= {roles.public_buckets_policy} if isinstance(roles.s3_read, tuple) and roles.s3_read else set()
        names |= {roles.storage_policy} if roles.storage_policy else set()
    return (Permission("Policies", _POLICIES, _arns(scope, "policy", names)),) if names else ()


def _linked(specs: Sequence[EnvironmentSpec], scope: Scope) -> tuple[Permission, ...]:
    services = {"batch.amazonaws.com"} if any(each.roles.service == "service-linked" for each in specs) else set()
    if any(one.market == "spot" for each in specs for one in each.compute_environments.values()):
        services |= {"spot.amazonaws.com", "spotfleet.amazonaws.com"}
    if not services:
        return ()
    arns = tuple(scope.iam(f"role/aws-service-role/{each}/{NAMES[each]}") for each in sorted(services))
    condition = {"StringEquals": {"iam:AWSServiceName": sorted(services)}}
    return (Permission("ServiceLinked", ("iam:CreateServiceLinkedRole",), arns, condition),)
