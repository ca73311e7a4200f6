"""Everything that carries an environment's tag, kind by kind: found by tags alone, whatever its definition says by now.

IAM, S3 and CloudWatch Logs list without tags, so each resource is asked for its own. The Resource Groups Tagging API
would be one call, but knows no roles, and learns of what was made or deleted only after a while.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from cloud import errors, tags
from cloud.session import Cloud
from environments import (
    blue_green,
    buckets,
    compute_environments,
    instance_profiles,
    job_definitions,
    job_queues,
    log_groups,
    ownership,
    policies,
    roles,
    security_groups,
    templates,
)
from environments.resource import Found, Kind

ORDER: tuple[Kind, ...] = (
    job_queues, compute_environments, job_definitions, templates, instance_profiles, roles, policies, security_groups,
    log_groups, buckets,
)  # fmt: skip
"""The order in which AWS lets them go."""
IAM = frozenset({instance_profiles.KIND, roles.KIND, policies.KIND})  # of the account, in every region
_NOT_OURS = ("/aws-service-role/", "/aws-reserved/")


def of_kind(cloud: Cloud, kind: Kind, environment: str) -> list[Found]:
    """The resources of a kind that the environment uses, by name."""
    found = [each for each in _FINDERS[kind.KIND](cloud) if ownership.key(environment) in each.tags]
    return sorted(found, key=lambda each: (each.name, each.id))


def _queues(cloud: Cloud) -> Iterator[Found]:
    for each in blue_green.all_queues(cloud):
        yield job_queues.found_of(each, {})


def _compute_environments(cloud: Cloud) -> Iterator[Found]:
    """Under their names in AWS: a roll-out may have left two of one definition."""
    for each in compute_environments.described(cloud):
        yield compute_environments.found_of(each["computeEnvironmentName"], each)


def _job_definitions(cloud: Cloud) -> Iterator[Found]:
    """Every ACTIVE revision by itself."""
    for each in job_definitions.active(cloud):
        arn, name = each["jobDefinitionArn"], f"{each['jobDefinitionName']}:{each['revision']}"
        yield Found(job_definitions.KIND, name, arn, {}, each.get("tags") or {}, {"arns": (arn,)})


def _templates(cloud: Cloud) -> Iterator[Found]:
    for page in cloud.ec2.get_paginator("describe_launch_templates").paginate():
        for each in page["LaunchTemplates"]:
            id_, name = each["LaunchTemplateId"], each["LaunchTemplateName"]
            yield Found(templates.KIND, name, id_, {}, tags.as_dict(each.get("Tags")), {"id": id_})


def _groups(cloud: Cloud) -> Iterator[Found]:
    for page in cloud.ec2.get_paginator("describe_security_groups").paginate():
        for each in page["SecurityGroups"]:
            yield Found(security_groups.KIND, each["GroupName"], each["GroupId"], {}, tags.as_dict(each.get("Tags")))


def _roles(cloud: Cloud) -> Iterator[Found]:
    iam = cloud.client("iam")
    for each in _listed(iam, "list_roles", "Roles"):
        if each["Path"].startswith(_NOT_OURS):
            continue
        if whole := _asked(iam.get_role, "Role", RoleName=each["RoleName"]):
            yield Found(roles.KIND, whole["RoleName"], whole["Arn"], {}, tags.as_dict(whole.get("Tags")))


def _profiles(cloud: Cloud) -> Iterator[Found]:
    iam = cloud.client("iam")
    for each in _listed(iam, "list_instance_profiles", "InstanceProfiles"):
        name = each["InstanceProfileName"]
        if whole := _asked(iam.get_instance_profile, "InstanceProfile", InstanceProfileName=name):
            fields = {"role": next((role["RoleName"] for role in whole["Roles"]), "")}
            yield Found(instance_profiles.KIND, name, whole["Arn"], fields, tags.as_dict(whole.get("Tags")))


def _policies(cloud: Cloud) -> Iterator[Found]:
    iam = cloud.client("iam")
    for each in _listed(iam, "list_policies", "Policies", Scope="Local"):
        if whole := _asked(iam.get_policy, "Policy", PolicyArn=each["Arn"]):
            own, extra = tags.as_dict(whole.get("Tags")), {"version": whole["DefaultVersionId"]}
            yield Found(policies.KIND, whole["PolicyName"], whole["Arn"], {}, own, extra)


def _listed(client: Any, operation: str, field: str, **query: str) -> Iterator[dict[str, Any]]:
    for page in client.get_paginator(operation).paginate(**query):
        yield from page[field]


def _asked(call: Callable[..., Any], field: str, **query: str) -> dict[str, Any] | None:
    """None for what has gone since it was listed, and for what these credentials may not look at: it is not theirs."""
    try:
        found: dict[str, Any] = call(**query)[field]
    except Exception as error:
        if not errors.is_not_found(error) and errors.code(error) not in errors.DENIED:
            raise
        return None
    return found


def _log_groups(cloud: Cloud) -> Iterator[Found]:
    logs = cloud.client("logs")
    for each in _listed(logs, "describe_log_groups", "logGroups"):
        arn = each["arn"].removesuffix(":*")
        try:
            own = logs.list_tags_for_resource(resourceArn=arn)["tags"]
        except Exception as error:
            if errors.code(error) not in {"ResourceNotFoundException", *errors.DENIED}:
                raise
            continue
        yield Found(log_groups.KIND, each["logGroupName"], arn, {}, own)


def _buckets(cloud: Cloud) -> Iterator[Found]:
    """Those of the region. One that is closed to these credentials is nothing that Kiln made with them."""
    s3 = cloud.client("s3")
    for each in _listed(s3, "list_buckets", "Buckets", BucketRegion=cloud.region):
        try:
            own = tags.as_dict(s3.get_bucket_tagging(Bucket=each["Name"])["TagSet"])
        except Exception as error:
            if errors.code(error) not in {"NoSuchTagSet", "NoSuchBucket", *errors.DENIED}:
                raise
            continue
        yield Found(buckets.KIND, each["Name"], each["Name"], {}, own)


_FINDERS: Mapping[str, Callable[[Cloud], Iterator[Found]]] = {
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
