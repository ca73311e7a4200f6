"""The log group that jobs write to, kept for a number of days."""

from collections.abc import Mapping, Sequence

from cloud import errors
from cloud.session import Cloud
from environments.model import resource
from environments.model.inputs import Ground
from environments.model.resource import Difference, Found, Wanted

KIND = "log group"
FOR_EVER = "for ever"


def desired(ground: Ground) -> tuple[Wanted, ...]:
    group = ground.spec.log_group
    kept = f"{group.days} days" if group.days else FOR_EVER
    return (Wanted(KIND, group.name, {"retention": kept}, ground.tags),)


def find(cloud: Cloud, wanted: Sequence[Wanted]) -> Mapping[str, Found]:
    logs, found = cloud.client("logs"), {}
    for each in wanted:
        pages = logs.get_paginator("describe_log_groups").paginate(logGroupNamePrefix=each.name)
        group = next((one for page in pages for one in page["logGroups"] if one["logGroupName"] == each.name), None)
        if group is None:
            continue
        arn = group["arn"].removesuffix(":*")
        own = logs.list_tags_for_resource(resourceArn=arn)["tags"]
        kept = f"{group['retentionInDays']} days" if group.get("retentionInDays") else FOR_EVER
        found[each.name] = Found(KIND, each.name, arn, {"retention": kept}, own)
    return found


def diff(wanted: Wanted, found: Found) -> tuple[Difference, ...]:
    return resource.differences(wanted.fields, found.fields)


def create(cloud: Cloud, wanted: Wanted) -> str:
    cloud.client("logs").create_log_group(logGroupName=wanted.name, tags=dict(wanted.tags))
    _keep(cloud, wanted)
    return wanted.name


def _keep(cloud: Cloud, wanted: Wanted) -> None:
    logs, kept = cloud.client("logs"), str(wanted.fields["retention"])
    if kept == FOR_EVER:
        logs.delete_retention_policy(logGroupName=wanted.name)
    else:
        logs.put_retention_policy(logGroupName=wanted.name, retentionInDays=int(kept.removesuffix(" days")))


def update(cloud: Cloud, wanted: Wanted, found: Found, changes: Sequence[Difference]) -> str:
    _keep(cloud, wanted)
    return found.id


def delete(cloud: Cloud, found: Found) -> None:
    with errors.gone_is_fine("ResourceNotFoundException"):
        cloud.client("logs").delete_log_group(logGroupName=found.name)


def tag(cloud: Cloud, found: Found, labels: Mapping[str, str]) -> None:
    cloud.client("logs").tag_resource(resourceArn=found.id, tags=dict(labels))


def untag(cloud: Cloud, found: Found, keys: Sequence[str]) -> None:
    cloud.client("logs").untag_resource(resourceArn=found.id, tagKeys=list(keys))
