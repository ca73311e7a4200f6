"""Whether the jobs of job definitions fit machines of their queues (pure)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from environments.machines.families import is_allowed
from environments.machines.fitting import Catalogue, Machines, Misfit, Request, find_misfit
from environments.machines.instance_types import InstanceType
from environments.spec.environment import EnvironmentSpec
from kiln.errors import UserError


@dataclass(frozen=True)
class Size:
    """The request of a job definition."""

    vcpus: int
    memory: int
    gpus: int = 0


def find_definition_misfit(request: Request, queues: Sequence[Machines], catalogue: Catalogue) -> Misfit | None:
    """Find the queues that can never start the jobs of a job definition: all of them, or some; None where all can."""
    misfits = {queue.queue: misfit for queue in queues if (misfit := find_misfit(request, queue, catalogue))}
    if not misfits:
        return None
    first, hopeless = next(iter(misfits.values())), len(misfits) == len(queues)
    names = ", ".join(misfits)
    where = f"no queue ({names})" if hopeless else f"not {names}"
    return Misfit(f"fits {where}: {first.what}", f"{first.why}; its jobs wait there for ever", first.fix, hopeless)


def check_definitions(
    spec: EnvironmentSpec, known: Mapping[str, InstanceType], registered: Mapping[str, int], kept: int = 0
) -> tuple[str, ...]:
    """Warn of job definitions that do not fit every queue; raises UserError for one that fits none.

    `registered` is what machines of the AMI have registered with ECS, by type; `kept` are the MiB that the agent's own
    settings take away beside that.
    """
    notes, queues = [], list_machines(spec, known)
    for name, definition in spec.job_definitions.items():
        size = Size(definition.vcpus, int(definition.memory), definition.gpus)
        misfit = find_definition_misfit(size, queues, Catalogue(known, registered, kept))
        if misfit and misfit.hopeless:
            raise UserError(f"the job definition {name} {misfit.what}", misfit.why, f"Change it: {misfit.fix}.")
        if misfit:
            notes.append(f"the job definition {name} {misfit.what}. {misfit.why}: {misfit.fix}")
    return tuple(notes)


def list_machines(spec: EnvironmentSpec, known: Mapping[str, InstanceType]) -> list[Machines]:
    """List what the queues of a definition may start."""
    queues = []
    for name, queue in spec.queues.items():
        members = {member: spec.compute_environments[member] for member in queue.compute_environments}
        entries = {entry for compute in members.values() for entry in compute.instance_types}
        allowed = [instance_type for instance_type in known.values() if is_allowed(entries, instance_type.name)]
        queues.append(Machines(name, {member: compute.max_vcpus for member, compute in members.items()}, allowed))
    return queues
