"""What became of a queue's job: all that the verdicts are made of."""

from functools import partial

from cloud.looks import Looks
from cloud.session import Cloud
from environments.doctor import job as doctor
from environments.doctor.looks.gather import describe_region
from environments.model.region import Region
from jobs.canary import objects, report, script
from jobs.canary.setting import Setting
from jobs.canary.verdict import Outcome
from jobs.canary.watching import Watched
from jobs.looks import machines
from jobs.model.job import Job
from jobs.model.place import Machine, TaskTimes


def gather(cloud: Cloud, setting: Setting, watched: Watched, checksum: str) -> Outcome:
    """Gather it; what the credentials do not allow is left out, and the verdict says that it was not checked."""
    if watched.follower is None:
        return Outcome(watched.queue, refused=watched.refused)
    job, lines = watched.follower.job, tuple(watched.follower.lines)
    reported, in_log = report.read(lines), True
    if not reported:
        stored = objects.read(cloud, setting, script.LOG, watched.queue)
        text = stored.decode(errors="replace").splitlines() if stored else []
        reported, in_log, lines = report.read(text), False, lines or tuple(text)
    machine, times = _look_at_machine(cloud, job)
    explanation = None
    if job.status in ("SUBMITTED", "PENDING", "RUNNABLE"):
        explanation = Looks().at(
            "why it waits", None, lambda: doctor.explain(cloud, describe_region(cloud), job.id)
        )  # fmt: skip
    return Outcome(
        watched.queue, job, late=watched.late, lines=lines, reported=reported, in_log=in_log,
        output=objects.is_output_right(cloud, setting, watched.queue, checksum) if reported else None,
        machine=machine, times=times, explanation=explanation,
    )  # fmt: skip


def _look_at_machine(cloud: Cloud, job: Job) -> tuple[Machine | None, TaskTimes | None]:
    last, looks = job.last, Looks()
    if last is None or not last.machine:
        return None, None
    nothing: tuple[dict[str, Machine], dict[str, TaskTimes]] = ({}, {})
    environments = Region(cloud).compute_environments
    places = looks.at("machines", nothing[0], partial(machines.describe, cloud, [last.machine], environments))
    times = looks.at("tasks", nothing[1], partial(machines.describe_times, cloud, [last.task]))
    return places.get(last.machine), times.get(last.task)
