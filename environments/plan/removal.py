"""What carries an environment's tag and is not in its definition any more: listed with a plan, removed at its end.

Compute environments, queues and job definitions are in what Batch lists of the region anyway; launch templates and
security groups take one question to EC2. Roles, profiles, policies and log groups would have to be asked for one by
one, as tear-down does: they keep the tag until then. Buckets keep it with their data.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from cloud.pages import every
from environments.kinds.batch import compute_environments, job_definitions, job_queues, jobs
from environments.kinds.batch.compute_environments import ExistingEnvironment
from environments.kinds.batch.jobs import Job
from environments.kinds.ec2 import launch_templates as templates
from environments.kinds.ec2 import security_groups
from environments.kinds.order import used_by
from environments.model import ownership
from environments.model.region import Described, Region
from environments.model.resource import Desired, Existing, Key, Removal
from environments.rollout.situation import refuse_strangers
from environments.teardown import bystanders
from environments.teardown.steps import Bystanders, Step, plan_removal
from kiln import words

WHY = "no longer in the definition"
_EC2 = {templates.KIND: "launch-template", security_groups.KIND: "security-group"}


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
    def retired(self) -> tuple[ExistingEnvironment, ...]:
        """The compute environments that are deleted, once their jobs have finished."""
        return tuple(environment for step in self.steps if (environment := _retired(step)))

    @property
    def rest(self) -> tuple[Step, ...]:
        """All but queues and the compute environments that are deleted."""
        return tuple(step for step in self.steps if step.existing.kind != job_queues.KIND and not _retired(step))

    def waiting_for(self, placed: Sequence[Job]) -> "Removals":
        """The same, with how many jobs of the queues that stay each compute environment still runs (pure).

        `placed` are the jobs of the environment's queues that are on machines.
        """
        ended = {job.id for job in self.jobs}  # a child of an array is PARENT:0
        others = [job for job in placed if job.id.partition(":")[0] not in ended]
        return replace(self, steps=tuple(_waiting(step, others) for step in self.steps))


def _retired(step: Step) -> ExistingEnvironment | None:
    """The compute environment that a step deletes."""
    existing = step.existing
    return existing if isinstance(existing, ExistingEnvironment) and step.action == "delete" else None


def _waiting(step: Step, placed: Sequence[Job]) -> Step:
    running = jobs.on(placed, [environment.cluster]) if (environment := _retired(step)) else []
    finish = f"; {words.count(len(running), 'job')} finish{'' if len(running) > 1 else 'es'} first"
    return replace(step, why=step.why + finish) if running else step


def plan_removals(
    region: Region, environment: str, desired: Sequence[Desired], existing: Mapping[Key, Existing]
) -> Removals:  # fmt: skip
    """List what the definition no longer names; `existing` is what there is of `desired`.

    One call to EC2; more where something is to be removed. Raises UserError where somebody else's queue holds on to a
    compute environment.
    """
    names = {resource.key for resource in desired}
    unnamed = [*_of_batch(environment, region, names), *_of_ec2(region, environment, existing)]
    if not unnamed:
        return Removals()
    others, removal = Bystanders(bystanders.users(region.compute_environments, environment), ()), Removal(environment)
    steps = [_with_reason(plan_removal(region.cloud, resource, removal, others)) for resource in unnamed]
    changes = Removals(tuple(step for step in steps if step.action != "keep"))
    _refuse_strangers(environment, region.job_queues, changes)
    notes = [
        f"the {step.existing.kind} {step.existing.name} stays: {step.why}" for step in steps if step.action == "keep"
    ]
    return Removals(changes.steps, tuple(jobs.unfinished(region.cloud, changes.deleted_queues)), tuple(notes))


def _with_reason(step: Step) -> Step:
    return replace(step, why=f"{WHY}; {step.why}" if step.why else WHY)


def _of_batch(environment: str, region: Region, names: Collection[Key]) -> Iterator[Existing]:
    """By the definition's names, so what a roll-out left or has under way is not part of it (pure)."""
    for queue in region.job_queues:
        if ownership.carries(queue, environment) and (job_queues.KIND, queue["jobQueueName"]) not in names:
            yield job_queues.described(queue)
    for compute in region.compute_environments:
        defined = (compute_environments.KIND, compute_environments.definition_name(compute))
        if ownership.carries(compute, environment) and defined not in names:
            yield compute_environments.described(compute, compute["computeEnvironmentName"])
    revisions: dict[tuple[str, tuple[str, ...]], list[Described]] = {}
    for definition in region.job_definitions:
        name = definition["jobDefinitionName"]
        if ownership.carries(definition, environment) and (job_definitions.KIND, name) not in names:
            users = ownership.others(definition["tags"], environment)
            revisions.setdefault((name, users), []).append(definition)
    for (name, _), same in sorted(revisions.items()):
        yield job_definitions.from_revisions(name, same)


def _of_ec2(region: Region, environment: str, existing: Mapping[Key, Existing]) -> list[Existing]:
    """By their ids: a security group of the same name may be in another VPC."""
    filters = [
        {"Name": "key", "Values": [ownership.key(environment)]},
        {"Name": "resource-type", "Values": list(_EC2.values())},
    ]
    tagged = {tag["ResourceId"] for tag in every(region.cloud.ec2, "describe_tags", "Tags", Filters=filters)}
    tagged -= {resource.tagged_id for (kind, _), resource in existing.items() if kind in _EC2}
    kinds = (templates, security_groups) if tagged else ()
    listed = [resource for kind in kinds for resource in used_by(region, kind, environment)]
    return [resource for resource in listed if resource.id in tagged]


def _refuse_strangers(environment: str, queues: Sequence[Described], changes: Removals) -> None:
    """A queue that is left to others is somebody else's by then."""
    untagged = {step.existing.name for step in changes.queues}
    staying = [queue for queue in queues if queue["jobQueueName"] not in changes.deleted_queues]
    after = [{**queue, "tags": {}} if queue["jobQueueName"] in untagged else queue for queue in staying]
    for compute in changes.retired:
        refuse_strangers(after, environment, compute)
