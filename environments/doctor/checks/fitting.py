"""Whether a job can ever be placed: what it asks for against what its queue's compute environments may launch."""

from collections.abc import Sequence

from environments.doctor.checks.finding import Finding, error
from environments.doctor.facts.compute_environments import Described, name_of, resources
from environments.doctor.facts.instance_types import allows, family_of
from environments.doctor.facts.jobs import QueuedJob
from environments.doctor.facts.memory import available, is_measured
from environments.doctor.facts.picture import Picture
from environments.plan.instance_types import InstanceType
from kiln import words


def check_size(job: QueuedJob, picture: Picture) -> Finding | None:
    """Find out why no compute environment of its queue can ever take the job; None where it fits, or is unknown."""
    environments = [environment for environment in picture.scope.members(job.queue) if resources(environment)]
    most = max((int(resources(environment)["maxvCpus"]) for environment in environments), default=0)
    if environments and job.vcpus > most:
        names = ", ".join(map(name_of, environments))
        return error(
            f"{title(job)} cannot start: it asks for {words.count(job.vcpus, 'vCPU')}; {names} may have {most}",
            "max_vcpus limits all machines of a compute environment together",
            f"ask for {words.count(most, 'vCPU')} or fewer, or raise max_vcpus to {job.vcpus}",
            job.id,
        )
    allowed = [
        instance_type
        for instance_type in picture.types.known.values()
        if any(allows(environment, instance_type.name) for environment in environments)
    ]
    if not allowed or any(_fits(job, instance_type, picture) for instance_type in allowed):
        return None
    return _too_large(job, allowed, environments, picture)


def _fits(job: QueuedJob, instance_type: InstanceType, picture: Picture) -> bool:
    return _has_processors(job, instance_type) and available(instance_type, picture.agents.machines) >= job.memory


def _has_processors(job: QueuedJob, instance_type: InstanceType) -> bool:
    return instance_type.vcpus >= job.vcpus and instance_type.gpus >= job.gpus


def _too_large(
    job: QueuedJob, allowed: Sequence[InstanceType], environments: Sequence[Described], picture: Picture
) -> Finding:
    lack, less = _lack(job, allowed, picture)
    larger = _larger_type(job, allowed, picture)
    return error(
        f"{title(job)} cannot start: {lack}",
        f"no instance type of {', '.join(map(name_of, environments))} is large enough; the system and the ECS agent "
        "keep a part of the memory that a type promises",
        f"{less}, or allow {larger.name if larger else 'larger instance_types'}",
        job.id,
    )


def _lack(job: QueuedJob, allowed: Sequence[InstanceType], picture: Picture) -> tuple[str, str]:
    """What the largest of the allowed types lacks, and how much the job could ask for instead."""
    enough = [instance_type for instance_type in allowed if _has_processors(job, instance_type)]
    vcpus = words.count(job.vcpus, "vCPU")
    if not enough and job.gpus:
        largest = max(allowed, key=lambda instance_type: (instance_type.gpus, instance_type.vcpus))
        gpus = words.count(job.gpus, "GPU")
        return f"it asks for {gpus} and {vcpus}; {largest.name} has {largest.gpus} and {largest.vcpus}", "ask for less"
    if not enough:
        largest = max(allowed, key=lambda instance_type: instance_type.vcpus)
        return f"it asks for {vcpus}; {largest.name} has {largest.vcpus}", f"ask for {largest.vcpus} or fewer"
    machines = picture.agents.machines
    largest = max(enough, key=lambda instance_type: available(instance_type, machines))
    memory, about = available(largest, machines), "" if is_measured(largest, machines) else "about "
    return (
        f"it asks for {job.memory} MiB; {largest.name} registers {about}{memory} MiB",
        f"ask for {memory // 100 * 100} MiB or less",
    )


def _larger_type(job: QueuedJob, allowed: Sequence[InstanceType], picture: Picture) -> InstanceType | None:
    """The smallest type of the allowed families that would do."""
    families = {family_of(instance_type.name) for instance_type in allowed}
    fitting = [
        instance_type
        for instance_type in picture.types.known.values()
        if family_of(instance_type.name) in families and _fits(job, instance_type, picture)
    ]
    return min(fitting, key=lambda fit: (fit.memory, fit.vcpus, fit.name), default=None)


def title(job: QueuedJob) -> str:
    """Name a job for people: job 7c1e (fastqc)."""
    return f"job {job.id[:8]} ({job.name})"
