"""Everything that carries an environment's tag, kind by kind: found by tags alone, whatever its definition says by now.

IAM, S3 and CloudWatch Logs list without tags, so each resource is asked for its own. The Resource Groups Tagging API
would be one call, but knows no roles, and learns of what was made or deleted only after a while.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from cloud import errors, tags
from cloud.pages import every
from cloud.session import Cloud
from environments.kinds.batch import compute_environments, job_definitions, job_queues
from environments.kinds.data import buckets, log_groups
from environments.kinds.ec2 import launch_templates as templates
from environments.kinds.ec2 import security_groups
from environments.kinds.iam import instance_profiles, policies, roles
from environments.model import ownership
from environments.model.resource import Existing, Kind

ORDER: tuple[Kind, ...] = (
    job_queues, compute_environments, job_definitions, templates, instance_profiles, roles, policies, security_groups,
    log_groups, buckets,
)  # fmt: skip
"""The order in which AWS lets them go."""
IAM = frozenset({instance_profiles.KIND, roles.KIND, policies.KIND})  # of the account, in every region
_NOT_OURS = ("/aws-service-role/", "/aws-reserved/")


def of_kind(cloud: Cloud, kind: Kind, environment: str) -> list[Existing]:
    """The resources of a kind that the environment uses, by name."""
    found = [each for each in _FINDERS[kind.KIND](cloud) if ownership.key(environment) in each.tags]
    return sorted(found, key=lambda each: (each.name, each.id))


def _queues(cloud: Cloud) -> Iterator[Existing]:
    for each in job_queues.listed(cloud):
        yield job_queues.found_of(each, {})


def _compute_environments(cloud: Cloud) -> Iterator[Existing]:
    """Under their names in AWS: a roll-out may have left two of one definition."""
    for each in compute_environments.described(cloud):
        yield compute_environments.found_of(each["computeEnvironmentName"], each)


def _job_definitions(cloud: Cloud) -> Iterator[Existing]:
    """Every ACTIVE revision by itself."""
    for each in job_definitions.active(cloud):
        arn, name = each["jobDefinitionArn"], f"{each['jobDefinitionName']}:{each['revision']}"
        yield Existing(job_definitions.KIND, name, arn, {}, each.get("tags") or {}, {"arns": (arn,)})


def _templates(cloud: Cloud) -> Iterator[Existing]:
    for each in every(cloud.ec2, "describe_launch_templates", "LaunchTemplates"):
        id_, name = each["LaunchTemplateId"], each["LaunchTemplateName"]
        yield Existing(templates.KIND, name, id_, {}, tags.as_dict(each.get("Tags")), {"id": id_})


def _groups(cloud: Cloud) -> Iterator[Existing]:
    for each in every(cloud.ec2, "describe_security_groups", "SecurityGroups"):
        yield Existing(security_groups.KIND, each["GroupName"], each["GroupId"], {}, tags.as_dict(each.get("Tags")))


def _roles(cloud: Cloud) -> Iterator[Existing]:
    iam = cloud.client("iam")
    for each in every(iam, "list_roles", "Roles"):
        if each["Path"].startswith(_NOT_OURS):
            continue
        if whole := _asked(iam.get_role, "Role", RoleName=each["RoleName"]):
            yield Existing(roles.KIND, whole["RoleName"], whole["Arn"], {}, tags.as_dict(whole.get("Tags")))


def _profiles(cloud: Cloud) -> Iterator[Existing]:
    iam = cloud.client("iam")
    for each in every(iam, "list_instance_profiles", "InstanceProfiles"):
        name = each["InstanceProfileName"]
        if whole := _asked(iam.get_instance_profile, "InstanceProfile", InstanceProfileName=name):
            fields = {"role": next((role["RoleName"] for role in whole["Roles"]), "")}
            yield Existing(instance_profiles.KIND, name, whole["Arn"], fields, tags.as_dict(whole.get("Tags")))


def _policies(cloud: Cloud) -> Iterator[Existing]:
    iam = cloud.client("iam")
    for each in every(iam, "list_policies", "Policies", Scope="Local"):
        if whole := _asked(iam.get_policy, "Policy", PolicyArn=each["Arn"]):
            own, extra = tags.as_dict(whole.get("Tags")), {"version": whole["DefaultVersionId"]}
            yield Existing(policies.KIND, whole["PolicyName"], whole["Arn"], {}, own, extra)


def _asked(call: Callable[..., Any], field: str, **query: str) -> dict[str, Any] | None:
    """None for what has gone since it was listed, and for what these credentials may not look at: it is not theirs."""
    answer = errors.or_none(call, *errors.DENIED, **query)
    return answer and answer[field]


def _log_groups(cloud: Cloud) -> Iterator[Existing]:
    logs = cloud.client("logs")
    for each in every(logs, "describe_log_groups", "logGroups"):
        arn = each["arn"].removesuffix(":*")
        answer = errors.or_none(
            logs.list_tags_for_resource, "ResourceNotFoundException", *errors.DENIED, resourceArn=arn
        )
        if answer:
            yield Existing(log_groups.KIND, each["logGroupName"], arn, {}, answer["tags"])


def _buckets(cloud: Cloud) -> Iterator[Existing]:
    """Those of the region. One that is closed to these credentials is nothing that Kiln made with them."""
    s3 = cloud.client("s3")
    for each in every(s3, "list_buckets", "Buckets", BucketRegion=cloud.region):
        codes = ("NoSuchTagSet", "NoSuchBucket", *errors.DENIED)
        if answer := errors.or_none(s3.get_bucket_tagging, *codes, Bucket=each["Name"]):
            yield Existing(buckets.KIND, each["Name"], each["Name"], {}, tags.as_dict(answer["TagSet"]))


_FINDERS: Mapping[str, Callable[[Cloud], Iterator[Existing]]] = {
    job_queues.KIND: _queues,
    compute_environments.KIND: _compute_environments,
    job_definitions.KIND: _job_definitions,
    templates.KIND: _templates,
    instance_profiles.KIND: _profiles,
    roles.KIND: _roles,
    policies.KIND: _policies,
    security_groups.KIND: _groups,
    log_groups.KIND: _log_groups,
    buckets.KIND: _buckets,
}
