"""What carries an environment's tag and is not in its definition any more: listed with a plan, removed at its end.

A kind of which AWS tells it in one call lists its own (`list_unnamed`). What would have to be asked for one by one, as
tear-down does, keeps the tag until then: roles, profiles, policies, log groups, and buckets with their data.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from environments.kinds.batch import job_definitions, jobs
from environments.kinds.batch.existing_environment import ExistingEnvironment
from environments.kinds.batch.job_queues import ExistingQueue
from environments.kinds.batch.jobs import Job
from environments.kinds.order import KINDS
from environments.model.region import Described, Region
from environments.model.resource import Desired, Existing, Key, Removal
from environments.rollout.situation import refuse_strangers
from environments.teardown import bystanders
from environments.teardown.steps import Bystanders, Step, plan_removal
from kiln import words

WHY = "no longer in the definition"
_LAST = 2


@dataclass(frozen=True)
class Removals:
    """`steps` delete or untag, in the order in which AWS lets things go; `jobs` would end with the queues that are
    deleted; `notes` are about what stays because others use it."""

    steps: tuple[Step, ...] = ()
    jobs: tuple[Job, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def queues(self) -> tuple[Step, ...]:
        return tuple(step for step in self.steps if isinstance(step.existing, ExistingQueue))

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
        return tuple(step for step in self.steps if _turn(step) == _LAST)

    def waiting_for(self, placed: Sequence[Job]) -> "Removals":
        """The same, with how many jobs of the queues that stay each compute environment still runs (pure).

        `placed` are the jobs of the environment's queues that are on machines.
        """
        ended = {job.id for job in self.jobs}  # a child of an array is PARENT:0
        others = [job for job in placed if job.id.partition(":")[0] not in ended]
        return replace(self, steps=tuple(_waiting(step, others) for step in self.steps))


def _turn(step: Step) -> int:
    """Queues first, then the compute environments that are deleted, then the rest."""
    if isinstance(step.existing, ExistingQueue):
        return 0
    return 1 if _retired(step) else _LAST


def _retired(step: Step) -> ExistingEnvironment | None:
    """The compute environment that a step deletes."""
    existing = step.existing
    return existing if isinstance(existing, ExistingEnvironment) and step.action == "delete" else None


def _waiting(step: Step, placed: Sequence[Job]) -> Step:
    running = jobs.on(placed, [environment.cluster]) if (environment := _retired(step)) else []
    finish = f"; {words.count(len(running), 'job')} finish{'' if len(running) > 1 else 'es'} first"
    return replace(step, why=step.why + finish) if running else step


def plan_removals(
    region: Region,
    environment: str,
    desired: Sequence[Desired],
    existing: Mapping[Key, Existing],
    waiting: Collection[str] = (),
) -> Removals:
    """List what the definition no longer names; `existing` is what there is of `desired`, `waiting` are the names of
    job definitions that stay as they are.

    One call to EC2; more where something is to be removed. Raises UserError where somebody else's queue holds on to a
    compute environment.
    """
    unnamed = list(_list_unnamed(region, environment, desired, existing, waiting))
    if not unnamed:
        return Removals()
    others, removal = (
        Bystanders(bystanders.list_uses(region.compute_environments, environment), ()),
        Removal(environment),
    )
    steps = [_with_reason(plan_removal(region.cloud, resource, removal, others)) for resource in unnamed]
    changes = Removals(tuple(sorted((step for step in steps if step.action != "keep"), key=_turn)))
    _refuse_strangers(environment, region.job_queues, changes)
    notes = [
        f"the {step.existing.kind} {step.existing.name} stays: {step.why}" for step in steps if step.action == "keep"
    ]
    return Removals(changes.steps, tuple(jobs.unfinished(region.cloud, changes.deleted_queues)), tuple(notes))


def _list_unnamed(
    region: Region,
    environment: str,
    desired: Sequence[Desired],
    existing: Mapping[Key, Existing],
    waiting: Collection[str],
) -> Iterator[Existing]:
    """Kind by kind, in the order of a tear-down."""
    for kind in reversed(KINDS):
        names = {resource.name for resource in desired if resource.kind == kind.KIND}
        names |= set(waiting) if kind is job_definitions else set()
        same = [resource for resource in existing.values() if resource.kind == kind.KIND]
        yield from kind.list_unnamed(region, environment, names, same)


def _with_reason(step: Step) -> Step:
    return replace(step, why=f"{WHY}; {step.why}" if step.why else WHY)


def _refuse_strangers(environment: str, queues: Sequence[Described], changes: Removals) -> None:
    """A queue that is left to others is somebody else's by then."""
    untagged = {step.existing.name for step in changes.queues}
    staying = [queue for queue in queues if queue["jobQueueName"] not in changes.deleted_queues]
    after = [{**queue, "tags": {}} if queue["jobQueueName"] in untagged else queue for queue in staying]
    for compute in changes.retired:
        refuse_strangers(after, environment, compute)
