"""Environments as AWS has them, by their tags on compute environments and queues (pure)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from environments.kinds.batch import job_queues
from environments.kinds.batch.existing_environment import ExistingEnvironment, from_description, read_definition_name
from environments.kinds.batch.job_queues import ExistingQueue
from environments.model import ownership

# The states of a job, in their order (AWS Batch User Guide, "Job states").
STATES = ("SUBMITTED", "PENDING", "RUNNABLE", "STARTING", "RUNNING", "SUCCEEDED", "FAILED")


@dataclass(frozen=True)
class Entry:
    """An environment of the region: its compute environments and queues by name, and the AMIs it runs."""

    name: str
    compute: tuple[ExistingEnvironment, ...]
    queues: tuple[ExistingQueue, ...]
    amis: tuple[str, ...]
    previous: tuple[str, ...]

    @property
    def healthy(self) -> bool:
        statuses = [compute.status for compute in self.compute] + [queue.status for queue in self.queues]
        return all(status == "VALID" for status in statuses)


def group(described: Sequence[dict[str, Any]], queues: Sequence[dict[str, Any]]) -> list[Entry]:
    """Group compute environments and queues, as Batch describes them, by the environment whose tag they have (pure)."""
    tagged = [resource.get("tags") or {} for resource in (*described, *queues)]
    names = {name for tags in tagged for name in ownership.users(tags)}
    return [_entry(name, described, queues) for name in sorted(names)]


def _entry(name: str, described: Sequence[dict[str, Any]], queues: Sequence[dict[str, Any]]) -> Entry:
    own = [raw for raw in described if ownership.carries(raw, name)]
    compute = [from_description(raw, read_definition_name(raw)) for raw in own]
    aws_names = {raw["computeEnvironmentArn"]: raw["computeEnvironmentName"] for raw in described}
    own_queues = [job_queues.from_description(queue, aws_names) for queue in queues if ownership.carries(queue, name)]
    amis = {environment.fields["imageIdOverride"] for environment in compute}
    previous = {ownership.memory(environment.tags, name).previous for environment in compute}
    return Entry(
        name,
        tuple(sorted(compute, key=lambda environment: environment.name)),
        tuple(sorted(own_queues, key=lambda queue: queue.name)),
        tuple(sorted(ami for ami in amis if ami)),
        tuple(sorted(ami for ami in previous if ami)),
    )
