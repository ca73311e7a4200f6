"""Whether a job can ever be placed: what it asks for against what its queue's compute environments may launch."""

from cloud import tags
from environments.doctor.checks.finding import Finding, error
from environments.doctor.facts.compute_environments import name_of, resources
from environments.doctor.facts.instance_types import allows
from environments.doctor.facts.jobs import QueuedJob
from environments.doctor.facts.picture import Picture
from environments.machines import recorded
from environments.machines.fitting import Catalogue, Machines, find_misfit


def check_size(job: QueuedJob, picture: Picture) -> Finding | None:
    """Find out why no compute environment of its queue can ever take the job; None where it fits, or is unknown."""
    misfit = find_misfit(job, machines_of(job.queue, picture), make_catalogue(picture))
    return error(f"{title(job)} cannot start: {misfit.what}", misfit.why, misfit.fix, job.id) if misfit else None


def make_catalogue(seen: Picture) -> Catalogue:
    """What machines registered counts: those that run, else those that were measured with the AMIs in use."""
    images = (tags.as_dict(image.get("Tags")) for image in seen.images.values())
    return Catalogue(seen.types.known, {**recorded.read_all(images), **seen.agents.registered})


def machines_of(queue_arn: str, picture: Picture) -> Machines:
    """List what a queue may start."""
    environments = [environment for environment in picture.scope.members(queue_arn) if resources(environment)]
    allowed = [
        instance_type
        for instance_type in picture.types.known.values()
        if any(allows(environment, instance_type.name) for environment in environments)
    ]
    limits = {name_of(environment): int(resources(environment)["maxvCpus"]) for environment in environments}
    return Machines(picture.scope.queue(queue_arn).get("jobQueueName", ""), limits, allowed)


def title(job: QueuedJob) -> str:
    """Name a job for people: job 7c1e (fastqc)."""
    return f"job {job.id[:8]} ({job.name})"
