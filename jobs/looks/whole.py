"""All that is known of a job: what it is, where it ran, its output, and why it waits."""

from dataclasses import dataclass
from functools import partial

from cloud.looks import Looks, Unchecked
from cloud.session import Cloud
from environments.doctor import job as doctor
from environments.doctor.job import Explanation
from environments.doctor.looks.gather import describe_region
from environments.model.region import Region
from jobs.looks import describing, listing, machines
from jobs.looks.logs import TAIL, Line, Stream
from jobs.model.job import Job
from jobs.model.listed import Listed
from jobs.model.place import Machine, TaskTimes

_CHILDREN = 5  # of an array that failed: so many are shown


@dataclass(frozen=True)
class Whole:
    """`machines` are by the ARN of the container instance, `times` by the task's; `lines` are the end of its log, and
    `no_log` says why there are none. `explanation` is what the doctor says of a job that waits."""

    job: Job
    region: str
    machines: dict[str, Machine]
    times: dict[str, TaskTimes]
    lines: tuple[Line, ...] = ()
    no_log: str = ""
    explanation: Explanation | None = None
    failed: tuple[Listed, ...] = ()
    failed_count: int = 0
    unchecked: tuple[Unchecked, ...] = ()

    @property
    def machine(self) -> Machine | None:
        """Where its last attempt ran; None where it never came to a machine."""
        last = self.job.last
        return self.machines.get(last.machine) if last and last.machine else None


def look(cloud: Cloud, job_id: str, *, tail: int = TAIL) -> Whole:
    """Look at a job; raises UserError where there is none. What may not be looked at is noted in `unchecked`."""
    job, looks = describing.describe(cloud, job_id), Looks()
    arns = [attempt.machine for attempt in job.attempts if attempt.machine]
    tasks = [attempt.task for attempt in job.attempts if attempt.task]
    places, times = dict[str, Machine](), dict[str, TaskTimes]()
    if arns:
        places = looks.at("its machines", places, partial(_describe_machines, cloud, arns))
    times = looks.at("the times of its tasks", times, partial(machines.describe_times, cloud, tasks))
    nothing: tuple[tuple[Line, ...], str] = ((), "")
    lines, no_log = looks.at("its log", nothing, partial(read_log, cloud, job, tail))
    waits = job.status == "RUNNABLE"
    explanation = looks.at("why it waits", None, partial(_explain, cloud, job.id)) if waits else None
    counts = dict(job.array.counts) if job.array else {}
    failed: list[Listed] = []
    if job.is_array and counts.get("FAILED"):
        failed = looks.at("its children", failed, partial(listing.list_children, cloud, job.id, "FAILED"))
    return Whole(
        job, cloud.region, places, times, lines, no_log, explanation, tuple(failed[:_CHILDREN]),
        counts.get("FAILED", 0), tuple(looks.unchecked),
    )  # fmt: skip


def _describe_machines(cloud: Cloud, arns: list[str]) -> dict[str, Machine]:
    return machines.describe(cloud, arns, Region(cloud).compute_environments)


def _explain(cloud: Cloud, job_id: str) -> Explanation:
    return doctor.explain(cloud, describe_region(cloud), job_id)


def read_log(cloud: Cloud, job: Job, tail: int) -> tuple[tuple[Line, ...], str]:
    """Read the end of a job's log, `tail` lines (0: nothing is read), or say why there is none."""
    if not tail:
        return (), ""
    if job.log_driver != "awslogs":
        return (), f"its output goes to {job.log_driver}, which Kiln cannot read"
    if job.is_array:
        return (), "an array's children have logs of their own: show-job with :INDEX behind the id"
    streams = [attempt.stream for attempt in job.attempts if attempt.stream]
    if not streams:
        return (), "" if not job.is_over else "its container never started, so it wrote nothing"
    lines = Stream(cloud, job.log_group, streams[-1]).read_tail(tail)
    if lines is None:
        return (), f"the log group {job.log_group} has no stream {streams[-1]} (any more)"
    return tuple(lines), "" if lines else "it wrote nothing"
