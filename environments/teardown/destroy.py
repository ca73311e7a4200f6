"""Taking an environment down, by its tags alone: what only it uses goes, what others use too loses its tag.

Kinds go in the reverse of the order in which they are made. Each is looked for again when its turn comes, so a run that
ended anywhere is finished by the next.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cloud.session import Cloud
from environments.kinds.batch import compute_environments, deletion, job_queues, jobs
from environments.kinds.batch.job_queues import ExistingQueue
from environments.kinds.data.bucket_state import ExistingBucket
from environments.kinds.order import KINDS, used_by
from environments.model import ownership
from environments.model.kind import AnyKind
from environments.model.region import Region
from environments.model.resource import Removal
from environments.teardown import amis as machine_images
from environments.teardown import bystanders
from environments.teardown.steps import Bystanders, Step, carry_out, plan_removal
from kiln import typed
from kiln.errors import Interrupted, UserError
from kiln.screen import Screen


@dataclass(frozen=True)
class Named:
    """What is deleted only because a person names it: buckets that hold data, and AMIs."""

    buckets: frozenset[str] = frozenset()
    amis: tuple[str, ...] = ()


NOTHING = Named()


@dataclass(frozen=True)
class Plan:
    """`jobs` are not over yet; `amis` are Kiln's own that the environment runs, and stay; `doomed` those that go."""

    environment: str
    region: str
    steps: tuple[Step, ...]
    jobs: tuple[jobs.Job, ...]
    amis: tuple[str, ...]
    doomed: tuple[str, ...]

    @property
    def something_to_do(self) -> bool:
        return bool(self.doomed) or any(step.action != "keep" for step in self.steps)


def prepare(cloud: Cloud, environment: str, named: Named = NOTHING) -> Plan:
    """Plan a tear-down; raises UserError for what would stop it half-way."""
    region, removal = Region(cloud), Removal(environment, named.buckets)
    compute = used_by(region, compute_environments, environment)
    bystanders.refuse_strangers(region, environment, compute)
    others = _bystanders(region, environment)
    steps = tuple(step for kind in reversed(KINDS) for step in _steps(region, kind, removal, others))
    queues = [step.existing.name for step in steps if isinstance(step.existing, ExistingQueue)]
    amis = {str(existing.fields["imageIdOverride"]) for existing in compute} | {
        ownership.memory(existing.tags, environment).previous for existing in compute
    }
    _refuse_misnamed(steps, named, environment)
    return Plan(
        environment,
        cloud.region,
        steps,
        tuple(jobs.unfinished(cloud, queues)),
        tuple(sorted(machine_images.list_own(cloud, amis - set(named.amis)))),
        tuple(_doomed(region, environment, named)),
    )


def _bystanders(region: Region, environment: str) -> Bystanders:
    uses = bystanders.list_uses(region.compute_environments, environment)
    return Bystanders(uses, tuple(bystanders.list_elsewhere(region.cloud, environment)))


def _refuse_misnamed(steps: Sequence[Step], named: Named, environment: str) -> None:
    if unknown := named.buckets - {step.existing.name for step in steps if isinstance(step.existing, ExistingBucket)}:
        raise UserError(f"the bucket {', '.join(sorted(unknown))} is none of {environment}'s", "it lacks its tag")


def _doomed(region: Region, environment: str, named: Named) -> list[str]:
    """The named AMIs that still exist; raises UserError for one that is not Kiln's, or that others run."""
    others = {
        image.get("imageIdOverride")
        for described in region.compute_environments
        if not ownership.carries(described, environment)
        for image in (described.get("computeResources") or {}).get("ec2Configuration") or ()
    }
    if used := others & set(named.amis):
        raise UserError(f"{', '.join(map(str, used))} stays", "another compute environment runs it")
    own = machine_images.list_own(region.cloud, set(named.amis))
    if strange := machine_images.list_existing(region.cloud, set(named.amis)) - own:
        raise UserError(f"{', '.join(sorted(strange))} stays", "Kiln did not make it")
    return sorted(own)


def _steps(region: Region, kind: AnyKind, removal: Removal, others: Bystanders) -> Iterator[Step]:
    for existing in used_by(region, kind, removal.environment):
        yield plan_removal(region.cloud, existing, removal, others)


def destroy(cloud: Cloud, environment: str, named: Named, screen: Screen) -> None:
    """Do it, in the order in which AWS lets things go. Jobs that are not over are ended."""
    try:
        region, removal = Region(cloud), Removal(environment, named.buckets)
        others = _bystanders(region, environment)
        for kind in reversed(KINDS):
            steps = [step for step in _steps(region, kind, removal, others) if step.action != "keep"]
            if kind is job_queues:
                _end_jobs(cloud, steps)
            for step in steps:
                with screen.step(f"{kind.KIND} {step.existing.name}", indent=2) as line:
                    carry_out(cloud, step, removal)
                    line.note = step.why or ("deleted" if step.action == "delete" else "")
        for ami in _doomed(region, environment, named):
            with screen.step(f"AMI {ami}", indent=2):
                machine_images.delete(cloud, ami)
    except Interrupted as error:
        error.left = (
            f"{environment} half-way down: the next {typed.command('destroy-env --env ' + environment)} finishes it"
        )
        raise


def _end_jobs(cloud: Cloud, steps: Sequence[Step]) -> None:
    """Close the queues that go, so that no more jobs come, and end the jobs in them."""
    unfinished = deletion.close_queues(cloud, [step.existing.name for step in steps if step.action == "delete"])
    jobs.terminate(cloud, unfinished, "Terminated by invoke destroy-env")
