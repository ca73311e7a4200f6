"""What carries an environment's tag and is not in its definition any more: listed with a plan, removed at its end.

Compute environments, queues and job definitions are in what Batch lists of the region anyway; launch templates and
security groups take one question to EC2. Roles, profiles, policies and log groups would have to be asked for one by
one, as tear-down does: they keep the tag until then. Buckets keep it with their data.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from cloud.pages import every
from cloud.session import Cloud
from environments.kinds import inventory
from environments.kinds.batch import compute_environments, job_definitions, job_queues, jobs
from environments.kinds.batch.jobs import Job
from environments.kinds.ec2 import launch_templates as templates
from environments.kinds.ec2 import security_groups
from environments.model import ownership
from environments.model.resource import Desired, Existing, Key
from environments.rollout.situation import refuse_strangers
from environments.teardown import bystanders, leaving
from environments.teardown.leaving import Bystanders, Step
from kiln import words

WHY = "no longer in the definition"
_EC2 = {templates.KIND: "launch-template", security_groups.KIND: "security-group"}
Described = dict[str, Any]


@dataclass(frozen=True)
class Batch:
    """The region as Batch describes it; of job definitions every ACTIVE revision."""

    environments: Sequence[Described]
    queues: Sequence[Described]
    definitions: Sequence[Described]


@dataclass(frozen=True)
class Removals:
    """`steps` delete or untag, in the order in which AWS lets things go; `jobs` would end with the queues that are
    deleted; `notes` are about what stays because others use it."""

    steps: tuple[Step, ...] = ()
    jobs: tuple[Job, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def queues(self) -> tuple[Step, ...]:
        return tuple(step for step in self.steps if step.existing.kind == job_queues.KIND)

    @property
    def deleted_queues(self) -> list[str]:
        """The names of the queues that are deleted."""
        return [step.existing.name for step in self.queues if step.action == "delete"]

    @property
    def retired(self) -> tuple[Existing, ...]:
        """The compute environments that are deleted, once their jobs have finished."""
        return tuple(step.existing for step in self.steps if _retires(step))

    @property
    def rest(self) -> tuple[Step, ...]:
        """All but queues and the compute environments that are deleted."""
        return tuple(step for step in self.steps if step.existing.kind != job_queues.KIND and not _retires(step))

    def waiting_for(self, placed: Sequence[Job]) -> "Removals":
        """The same, with how many jobs of the queues that stay each compute environment still runs (pure).

        `placed` are the jobs of the environment's queues that are on machines.
        """
        ended = {job.id for job in self.jobs}  # a child of an array is PARENT:0
        others = [job for job in placed if job.id.partition(":")[0] not in ended]
        return replace(self, steps=tuple(_waiting(step, others) for step in self.steps))


def _retires(step: Step) -> bool:
    return step.existing.kind == compute_environments.KIND and step.action == "delete"


def _waiting(step: Step, placed: Sequence[Job]) -> Step:
    running = jobs.on(placed, [step.existing.extra["cluster"]]) if _retires(step) else []
    finish = f"; {words.count(len(running), 'job')} finish{'' if len(running) > 1 else 'es'} first"
    return replace(step, why=step.why + finish) if running else step


def look(
    cloud: Cloud, environment: str, batch: Batch, desired: Sequence[Desired], existing: Mapping[Key, Existing]
) -> Removals:  # fmt: skip
    """List what the definition no longer names; `existing` is what there is of `desired`.

    One call to EC2; more where something is to be removed. Raises UserError where somebody else's queue holds on to a
    compute environment.
    """
    names = {(resource.kind, resource.name) for resource in desired}
    unnamed = [*_of_batch(environment, batch, names), *_of_ec2(cloud, environment, existing)]
    if not unnamed:
        return Removals()
    around = Bystanders(bystanders.users(batch.environments, environment), ())
    steps = [_with_reason(leaving.step_of(cloud, resource, environment, around)) for resource in unnamed]
    changes = Removals(tuple(step for step in steps if step.action != "keep"))
    _refuse_strangers(environment, batch.queues, changes)
    notes = [
        f"the {step.existing.kind} {step.existing.name} stays: {step.why}" for step in steps if step.action == "keep"
    ]
    return Removals(changes.steps, tuple(jobs.unfinished(cloud, changes.deleted_queues)), tuple(notes))


def _with_reason(step: Step) -> Step:
    return replace(step, why=f"{WHY}; {step.why}" if step.why else WHY)


def _of_batch(environment: str, batch: Batch, names: Collection[Key]) -> Iterator[Existing]:
    """By the definition's names, so what a roll-out left or has under way is not part of it (pure)."""
    for queue in batch.queues:
        if ownership.carries(queue, environment) and (job_queues.KIND, queue["jobQueueName"]) not in names:
            yield job_queues.found_of(queue, {})
    for compute in batch.environments:
        defined = (compute_environments.KIND, job_queues.defined(compute))
        if ownership.carries(compute, environment) and defined not in names:
            yield compute_environments.found_of(compute["computeEnvironmentName"], compute)
    revisions: dict[tuple[str, tuple[str, ...]], list[Described]] = {}
    for definition in batch.definitions:
        name = definition["jobDefinitionName"]
        if ownership.carries(definition, environment) and (job_definitions.KIND, name) not in names:
            users = ownership.others(definition["tags"], environment)
            revisions.setdefault((name, users), []).append(definition)
    for (name, _), some in sorted(revisions.items()):
        arns = tuple(revision["jobDefinitionArn"] for revision in some)
        yield Existing(job_definitions.KIND, name, arns[0], {}, some[0]["tags"], {"arns": arns})


def _of_ec2(cloud: Cloud, environment: str, existing: Mapping[Key, Existing]) -> list[Existing]:
    """By their ids: a security group of the same name may be in another VPC."""
    filters = [
        {"Name": "key", "Values": [ownership.key(environment)]},
        {"Name": "resource-type", "Values": list(_EC2.values())},
    ]
    tagged = {tag["ResourceId"] for tag in every(cloud.ec2, "describe_tags", "Tags", Filters=filters)}
    tagged -= {resource.extra.get("id", resource.id) for (kind, _), resource in existing.items() if kind in _EC2}
    kinds = (templates, security_groups) if tagged else ()
    listed = [resource for kind in kinds for resource in inventory.of_kind(cloud, kind, environment)]
    return [resource for resource in listed if resource.id in tagged]


def _refuse_strangers(environment: str, queues: Sequence[Described], changes: Removals) -> None:
    """A queue that is left to others is somebody else's by then."""
    untagged = {step.existing.name for step in changes.queues}
    staying = [queue for queue in queues if queue["jobQueueName"] not in changes.deleted_queues]
    after = [{**queue, "tags": {}} if queue["jobQueueName"] in untagged else queue for queue in staying]
    for compute in changes.retired:
        refuse_strangers(after, environment, compute)
