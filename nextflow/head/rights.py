"""The instance profile of a head node: NextflowJobRole's policies on a role that EC2 may assume."""

import json
from typing import Any

from cloud import errors, propagation, tags
from cloud.pages import list_all
from cloud.policy import Scope
from cloud.session import Cloud
from environments.spec.environment import EnvironmentSpec
from kiln import typed
from kiln.errors import UserError
from nextflow.head.names import HEAD, Head

_TRUST = {"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]}  # fmt: skip
_SESSIONS = "AmazonSSMManagedInstanceCore"


def list_policies(cloud: Cloud, spec: EnvironmentSpec) -> list[str]:
    """List the ARNs of the policies of the environment's head jobs; raises UserError where there is no such role."""
    role = spec.nextflow_role
    listed = role and errors.or_none(cloud.client("iam").list_attached_role_policies, RoleName=role)
    if not role or not listed:
        raise UserError(
            f"{spec.name} has no role for heads of Nextflow",
            f"the role {role} is not there" if role else "none of its job definitions has job_role: nextflow",
            f"{typed.command(f'register-env --env {spec.name}')} makes it, where the definition has such a job "
            "definition, as genomics.yaml has it.",
        )
    return [policy["PolicyArn"] for policy in listed["AttachedPolicies"]]


def make_profile(cloud: Cloud, spec: EnvironmentSpec, head: Head, policies: list[str], *, sessions: bool) -> str:
    """Make role and instance profile, or what is missing of them; returns the profile's name.

    Raises UserError for a role or a profile of that name that head-up did not make; and under iam: existing, where
    nothing is made, for a profile that is not there.
    """
    iam, labels = cloud.client("iam"), tags.as_list(head.tags)
    profile = errors.or_none(iam.get_instance_profile, InstanceProfileName=head.name)
    if spec.iam == "existing":
        return _take(head, profile, policies)
    boundary = spec.roles.permissions_boundary
    _check_own(head, "instance profile", profile and profile["InstanceProfile"])
    role = errors.or_none(iam.get_role, RoleName=head.name)
    _check_own(head, "role", role and role["Role"])
    if role is None:
        iam.create_role(
            RoleName=head.name, AssumeRolePolicyDocument=json.dumps(_TRUST), Tags=labels,
            Description="Made by Kiln", **({"PermissionsBoundary": boundary} if boundary else {}),
        )  # fmt: skip
    managed = Scope(cloud.region, "aws").iam(f"policy/{_SESSIONS}")
    for arn in [*policies, *([managed] if sessions else [])]:
        propagation.is_seen(iam.attach_role_policy, RoleName=head.name, PolicyArn=arn)
    if profile is None:
        iam.create_instance_profile(InstanceProfileName=head.name, Tags=labels)
    if profile is None or not profile["InstanceProfile"]["Roles"]:
        propagation.is_seen(iam.add_role_to_instance_profile, InstanceProfileName=head.name, RoleName=head.name)
    return head.name


def remove_profile(cloud: Cloud, head: Head) -> list[str]:
    """Remove what there is of both; returns what was removed, in words."""
    iam, removed = cloud.client("iam"), []
    profile = errors.or_none(iam.get_instance_profile, InstanceProfileName=head.name)
    if profile and _is_own(profile["InstanceProfile"].get("Tags")):
        for role in profile["InstanceProfile"]["Roles"]:
            iam.remove_role_from_instance_profile(InstanceProfileName=head.name, RoleName=role["RoleName"])
        iam.delete_instance_profile(InstanceProfileName=head.name)
        removed.append(f"instance profile {head.name}")
    role = errors.or_none(iam.get_role, RoleName=head.name)
    if role and _is_own(role["Role"].get("Tags")):
        for policy in list_all(iam, "list_attached_role_policies", "AttachedPolicies", RoleName=head.name):
            iam.detach_role_policy(RoleName=head.name, PolicyArn=policy["PolicyArn"])
        iam.delete_role(RoleName=head.name)
        removed.append(f"role {head.name}")
    return removed


def _take(head: Head, profile: Any, policies: list[str]) -> str:
    if not profile or not profile["InstanceProfile"]["Roles"]:
        raise UserError(
            f"there is no instance profile {head.name} with a role",
            "the definition says iam: existing, and Kiln makes no role then",
            f"Have its keeper make it, with a role that EC2 may assume and the policies {', '.join(policies)}; "
            f"for --ssh-from none {_SESSIONS} too.",
        )
    return head.name


def _check_own(head: Head, kind: str, described: Any) -> None:
    if described and not _is_own(described.get("Tags")):
        raise UserError(
            f"the {kind} {head.name} is not Kiln's", f"it lacks the tag {HEAD}, and is left as it is",
            "Rename or delete it.",
        )  # fmt: skip


def _is_own(listed: Any) -> bool:
    return HEAD in tags.as_dict(listed)
