"""Job queues: which compute environments, in which order."""

from collections.abc import Mapping, Sequence
from typing import Any

from cloud.pages import every, parts
from cloud.session import Cloud
from environments.kinds.batch import compute_environments
from environments.model import ownership, resource
from environments.model.inputs import Inputs
from environments.model.resource import Desired, Difference, Existing, Ref
from environments.spec.compute import TimeLimit

KIND = "job queue"


def desired(inputs: Inputs) -> tuple[Desired, ...]:
    """A compute environment has its definition's name here: in AWS it may have another after a roll-out."""
    return tuple(
        Desired(
            KIND,
            name,
            {
                "priority": queue.priority,
                "state": queue.state.upper(),
                "computeEnvironments": queue.compute_environments,
                "timeLimits": tuple(sorted(map(_limit, queue.time_limits))),
            },
            inputs.tags,
            exclusive=True,
            extra={"order": tuple(Ref(compute_environments.KIND, each, each) for each in queue.compute_environments)},
        )
        for name, queue in inputs.spec.queues.items()
    )


def _limit(limit: TimeLimit) -> tuple[str, int, str]:
    return limit.reason, limit.after, limit.action.upper()


def find(cloud: Cloud, desired: Sequence[Desired]) -> Mapping[str, Existing]:
    return match(desired, described(cloud, [each.name for each in desired]), compute_environments.described(cloud))


def listed(cloud: Cloud) -> list[dict[str, Any]]:
    """Every job queue of the region, as Batch describes it."""
    found = every(cloud.client("batch"), "describe_job_queues", "jobQueues")
    return [each for each in found if each.get("status") != "DELETED"]


def described(cloud: Cloud, names: Sequence[str]) -> list[dict[str, Any]]:
    """Those of the named queues that exist, in calls of at most 100 names (DescribeJobQueues, API Reference)."""
    batch = cloud.client("batch")
    found = [each for some in parts(names, 100) for each in batch.describe_job_queues(jobQueues=some)["jobQueues"]]
    return [each for each in found if each.get("status") != "DELETED"]


def match(
    desired: Sequence[Desired], there: Sequence[dict[str, Any]], environments: Sequence[dict[str, Any]]
) -> Mapping[str, Existing]:  # fmt: skip
    """The described queues by name (pure)."""
    names = {each["computeEnvironmentArn"]: defined(each) for each in environments}
    mine = {each.name for each in desired}
    return {each["jobQueueName"]: found_of(each, names) for each in there if each["jobQueueName"] in mine}


def defined(environment: Mapping[str, Any]) -> str:
    """The definition's name for a compute environment as Batch describes it (pure)."""
    labels = environment.get("tags") or {}
    return str(labels.get(ownership.COMPUTE_ENVIRONMENT) or environment["computeEnvironmentName"])


def order_of(queue: Mapping[str, Any]) -> list[str]:
    """The ARNs of a queue's compute environments, in the order in which AWS Batch tries them (pure)."""
    members = sorted(queue.get("computeEnvironmentOrder") or (), key=lambda member: int(member["order"]))
    return [member["computeEnvironment"] for member in members]


def found_of(queue: Mapping[str, Any], names: Mapping[str, str]) -> Existing:
    """One as it is described; `names` are what the compute environments are called, by ARN."""
    arns = order_of(queue)
    limits = queue.get("jobStateTimeLimitActions") or ()
    fields = {
        "priority": queue.get("priority"),
        "state": queue.get("state"),
        "computeEnvironments": tuple(dict.fromkeys(names.get(arn, arn.rpartition("/")[2]) for arn in arns)),
        "timeLimits": tuple(sorted((each["reason"], each["maxTimeSeconds"], each["action"]) for each in limits)),
    }
    extra = {"status": queue.get("status", ""), "reason": queue.get("statusReason", ""), "arns": tuple(arns)}
    return Existing(KIND, queue["jobQueueName"], queue["jobQueueArn"], fields, queue.get("tags") or {}, extra)


def diff(desired: Desired, existing: Existing) -> tuple[Difference, ...]:
    return resource.differences(desired.fields, existing.fields)


def create(cloud: Cloud, desired: Desired) -> str:
    """Its ARN. AWS Batch takes VALID compute environments only."""
    request = {**_request(desired, desired.fields), "jobQueueName": desired.name, "tags": dict(desired.tags)}
    return str(cloud.client("batch").create_job_queue(**request)["jobQueueArn"])


def _request(desired: Desired, fields: Mapping[str, Any]) -> dict[str, Any]:
    request = {key: fields[key] for key in ("priority", "state") if key in fields}
    if "computeEnvironments" in fields:
        request["computeEnvironmentOrder"] = [
            {"order": n, "computeEnvironment": arn} for n, arn in enumerate(desired.extra["order"], 1)
        ]
    if fields.get("timeLimits") or ("timeLimits" in fields and fields is not desired.fields):
        request["jobStateTimeLimitActions"] = [
            {"reason": reason, "state": "RUNNABLE", "maxTimeSeconds": seconds, "action": action}
            for reason, seconds, action in fields["timeLimits"]
        ]
    return request


def update(cloud: Cloud, desired: Desired, existing: Existing, changes: Sequence[Difference]) -> str:
    request = _request(desired, {change.field: change.after for change in changes})
    cloud.client("batch").update_job_queue(jobQueue=existing.name, **request)
    return existing.id


def delete(cloud: Cloud, existing: Existing) -> None:
    """It must be DISABLED."""
    cloud.client("batch").delete_job_queue(jobQueue=existing.name)


def tag(cloud: Cloud, existing: Existing, labels: Mapping[str, str]) -> None:
    cloud.client("batch").tag_resource(resourceArn=existing.id, tags=dict(labels))


def untag(cloud: Cloud, existing: Existing, keys: Sequence[str]) -> None:
    cloud.client("batch").untag_resource(resourceArn=existing.id, tagKeys=list(keys))
