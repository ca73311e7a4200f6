"""Taking an environment down, by its tags alone: what only it uses goes, what others use too loses its tag.

Each kind is looked for again when its turn comes, so a run that ended anywhere is finished by the next.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from cloud.session import Cloud
from environments.kinds import inventory
from environments.kinds.batch import compute_environments, job_queues, jobs, removal
from environments.kinds.data import buckets
from environments.model import ownership
from environments.model.resource import Kind
from environments.teardown import amis as machine_images
from environments.teardown import bystanders
from environments.teardown.leaving import NOTHING, Bystanders, Named, Step, carry_out, step_of
from kiln import typed
from kiln.errors import Interrupted, UserError
from kiln.screen import Screen


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
    """What would be done; raises UserError for what would stop it half-way."""
    compute = inventory.of_kind(cloud, compute_environments, environment)
    bystanders.refuse_strangers(cloud, environment, compute)
    around = _bystanders(cloud, environment)
    steps = tuple(each for kind in inventory.ORDER for each in _steps(cloud, kind, environment, around, named))
    queues = [each.existing.name for each in steps if each.existing.kind == job_queues.KIND]
    amis = {str(each.fields["imageIdOverride"]) for each in compute} | {
        ownership.memory(each.tags, environment).previous for each in compute
    }
    _refuse_misnamed(steps, named, environment)
    return Plan(
        environment,
        cloud.region,
        steps,
        tuple(jobs.unfinished(cloud, queues)),
        tuple(sorted(machine_images.own(cloud, amis - set(named.amis)))),
        tuple(_doomed(cloud, environment, named)),
    )


def _bystanders(cloud: Cloud, environment: str) -> Bystanders:
    described = compute_environments.described(cloud)
    return Bystanders(bystanders.users(described, environment), tuple(bystanders.elsewhere(cloud, environment)))


def _refuse_misnamed(steps: Sequence[Step], named: Named, environment: str) -> None:
    if unknown := named.buckets - {each.existing.name for each in steps if each.existing.kind == buckets.KIND}:
        raise UserError(f"the bucket {', '.join(sorted(unknown))} is none of {environment}'s", "it lacks its tag")


def _doomed(cloud: Cloud, environment: str, named: Named) -> list[str]:
    """The named AMIs that are still there; raises UserError for one that is not Kiln's, or that others run."""
    others = {
        image.get("imageIdOverride")
        for each in compute_environments.described(cloud)
        if not ownership.carries(each, environment)
        for image in (each.get("computeResources") or {}).get("ec2Configuration") or ()
    }
    if used := others & set(named.amis):
        raise UserError(f"{', '.join(map(str, used))} stays", "another compute environment runs it")
    own = machine_images.own(cloud, set(named.amis))
    if strange := machine_images.existing(cloud, set(named.amis)) - own:
        raise UserError(f"{', '.join(sorted(strange))} stays", "Kiln did not make it")
    return sorted(own)


def _steps(cloud: Cloud, kind: Kind, environment: str, around: Bystanders, named: Named) -> list[Step]:
    return [
        step_of(cloud, each, environment, around, named) for each in inventory.of_kind(cloud, kind, environment)
    ]  # fmt: skip


def destroy(cloud: Cloud, environment: str, named: Named, screen: Screen) -> None:
    """Do it, in the order in which AWS lets things go. Jobs that are not over are ended."""
    try:
        around = _bystanders(cloud, environment)
        for kind in inventory.ORDER:
            steps = [each for each in _steps(cloud, kind, environment, around, named) if each.action != "keep"]
            if kind.KIND == job_queues.KIND:
                _end_jobs(cloud, steps)
            for step in steps:
                with screen.step(f"{kind.KIND} {step.existing.name}", indent=2) as line:
                    carry_out(cloud, kind, step, environment)
                    line.note = step.why or ("deleted" if step.action == "delete" else "")
        for ami in _doomed(cloud, environment, named):
            with screen.step(f"AMI {ami}", indent=2):
                machine_images.delete(cloud, ami)
    except Interrupted as error:
        error.left = f"{environment} half-way down: the next {typed.command('destroy-env')} finishes it"
        raise


def _end_jobs(cloud: Cloud, steps: Sequence[Step]) -> None:
    found = removal.closed(cloud, [step.existing.name for step in steps if step.action == "delete"])
    jobs.terminate(cloud, found, "Terminated by invoke destroy-env")
