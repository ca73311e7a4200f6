"""Whether a job can ever be placed: what it asks for against what its queue's environments may launch (pure)."""

from collections.abc import Sequence

from environments.doctor.looks.ec2 import allows
from environments.doctor.picture.described import Described, name_of, resources
from environments.doctor.picture.finding import Finding, error
from environments.doctor.picture.memory import is_measured, registered
from environments.doctor.picture.picture import Picture, Waiting
from environments.plan.instance_types import InstanceType
from kiln import words


def too_large(job: Waiting, picture: Picture) -> Finding | None:
    """Why no environment of its queue can ever take the job; None where one can, or where that is not known."""
    there = [each for each in picture.of_queue(job.queue) if resources(each)]
    most = max((int(resources(each)["maxvCpus"]) for each in there), default=0)
    if there and job.vcpus > most:
        names = ", ".join(map(name_of, there))
        return error(
            f"{called(job)} cannot start: it asks for {words.count(job.vcpus, 'vCPU')}; {names} may have {most}",
            "max_vcpus bounds all machines of an environment together",
            f"ask for {words.count(most, 'vCPU')} or fewer, or raise max_vcpus to {job.vcpus}",
            job.id,
        )
    allowed = [one for one in picture.types.values() if any(allows(each, one.name) for each in there)]
    if not allowed or any(_fits(job, one, picture) for one in allowed):
        return None
    return _no_type(job, allowed, there, picture)


def _fits(job: Waiting, kind: InstanceType, picture: Picture) -> bool:
    enough = kind.vcpus >= job.vcpus and kind.gpus >= job.gpus
    return enough and registered(kind, picture) >= job.memory


def _no_type(job: Waiting, allowed: Sequence[InstanceType], there: Sequence[Described], picture: Picture) -> Finding:
    roomy = [one for one in allowed if one.vcpus >= job.vcpus and one.gpus >= job.gpus]
    larger = _larger(job, allowed, picture)
    allow = f", or allow {larger.name}" if larger else ", or allow larger instance_types"
    if not roomy and job.gpus:
        best = max(allowed, key=lambda one: (one.gpus, one.vcpus))
        asked = f"{words.count(job.gpus, 'GPU')} and {words.count(job.vcpus, 'vCPU')}"
        what = f"it asks for {asked}; {best.name} has {best.gpus} and {best.vcpus}"
        less = "ask for less"
    elif not roomy:
        best = max(allowed, key=lambda one: one.vcpus)
        what, less = (
            f"it asks for {words.count(job.vcpus, 'vCPU')}; {best.name} has {best.vcpus}",
            f"ask for {best.vcpus} or fewer",
        )
    else:
        best = max(roomy, key=lambda one: registered(one, picture))
        room = registered(best, picture)
        about = "" if is_measured(best, picture) else "about "
        what = f"it asks for {job.memory} MiB; {best.name} registers {about}{room} MiB"
        less = f"ask for {room // 100 * 100} MiB or less"
    names = ", ".join(map(name_of, there))
    why = (
        f"no instance type of {names} is large enough; system and agent keep a part of the memory that a type promises"
    )
    return error(f"{called(job)} cannot start: {what}", why, less + allow, job.id)


def _larger(job: Waiting, allowed: Sequence[InstanceType], picture: Picture) -> InstanceType | None:
    """The smallest type of the allowed families that would do."""
    families = {one.name.partition(".")[0] for one in allowed}
    would = [
        one for one in picture.types.values() if one.name.partition(".")[0] in families and _fits(job, one, picture)
    ]
    return min(would, key=lambda one: (one.memory, one.vcpus, one.name), default=None)


def called(job: Waiting) -> str:
    """job 7c1e (fastqc)"""
    return f"job {job.id[:8]} ({job.name})"
