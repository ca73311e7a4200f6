"""The log group that jobs write to, kept for a number of days."""

from collections.abc import Mapping, Sequence

from cloud import errors
from cloud.session import Cloud
from environments.model import resource
from environments.model.inputs import Inputs
from environments.model.resource import Desired, Difference, Existing

KIND = "log group"
FOR_EVER = "for ever"


def desired(inputs: Inputs) -> tuple[Desired, ...]:
    group = inputs.spec.log_group
    kept = f"{group.days} days" if group.days else FOR_EVER
    return (Desired(KIND, group.name, {"retention": kept}, inputs.tags),)


def find(cloud: Cloud, desired: Sequence[Desired]) -> Mapping[str, Existing]:
    logs, found = cloud.client("logs"), {}
    for each in desired:
        pages = logs.get_paginator("describe_log_groups").paginate(logGroupNamePrefix=each.name)
        group = next((one for page in pages for one in page["logGroups"] if one["logGroupName"] == each.name), None)
        if group is None:
            continue
        arn = group["arn"].removesuffix(":*")
        own = logs.list_tags_for_resource(resourceArn=arn)["tags"]
        kept = f"{group['retentionInDays']} days" if group.get("retentionInDays") else FOR_EVER
        found[each.name] = Existing(KIND, each.name, arn, {"retention": kept}, own)
    return found


def diff(desired: Desired, existing: Existing) -> tuple[Difference, ...]:
    return resource.differences(desired.fields, existing.fields)


def create(cloud: Cloud, desired: Desired) -> str:
    cloud.client("logs").create_log_group(logGroupName=desired.name, tags=dict(desired.tags))
    _keep(cloud, desired)
    return desired.name


def _keep(cloud: Cloud, desired: Desired) -> None:
    logs, kept = cloud.client("logs"), str(desired.fields["retention"])
    if kept == FOR_EVER:
        logs.delete_retention_policy(logGroupName=desired.name)
    else:
        logs.put_retention_policy(logGroupName=desired.name, retentionInDays=int(kept.removesuffix(" days")))


def update(cloud: Cloud, desired: Desired, existing: Existing, changes: Sequence[Difference]) -> str:
    _keep(cloud, desired)
    return existing.id


def delete(cloud: Cloud, existing: Existing) -> None:
    with errors.gone_is_fine("ResourceNotFoundException"):
        cloud.client("logs").delete_log_group(logGroupName=existing.name)


def tag(cloud: Cloud, existing: Existing, labels: Mapping[str, str]) -> None:
    cloud.client("logs").tag_resource(resourceArn=existing.id, tags=dict(labels))


def untag(cloud: Cloud, existing: Existing, keys: Sequence[str]) -> None:
    cloud.client("logs").untag_resource(resourceArn=existing.id, tagKeys=list(keys))
