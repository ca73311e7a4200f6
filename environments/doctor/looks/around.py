"""What IAM, ECS and Service Quotas tell."""

import json
from collections.abc import Mapping
from typing import Any

from cloud import errors
from cloud.pages import every, parts
from cloud.session import Cloud
from environments.doctor.picture import quotas_of
from environments.doctor.picture.described import is_spot, resources, short
from environments.doctor.picture.picture import Machine, Picture, Profile, Role
from environments.kinds.iam import roles as role_resources
from environments.kinds.iam import service_linked
from images.spec.bases import ALIASES

_AT_ONCE = 100  # DescribeContainerInstances
_ALIASES = {"ECS_AL2023": "ecs/al2023", "ECS_AL2": "ecs/al2",
            "ECS_AL2023_NVIDIA": "ecs/al2023-gpu", "ECS_AL2_NVIDIA": "ecs/al2-gpu"}  # fmt: skip


def roles(cloud: Cloud, picture: Picture) -> dict[str, Any]:
    """Service and fleet roles, instance profiles with their roles, the roles of jobs, and service-linked ones."""
    iam = cloud.client("iam")
    named = {str(each.get("serviceRole") or "") for each in picture.environments}
    named |= {str(resources(each).get("spotIamFleetRole") or "") for each in picture.environments}
    named |= {arn for each in picture.definitions for arn in job_roles(each)}
    found = {short(arn): _role(iam, arn) for arn in sorted(named) if arn and "/aws-service-role/" not in arn}
    desired = {str(resources(each).get("instanceRole") or "") for each in picture.environments} - {""}
    profiles = {short(each): _profile(iam, each) for each in sorted(desired)}
    return {
        "roles": {name: role for name, role in found.items() if role},
        "profiles": {name: profile for name, profile in profiles.items() if profile},
        "linked": frozenset(service_linked.arns(cloud)),
    }


def job_roles(definition: Mapping[str, Any]) -> list[str]:
    """The ARNs of the roles that a job definition names."""
    container = definition.get("containerProperties") or {}
    return [str(container[name]) for name in ("jobRoleArn", "executionRoleArn") if container.get(name)]


def _role(iam: Any, arn: str) -> Role | None:
    """None where there is no such role, or where its path makes another ARN of it."""
    answer = errors.or_none(iam.get_role, RoleName=short(arn))
    if answer is None or not _is(answer["Role"], arn):
        return None
    return _with_policies(iam, answer["Role"])


def _is(found: Mapping[str, Any], named: str) -> bool:
    """Whether what has the name is what was named: by its name alone, or by its whole ARN."""
    return not named.startswith("arn:") or bool(found["Arn"] == named)


def _with_policies(iam: Any, role: Mapping[str, Any]) -> Role:
    attached = every(iam, "list_attached_role_policies", "AttachedPolicies", RoleName=role["RoleName"])
    names = [each["PolicyName"] for each in attached]
    names += every(iam, "list_role_policies", "PolicyNames", RoleName=role["RoleName"])
    return Role(role["Arn"], role_resources.trusted(role["AssumeRolePolicyDocument"]), frozenset(names))


def _profile(iam: Any, named: str) -> Profile | None:
    answer = errors.or_none(iam.get_instance_profile, InstanceProfileName=short(named))
    if answer is None or not _is(answer["InstanceProfile"], named):
        return None
    found = answer["InstanceProfile"]
    return Profile(found["Arn"], next((_with_policies(iam, each) for each in found["Roles"]), None))


def agents(cloud: Cloud, picture: Picture) -> dict[str, Any]:
    """The machines as ECS knows them, and where there are any, the agent of the newest AMI of their kind."""
    ecs = cloud.client("ecs")
    found: list[Machine] = []
    for each in picture.environments:
        cluster = each.get("ecsClusterArn")
        if cluster:
            found += _machines(ecs, str(cluster))
    return {"machines": tuple(found), "agents": _newest_agents(cloud, picture) if found else {}}


def _machines(ecs: Any, cluster: str) -> list[Machine]:
    """None where somebody has deleted the cluster."""
    arns: list[str] = []
    with errors.gone_is_fine("ClusterNotFoundException"):
        arns = every(ecs, "list_container_instances", "containerInstanceArns", cluster=cluster)
    answers = [
        ecs.describe_container_instances(cluster=cluster, containerInstances=some) for some in parts(arns, _AT_ONCE)
    ]
    return [_machine(each, cluster) for answer in answers for each in answer["containerInstances"]]


def _machine(each: Mapping[str, Any], cluster: str) -> Machine:
    registered = {one["name"]: one for one in each.get("registeredResources") or ()}
    kind = next(
        (one.get("value", "") for one in each.get("attributes") or () if one["name"] == "ecs.instance-type"), ""
    )
    version = (each.get("versionInfo") or {}).get("agentVersion", "")
    memory = int((registered.get("MEMORY") or {}).get("integerValue") or 0)
    return Machine(each["ec2InstanceId"], kind, version, bool(each.get("agentConnected")), memory, cluster)


def _newest_agents(cloud: Cloud, picture: Picture) -> dict[str, str]:
    """Image type → ecs_agent_version of the recommended AMI (public SSM parameters), in one call."""
    kinds = {each.get("imageType") for one in picture.environments
             for each in resources(one).get("ec2Configuration") or ()}  # fmt: skip
    names = {ALIASES[_ALIASES[kind]].parameter: kind for kind in kinds if kind in _ALIASES}
    if not names:
        return {}
    told = cloud.client("ssm").get_parameters(Names=sorted(names))["Parameters"]
    return {names[each["Name"]]: str(json.loads(each["Value"]).get("ecs_agent_version", "")) for each in told}


def quotas(cloud: Cloud, picture: Picture) -> dict[str, Any]:
    """The account's quotas of running vCPUs, of the kinds of instances that the environments allow."""
    client = cloud.client("service-quotas")
    codes = {
        quotas_of.code(name, spot=is_spot(each))
        for each in picture.environments
        for name in resources(each).get("instanceTypes") or ()
    }
    found = {}
    for code in sorted(code for code in codes if code):
        query = {"ServiceCode": "ec2", "QuotaCode": code}
        if answer := errors.or_none(client.get_service_quota, "NoSuchResourceException", **query):
            found[code] = float(answer["Quota"]["Value"])
    return {"quotas": found}
