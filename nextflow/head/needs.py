"""What head nodes need to be allowed beyond what building images needs: their machines and groups carry its tag.

Sources: the pages for IAM and Amazon EC2, Service Authorization Reference; "Permissions boundaries for IAM entities"
(iam:PermissionsBoundary), IAM User Guide.
"""

from collections.abc import Iterator, Sequence

from cloud.policy import Permission, Scope, has_tag, pass_roles
from environments.spec.environment import EnvironmentSpec
from nextflow.head.names import HEAD, Head

_BOUND = ("iam:AttachRolePolicy", "iam:CreateRole", "iam:DetachRolePolicy")
_ROLES = ("iam:DeleteRole", "iam:GetRole", "iam:ListAttachedRolePolicies", "iam:TagRole")
_LOOK = ("iam:GetInstanceProfile", "iam:GetRole")
_PROFILES = (
    "iam:AddRoleToInstanceProfile", "iam:CreateInstanceProfile", "iam:DeleteInstanceProfile", "iam:GetInstanceProfile",
    "iam:RemoveRoleFromInstanceProfile", "iam:TagInstanceProfile",
)  # fmt: skip


def list_head_nodes(specs: Sequence[EnvironmentSpec], scope: Scope, boundary: str) -> Iterator[Permission]:
    """List it for the environments that have a role for heads; `boundary` as environments' needs take it."""
    heads = [spec for spec in specs if spec.nextflow_role]
    making = [spec for spec in heads if spec.iam == "create"]
    if not heads:
        return
    if making:
        bounds = {boundary} if boundary else {spec.roles.permissions_boundary for spec in making} - {None}
        named = sorted(arn for arn in bounds if arn)
        condition = {"StringEquals": {"iam:PermissionsBoundary": named}} if named else {}
        yield Permission("HeadNodeRolesMake", _BOUND, _arns(making, scope, "role"), condition)
        yield Permission("HeadNodeRoles", _ROLES, _arns(making, scope, "role"))
        yield Permission("HeadNodeProfiles", _PROFILES, _arns(making, scope, "instance-profile"))
    if existing := [spec for spec in heads if spec not in making]:
        both = (*_arns(existing, scope, "instance-profile"), *_arns(existing, scope, "role"))
        yield Permission("HeadNodeLook", _LOOK, both)
    yield pass_roles("HeadNodePass", _arns(heads, scope, "role"), "ec2.amazonaws.com")
    revoke = ("ec2:RevokeSecurityGroupIngress",)
    yield Permission("HeadNodeGroups", revoke, scope.ec2("security-group"), has_tag(HEAD))


def _arns(specs: Sequence[EnvironmentSpec], scope: Scope, kind: str) -> tuple[str, ...]:
    return tuple(scope.iam(f"{kind}/{name}") for name in sorted({Head(spec.name).name for spec in specs}))
