"""How a compute environment gets to what is wanted of it: in place, or by another beside it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from cloud import wait
from cloud.session import Cloud
from environments.kinds.batch import compute_request, jobs, removal
from environments.kinds.batch import settling as settle
from environments.kinds.batch.jobs import Job
from environments.model import ownership
from environments.model.resource import Desired, Difference, Existing
from environments.rollout.blue_green import resumable
from kiln import words
from kiln.errors import Interrupted, UserError
from kiln.screen import Line

# UpdatePolicy.jobExecutionTimeoutMinutes, AWS Batch API Reference: at most. AWS's own default of 30 kills longer jobs.
DRAIN_MINUTES = 7200
# Members of CreateComputeEnvironment that UpdateComputeEnvironment does not have, or does not change.
_FIXED = {"spotIamFleetRole": "its Spot fleet role", "serviceRole": "its service role"}


@dataclass(frozen=True)
class Options:
    """`drain_minutes` is how long running jobs may go on; `terminate_jobs` ends them at once.

    `end_queued` ends the jobs of queues that are no longer in the definition, as `terminate_jobs` does too.
    """

    drain_minutes: int = DRAIN_MINUTES
    terminate_jobs: bool = False
    end_queued: bool = False


def options(drain_minutes: int, *, terminate_jobs: bool) -> Options:
    """Options as a person gives them; raises UserError for minutes that make no sense."""
    if drain_minutes < 1:
        raise UserError(f"--drain-timeout {drain_minutes} is no choice", "it is a number of minutes, 1 at least")
    return Options(drain_minutes, terminate_jobs)


@dataclass(frozen=True)
class Decision:
    """Which way, and why in words."""

    way: Literal["in place", "blue/green"]
    why: str


def decide(
    desired: Desired,
    existing: Existing,
    changes: Sequence[Difference],
    options: Options = Options(),
    placed: Sequence[Job] = (),
    now: float = 0.0,
) -> Decision:
    """The way for changes beyond the scaling fields (pure); `placed` are the jobs on machines, `now` in seconds.

    Source: "Updating a compute environment in AWS Batch", AWS Batch User Guide: an infrastructure update needs the
    service-linked role and an allocation strategy other than BEST_FIT, before and after; it ends the jobs that run for
    longer than jobExecutionTimeoutMinutes, 7200 at most.
    """
    fields = {change.field for change in changes}
    if existing.fields["serviceRole"] != "service-linked":
        return Decision("blue/green", "its service role is not the service-linked one: it cannot be updated in place")
    for strategy in (existing.fields["allocationStrategy"], desired.fields["allocationStrategy"]):
        if strategy == "BEST_FIT":
            return Decision("blue/green", "the strategy BEST_FIT cannot be updated in place")
    for field, what in _FIXED.items():
        if field in fields:
            return Decision("blue/green", f"{what} cannot be changed in place")
    if not options.terminate_jobs and (why := _too_long(existing, options, placed, now)):
        return Decision("blue/green", why)
    return Decision("in place", f"service-linked role, {desired.fields['allocationStrategy']}")


def _too_long(existing: Existing, options: Options, placed: Sequence[Job], now: float) -> str:
    """Why an update in place would end jobs; "" where it would not."""
    if options.drain_minutes > DRAIN_MINUTES:
        return f"an update in place ends jobs after {DRAIN_MINUTES} minutes, which is less than --drain-timeout"
    long = jobs.outlasting(jobs.on(placed, [existing.extra.get("cluster", "")]), options.drain_minutes, now)
    if not long:
        return ""
    return f"{words.count(len(long), 'job')} may run for longer than {options.drain_minutes} minutes: {long[0]}"


def in_place(
    cloud: Cloud, desired: Desired, existing: Existing, changes: Sequence[Difference], options: Options
) -> str:
    """An infrastructure update; its ARN. The AMI is remembered once the compute environment is VALID with it.

    Raises UserError when it turns INVALID; by then it is as it was.
    """
    name, environment = existing.extra["name"], desired.extra["environment"]
    settle.environment_at_rest(cloud, name)
    policy = {
        "terminateJobsOnUpdate": options.terminate_jobs,
        "jobExecutionTimeoutMinutes": options.drain_minutes if not options.terminate_jobs else DRAIN_MINUTES,
    }
    fields = {change.field for change in changes}
    cloud.client("batch").update_compute_environment(
        **compute_request.infrastructure(name, desired.fields, fields, policy)
    )
    try:
        settle.environments_valid(cloud, [name])
    except UserError as error:
        if settle.environment_at_rest(cloud, name) and existing.extra["status"] == "VALID":
            before = compute_request.infrastructure(name, existing.fields, fields, policy)
            cloud.client("batch").update_compute_environment(**before)
            settle.environments_valid(cloud, [name])
            error.left = f"{name} as it was, on {existing.fields['imageIdOverride']}"
        raise
    memory = ownership.memory(existing.tags, environment).moved_to(desired.fields["imageIdOverride"])
    tags = {ownership.key(environment): memory.as_tag()}
    cloud.client("batch").tag_resource(resourceArn=existing.id, tags=tags)
    return existing.id


def retire(cloud: Cloud, environment: str, old: Existing, queues: Sequence[str], options: Options, line: Line) -> None:
    """Wait for the jobs that still run on a compute environment that is in no queue any more, then delete it.

    `queues` are those that it served. `line` says what is waited for. Raises UserError when jobs outlast
    --drain-timeout; they run on.
    """
    try:
        _drain(cloud, old, queues, options, line)
        line.note = "drained, deleted"
        removal.environment(cloud, environment, old.extra["name"])
    except Interrupted as error:
        error.left = resumable(environment)
        raise


def _drain(cloud: Cloud, old: Existing, queues: Sequence[str], options: Options, line: Line) -> None:
    """Returns when none of its jobs is on a machine."""
    name, said = old.extra["name"], -1

    def probe() -> bool | None:
        nonlocal said
        running = jobs.on(jobs.placed(cloud, queues), [old.extra["cluster"]])
        if not running:
            return True
        if options.terminate_jobs:
            jobs.terminate(cloud, running, "Terminated by invoke register-env --terminate-jobs")
        if len(running) != said:
            said = len(running)
            line.say(f"{name} waits for {words.count(said, 'job')}, {running[0]} first. Ctrl-C is safe.")
        return None

    wait.until(
        probe,
        what=f"the end of the jobs in {name}",
        timeout=options.drain_minutes * 60.0,
        every=5.0,
        longest=60.0,
        hint="They run on, and it takes no new ones. Do the same again to wait on, or add --terminate-jobs.",
    )
