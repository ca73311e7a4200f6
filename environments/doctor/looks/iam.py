"""Looks at IAM: roles, instance profiles and service-linked roles."""

from collections.abc import Mapping, Sequence
from typing import Any

from cloud import errors
from cloud.session import Cloud
from environments.doctor.facts.compute_environments import Described, resources, short_name
from environments.doctor.facts.roles import Profile, Role, Roles, job_roles
from environments.kinds.iam import service_linked
from environments.kinds.iam.trust_policies import read_trust, trusted


def describe_roles(cloud: Cloud, environments: Sequence[Described], definitions: Sequence[Described]) -> Roles:
    """Describe service and fleet roles, instance profiles with their roles, roles of jobs, and service-linked roles."""
    iam = cloud.client("iam")
    arns = {str(environment.get("serviceRole") or "") for environment in environments}
    arns |= {str(resources(environment).get("spotIamFleetRole") or "") for environment in environments}
    arns |= {arn for definition in definitions for arn in job_roles(definition)}
    named = sorted(arn for arn in arns if arn and "/aws-service-role/" not in arn)
    profiles = sorted({str(resources(environment).get("instanceRole") or "") for environment in environments} - {""})
    return Roles(
        {short_name(arn): role for arn in named if (role := _role(iam, arn))},
        {short_name(name): profile for name in profiles if (profile := _profile(iam, name))},
        frozenset(service_linked.arns(cloud)),
    )


def _role(iam: Any, arn: str) -> Role | None:
    """None where there is no such role, or where its path makes another ARN of it."""
    answer = errors.or_none(iam.get_role, RoleName=short_name(arn))
    if answer is None or not _is_named(answer["Role"], arn):
        return None
    return _read_role(answer["Role"])


def _is_named(described: Mapping[str, Any], name: str) -> bool:
    """Whether a resource answers to a name or ARN: to a name always, to an ARN where it has this very ARN."""
    return not name.startswith("arn:") or bool(described["Arn"] == name)


def _read_role(role: Mapping[str, Any]) -> Role:
    document = role["AssumeRolePolicyDocument"]
    return Role(role["Arn"], trusted(document, role["Arn"].split(":")[4]), read_trust(document))


def _profile(iam: Any, name: str) -> Profile | None:
    answer = errors.or_none(iam.get_instance_profile, InstanceProfileName=short_name(name))
    if answer is None or not _is_named(answer["InstanceProfile"], name):
        return None
    profile = answer["InstanceProfile"]
    return Profile(profile["Arn"], next((_read_role(role) for role in profile["Roles"]), None))
