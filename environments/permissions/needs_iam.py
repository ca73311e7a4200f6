"""List the permissions that are about IAM: roles, instance profiles, policies, and passing roles on."""

from collections.abc import Sequence

from cloud.policy import Permission, Scope, pass_roles
from environments.kinds.iam.service_linked import NAMES
from environments.spec.environment import EnvironmentSpec

# Of roles, in the order of their life. Those of _BOUND take iam:PermissionsBoundary as a condition.
_BOUND = (
    "iam:AttachRolePolicy", "iam:CreateRole", "iam:DetachRolePolicy", "iam:PutRolePermissionsBoundary",
)  # fmt: skip
_ROLES = (
    "iam:DeleteRole", "iam:GetRole", "iam:ListAttachedRolePolicies", "iam:SimulatePrincipalPolicy", "iam:TagRole",
    "iam:UntagRole", "iam:UpdateAssumeRolePolicy",
)  # fmt: skip
_LOOK = ("iam:GetRole", "iam:ListAttachedRolePolicies", "iam:SimulatePrincipalPolicy")
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
    """List them; where every definition says iam: existing, roles are only looked at and passed on."""
    making = [spec for spec in specs if spec.iam == "create"]
    passing = tuple(_pass(specs, scope, service, sid) for service, sid in _SERVICES.items())
    passed = [permission for permission in passing if permission.resources]
    looked = _arns(scope, "role", _names(specs))
    profiles = _arns(scope, "instance-profile", {spec.roles.profile for spec in specs})
    named = tuple(sorted(_named_by_jobs(specs) - set(looked)))
    passed += [Permission("RolesOfJobs", _LOOK, named)] if named else []
    if not making:
        return (
            Permission("Roles", _LOOK, looked),
            Permission("Profiles", ("iam:GetInstanceProfile",), profiles),
            *passed,
        )
    bounds = {boundary} if boundary else {spec.roles.permissions_boundary for spec in making} - {None}
    return (
        Permission("Roles", _ROLES, looked),
        _made(making, scope, sorted(arn for arn in bounds if arn)),
        Permission("Profiles", _PROFILES, profiles),
        *_bounded(making),
        *_policies(making, scope),
        *_linked(specs, scope),
        *passed,
    )


def _bounded(making: Sequence[EnvironmentSpec]) -> tuple[Permission, ...]:
    """A plan looks whether the policies are there that bound the roles."""
    limits = sorted({spec.roles.permissions_boundary for spec in making if spec.roles.permissions_boundary})
    return (Permission("Boundaries", ("iam:GetPolicy",), tuple(limits)),) if limits else ()


_SERVICES = {
    "ec2.amazonaws.com": "PassToMachines",
    "batch.amazonaws.com": "PassToBatch",
    "spotfleet.amazonaws.com": "PassToSpotFleet",
    "ecs-tasks.amazonaws.com": "PassToTasks",
}


def _pass(specs: Sequence[EnvironmentSpec], scope: Scope, service: str, sid: str) -> Permission:
    """Every role only to its own service."""
    named = {
        "ec2.amazonaws.com": {spec.roles.instance for spec in specs},
        "batch.amazonaws.com": {spec.roles.service for spec in specs} - {"service-linked"},
        "spotfleet.amazonaws.com": {spec.roles.spot_fleet for spec in specs if _needs_fleet(spec)},
        "ecs-tasks.amazonaws.com": _job_roles(specs),
    }[service]
    arns = _arns(scope, "role", {name for name in named if name})
    return pass_roles(sid, arns, service)


def _job_roles(specs: Sequence[EnvironmentSpec]) -> set[str]:
    """The environments' own by name, and by their ARNs those that job definitions name themselves."""
    names = {spec.job_role for spec in specs if spec.job_definitions and spec.job_role}
    names |= {spec.execution_role for spec in specs if spec.with_execution_role}
    names |= {spec.nextflow_role for spec in specs if spec.nextflow_role}
    return names | _named_by_jobs(specs)


def _named_by_jobs(specs: Sequence[EnvironmentSpec]) -> set[str]:
    """The roles that job definitions name by their ARNs."""
    jobs = [job for spec in specs for job in spec.job_definitions.values()]
    return {role for job in jobs for role in (job.job_role, job.execution_role or "") if role[:4] == "arn:"}


def _needs_fleet(spec: EnvironmentSpec) -> bool:
    return any(compute.needs_fleet_role for compute in spec.compute_environments.values())


def _names(specs: Sequence[EnvironmentSpec]) -> set[str]:
    names: set[str] = set()
    for spec in specs:
        names |= {spec.roles.instance, spec.roles.service}
        names |= {spec.job_role} if spec.job_role else set()
        names |= {spec.execution_role} if spec.with_execution_role else set()
        names |= {spec.nextflow_role} if spec.nextflow_role else set()
        names |= {spec.roles.spot_fleet} if _needs_fleet(spec) else set()
    return names - {"service-linked"}


def _arns(scope: Scope, kind: str, names: set[str]) -> tuple[str, ...]:
    return tuple(name if name.startswith("arn:") else scope.iam(f"{kind}/{name}") for name in sorted(names))


def _made(making: Sequence[EnvironmentSpec], scope: Scope, bounds: Sequence[str]) -> Permission:
    condition = {"StringEquals": {"iam:PermissionsBoundary": list(bounds)}} if bounds else {}
    return Permission("RolesMake", _BOUND, _arns(scope, "role", _names(making)), condition)


def _policies(making: Sequence[EnvironmentSpec], scope: Scope) -> tuple[Permission, ...]:
    names: set[str] = set()
    for spec in making:
        roles = spec.roles
        names |= {roles.bucket_policy} if spec.buckets else set()
        names |= {roles.public_buckets_policy} if isinstance(roles.s3_read, tuple) and roles.s3_read else set()
        names |= {spec.execution_policy} if spec.with_execution_role else set()
        names |= {roles.nextflow_policy} if spec.nextflow_role else set()
        names |= {roles.storage_policy} if roles.storage_policy else set()
    return (Permission("Policies", _POLICIES, _arns(scope, "policy", names)),) if names else ()


def _linked(specs: Sequence[EnvironmentSpec], scope: Scope) -> tuple[Permission, ...]:
    services = {"batch.amazonaws.com"} if any(spec.roles.service == "service-linked" for spec in specs) else set()
    if any(compute.market == "spot" for spec in specs for compute in spec.compute_environments.values()):
        services |= {"spot.amazonaws.com", "spotfleet.amazonaws.com"}
    if not services:
        return ()
    arns = tuple(scope.iam(f"role/aws-service-role/{service}/{NAMES[service]}") for service in sorted(services))
    condition = {"StringEquals": {"iam:AWSServiceName": sorted(services)}}
    return (Permission("ServiceLinked", ("iam:CreateServiceLinkedRole",), arns, condition),)
