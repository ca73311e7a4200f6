"""Job queues: which compute environments, in which order."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from cloud.session import Cloud
from environments.kinds.batch import compute_environments, deletion, existing_environment, queue_request
from environments.kinds.batch.waiting import MOVING
from environments.model import ownership, resource
from environments.model.inputs import Inputs
from environments.model.kind import goes, users_make_it_kilns
from environments.model.region import Described, Region
from environments.model.resource import Desired, Difference, Existing, Ref, Removal
from environments.spec.compute import TimeLimit

KIND, ACCOUNT_WIDE = "job queue", False
fate, is_kilns = goes, users_make_it_kilns


@dataclass(frozen=True, kw_only=True)
class DesiredQueue(Desired):
    """A job queue; `order` are its compute environments' ARNs, or what stands for those that are yet to be made."""

    order: tuple[str | Ref, ...]


@dataclass(frozen=True, kw_only=True)
class ExistingQueue(Existing):
    """A job queue; `arns` are its compute environments in its order."""

    status: str
    reason: str
    arns: tuple[str, ...]

    @property
    def moving(self) -> bool:
        return self.status in MOVING


def desired(inputs: Inputs) -> tuple[DesiredQueue, ...]:
    """A compute environment has its definition's name here: in AWS it may have another after a roll-out."""
    return tuple(
        DesiredQueue(
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
            order=tuple(Ref(compute_environments.KIND, member, member) for member in queue.compute_environments),
        )
        for name, queue in inputs.spec.queues.items()
    )


def _limit(limit: TimeLimit) -> tuple[str, int, str]:
    return limit.reason, limit.after, limit.action.upper()


def match(region: Region, desired: Sequence[DesiredQueue]) -> Mapping[str, ExistingQueue]:
    """By their names, with the definition's names for their compute environments."""
    definition_names = {
        environment["computeEnvironmentArn"]: existing_environment.read_definition_name(environment)
        for environment in region.compute_environments
    }
    names = {queue.name for queue in desired}
    return {
        queue["jobQueueName"]: from_description(queue, definition_names)
        for queue in region.job_queues
        if queue["jobQueueName"] in names
    }


def tagged(region: Region) -> Iterator[ExistingQueue]:
    return (from_description(queue) for queue in region.job_queues)


def order_of(queue: Mapping[str, Any]) -> list[str]:
    """The ARNs of a queue's compute environments, in the order in which AWS Batch tries them (pure)."""
    members = sorted(queue.get("computeEnvironmentOrder") or (), key=lambda member: int(member["order"]))
    return [member["computeEnvironment"] for member in members]


def list_unnamed(
    region: Region, environment: str, names: Collection[str], existing: Collection[ExistingQueue]
) -> Iterator[ExistingQueue]:
    for queue in region.job_queues:
        if ownership.carries(queue, environment) and queue["jobQueueName"] not in names:
            yield from_description(queue)


def from_description(queue: Described, names: Mapping[str, str] = MappingProxyType({})) -> ExistingQueue:
    """A queue as Batch describes it (pure); `names` are what its compute environments are called, by ARN."""
    arns = order_of(queue)
    limits = queue.get("jobStateTimeLimitActions") or ()
    fields = {
        "priority": queue.get("priority"),
        "state": queue.get("state"),
        "computeEnvironments": tuple(dict.fromkeys(names.get(arn, arn.rpartition("/")[2]) for arn in arns)),
        "timeLimits": tuple(sorted((limit["reason"], limit["maxTimeSeconds"], limit["action"]) for limit in limits)),
    }
    return ExistingQueue(
        KIND, queue["jobQueueName"], queue["jobQueueArn"], fields, queue.get("tags") or {},
        status=queue.get("status", ""), reason=queue.get("statusReason", ""), arns=tuple(arns),
    )  # fmt: skip


def diff(desired: DesiredQueue, existing: ExistingQueue) -> tuple[Difference, ...]:
    return resource.differences(desired.fields, existing.fields)


def create(cloud: Cloud, desired: DesiredQueue) -> str:
    """Its ARN. AWS Batch takes VALID compute environments only."""
    request = {
        **queue_request.render(desired.order, desired.fields, whole=True),
        "jobQueueName": desired.name,
        "tags": dict(desired.tags),
    }
    return str(cloud.client("batch").create_job_queue(**request)["jobQueueArn"])


def update(cloud: Cloud, desired: DesiredQueue, existing: ExistingQueue, changes: Sequence[Difference]) -> str:
    fields = {change.field: change.after for change in changes}
    request = queue_request.render(desired.order, fields, whole=False)
    cloud.client("batch").update_job_queue(jobQueue=existing.name, **request)
    return existing.id


def delete(cloud: Cloud, existing: Existing, removal: Removal) -> None:
    """Close it and delete it. Its jobs end with it."""
    deletion.delete_queue(cloud, existing.name)


def tag(cloud: Cloud, existing: Existing, labels: Mapping[str, str]) -> None:
    cloud.client("batch").tag_resource(resourceArn=existing.id, tags=dict(labels))


def untag(cloud: Cloud, existing: Existing, keys: Sequence[str]) -> None:
    cloud.client("batch").untag_resource(resourceArn=existing.id, tagKeys=list(keys))
