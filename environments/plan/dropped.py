"""What carries an environment's tag and is not in its definition any more: found beside a plan, gone at its end.

Compute environments, queues and job definitions are found in what Batch says of the region anyway; launch templates and
security groups by one question to EC2. Roles, profiles, policies and log groups would have to be asked one by one, as
tear-down does: they keep the tag until then. Buckets keep it with their data.
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
from environments.rollout import blue_green
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
class Dropped:
    """`steps` delete or untag, in the order in which AWS lets things go; `jobs` would be ended with the queues that go;
    `notes` are about what stays because others use it."""

    steps: tuple[Step, ...] = ()
    jobs: tuple[Job, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def going(self) -> list[str]:
        """The names of the queues that are deleted."""
        return [step.existing.name for step in self.queues if step.action == "delete"]

    @property
    def queues(self) -> tuple[Step, ...]:
        return tuple(step for step in self.steps if step.existing.kind == job_queues.KIND)

    @property
    def retiring(self) -> tuple[Existing, ...]:
        """The compute environments that are deleted."""
        return tuple(step.existing for step in self.steps if _retires(step))

    @property
    def rest(self) -> tuple[Step, ...]:
        """All but queues and what is retiring."""
        return tuple(step for step in self.steps if step.existing.kind != job_queues.KIND and not _retires(step))


def _retires(step: Step) -> bool:
    return step.existing.kind == compute_environments.KIND and step.action == "delete"


def look(
    cloud: Cloud, environment: str, batch: Batch, desired: Sequence[Desired], there: Mapping[Key, Existing]
) -> Dropped:  # fmt: skip
    """What is to go; raises UserError where a queue that is not the environment's holds on to it. `there` is what was
    found of `wanted`. One call to EC2; more where something is to go."""
    names = {(each.kind, each.name) for each in desired}
    found = [*_of_batch(environment, batch, names), *_of_ec2(cloud, environment, there)]
    if not found:
        return Dropped()
    around = Bystanders(bystanders.users(batch.environments, environment), ())
    steps = [_told(leaving.step_of(cloud, each, environment, around)) for each in found]
    changes = Dropped(tuple(each for each in steps if each.action != "keep"))
    staying = [each for each in batch.queues if each["jobQueueName"] not in changes.going]
    _refuse_strangers(environment, staying, changes)
    return Dropped(
        tuple(_waiting(cloud, environment, staying, changes)),
        tuple(jobs.unfinished(cloud, changes.going)),
        tuple(
            f"the {each.existing.kind} {each.existing.name} stays: {each.why}"
            for each in steps
            if each.action == "keep"
        ),
    )


def _told(step: Step) -> Step:
    return replace(step, why=f"{WHY}; {step.why}" if step.why else WHY)


def _of_batch(environment: str, batch: Batch, names: Collection[Key]) -> Iterator[Existing]:
    """By the definition's names, so what a roll-out left or has under way is none of it (pure)."""
    for each in batch.queues:
        if ownership.carries(each, environment) and (job_queues.KIND, each["jobQueueName"]) not in names:
            yield job_queues.found_of(each, {})
    for each in batch.environments:
        if ownership.carries(each, environment) and (compute_environments.KIND, job_queues.defined(each)) not in names:
            yield compute_environments.found_of(each["computeEnvironmentName"], each)
    revisions: dict[tuple[str, tuple[str, ...]], list[Described]] = {}
    for each in batch.definitions:
        name = each["jobDefinitionName"]
        if ownership.carries(each, environment) and (job_definitions.KIND, name) not in names:
            revisions.setdefault((name, ownership.others(each["tags"], environment)), []).append(each)
    for (name, _), some in sorted(revisions.items()):
        arns = tuple(each["jobDefinitionArn"] for each in some)
        yield Existing(job_definitions.KIND, name, arns[0], {}, some[0]["tags"], {"arns": arns})


def _of_ec2(cloud: Cloud, environment: str, there: Mapping[Key, Existing]) -> list[Existing]:
    """By their ids: a security group of the same name may be in another VPC."""
    filters = [
        {"Name": "key", "Values": [ownership.key(environment)]},
        {"Name": "resource-type", "Values": list(_EC2.values())},
    ]
    tagged = {each["ResourceId"] for each in every(cloud.ec2, "describe_tags", "Tags", Filters=filters)}
    tagged -= {found.extra.get("id", found.id) for (kind, _), found in there.items() if kind in _EC2}
    kinds = (templates, security_groups) if tagged else ()
    return [each for kind in kinds for each in inventory.of_kind(cloud, kind, environment) if each.id in tagged]


def _refuse_strangers(environment: str, staying: Sequence[Described], changes: Dropped) -> None:
    """A queue that is left to others is a stranger's by then."""
    left = {step.existing.name for step in changes.queues}
    after = [{**each, "tags": {}} if each["jobQueueName"] in left else each for each in staying]
    for each in changes.retiring:
        blue_green.refuse_strangers(after, environment, each)


def _waiting(cloud: Cloud, environment: str, staying: Sequence[Described], changes: Dropped) -> Iterator[Step]:
    """The steps, with how many jobs of the queues that stay a compute environment still runs."""
    own = [each["jobQueueName"] for each in staying if ownership.carries(each, environment)]
    placed = jobs.placed(cloud, own) if changes.retiring else []
    for step in changes.steps:
        running = jobs.on(placed, [step.existing.extra["cluster"]]) if _retires(step) else []
        finish = f"; {words.count(len(running), 'job')} finish{'' if len(running) > 1 else 'es'} first"
        yield replace(step, why=step.why + finish) if running else step
