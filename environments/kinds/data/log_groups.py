"""The log group that jobs write to, kept for a number of days."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from cloud import errors
from cloud.pages import list_all
from cloud.session import Cloud
from environments.model import resource
from environments.model.inputs import Inputs
from environments.model.kind import goes, users_make_it_kilns, wait_for_teardown
from environments.model.region import Region
from environments.model.resource import Desired, Difference, Existing, Removal

KIND, ACCOUNT_WIDE = "log group", False
fate, is_kilns = goes, users_make_it_kilns
list_unnamed = wait_for_teardown
FOR_EVER = "for ever"


def desired(inputs: Inputs) -> tuple[Desired, ...]:
    group = inputs.spec.log_group
    kept = f"{group.days} days" if group.days else FOR_EVER
    return (Desired(KIND, group.name, {"retention": kept}, inputs.tags),)


def match(region: Region, desired: Sequence[Desired]) -> Mapping[str, Existing]:
    logs, existing = region.cloud.client("logs"), {}
    for name in (group.name for group in desired):
        pages = logs.get_paginator("describe_log_groups").paginate(logGroupNamePrefix=name)
        group = next((group for page in pages for group in page["logGroups"] if group["logGroupName"] == name), None)
        if group is not None:
            labels = logs.list_tags_for_resource(resourceArn=_arn(group))["tags"]
            kept = f"{group['retentionInDays']} days" if group.get("retentionInDays") else FOR_EVER
            existing[name] = Existing(KIND, name, _arn(group), {"retention": kept}, labels)
    return existing


def _arn(group: Mapping[str, Any]) -> str:
    """The ARN that the tagging operations take: without the end that stands for all streams."""
    return str(group["arn"]).removesuffix(":*")


def tagged(region: Region) -> Iterator[Existing]:
    """CloudWatch Logs lists without tags: each group is asked for its own."""
    logs = region.cloud.client("logs")
    for group in list_all(logs, "describe_log_groups", "logGroups"):
        answer = errors.or_none(
            logs.list_tags_for_resource, "ResourceNotFoundException", *errors.DENIED, resourceArn=_arn(group)
        )
        if answer:
            yield Existing(KIND, group["logGroupName"], _arn(group), {}, answer["tags"])


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


def delete(cloud: Cloud, existing: Existing, removal: Removal) -> None:
    with errors.gone_is_fine("ResourceNotFoundException"):
        cloud.client("logs").delete_log_group(logGroupName=existing.name)


def tag(cloud: Cloud, existing: Existing, labels: Mapping[str, str]) -> None:
    cloud.client("logs").tag_resource(resourceArn=existing.id, tags=dict(labels))


def untag(cloud: Cloud, existing: Existing, keys: Sequence[str]) -> None:
    cloud.client("logs").untag_resource(resourceArn=existing.id, tagKeys=list(keys))
