"""How a compute environment gets to what is wanted of it: in place, or by another beside it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from cloud.session import Cloud
from environments import compute_request, ownership, settle
from environments.resource import Difference, Found, Wanted
from kiln.errors import UserError

DRAIN_MINUTES = 7200  # UpdatePolicy.jobExecutionTimeoutMinutes at most; AWS's own default of 30 kills longer jobs
# Members of CreateComputeEnvironment that UpdateComputeEnvironment does not have, or does not change.
_FIXED = {"spotIamFleetRole": "its Spot fleet role", "serviceRole": "its service role"}


@dataclass(frozen=True)
class Options:
    """`drain_minutes` is how long running jobs may go on; `terminate_jobs` ends them at once."""

    drain_minutes: int = DRAIN_MINUTES
    terminate_jobs: bool = False


def options(drain_minutes: int, *, terminate_jobs: bool) -> Options:
    """Options as a person gives them; raises UserError for minutes that AWS Batch does not take."""
    if not 1 <= drain_minutes <= DRAIN_MINUTES:
        raise UserError(
            f"--drain-timeout {drain_minutes} is no choice", f"AWS Batch takes 1 to {DRAIN_MINUTES} minutes"
        )
    return Options(drain_minutes, terminate_jobs)


@dataclass(frozen=True)
class Decision:
    """Which way, and why in words."""

    way: Literal["in place", "blue/green"]
    why: str


def decide(wanted: Wanted, found: Found, changes: Sequence[Difference]) -> Decision:
    """The way for changes beyond the scaling fields (pure).

    Source: "Updating a compute environment in AWS Batch", AWS Batch User Guide: an infrastructure update needs the
    service-linked role and an allocation strategy other than BEST_FIT, before and after.
    """
    fields = {change.field for change in changes}
    if found.fields["serviceRole"] != "service-linked":
        return Decision("blue/green", "its service role is not the service-linked one: it cannot be updated in place")
    for strategy in (found.fields["allocationStrategy"], wanted.fields["allocationStrategy"]):
        if strategy == "BEST_FIT":
            return Decision("blue/green", "the strategy BEST_FIT cannot be updated in place")
    for field, what in _FIXED.items():
        if field in fields:
            return Decision("blue/green", f"{what} cannot be changed in place")
    return Decision("in place", f"service-linked role, {wanted.fields['allocationStrategy']}")


def roll_out(cloud: Cloud, wanted: Wanted, found: Found, changes: Sequence[Difference], options: Options) -> str:
    """Bring a compute environment to what is wanted of it; the ARN of the one that is it from now on.

    Raises UserError when it fails; the old one serves on.
    """
    decision = decide(wanted, found, changes)
    if decision.way == "blue/green":
        raise UserError(
            f"the compute environment {wanted.name} cannot be replaced yet",
            decision.why,
            "Destroy the environment and register it again.",
        )
    return in_place(cloud, wanted, found, changes, options)


def in_place(cloud: Cloud, wanted: Wanted, found: Found, changes: Sequence[Difference], options: Options) -> str:
    """An infrastructure update. The AMI is remembered once the compute environment is VALID with it."""
    name, environment = found.extra["name"], wanted.extra["environment"]
    settle.environment_at_rest(cloud, name)
    policy = {
        "terminateJobsOnUpdate": options.terminate_jobs,
        "jobExecutionTimeoutMinutes": options.drain_minutes,
    }
    fields = {change.field for change in changes}
    request = compute_request.infrastructure(name, wanted.fields, fields, policy)
    cloud.client("batch").update_compute_environment(**request)
    settle.environments_valid(cloud, [name])
    memory = ownership.memory(found.tags, environment).moved_to(wanted.fields["imageIdOverride"])
    tags = {ownership.key(environment): memory.as_tag()}
    cloud.client("batch").tag_resource(resourceArn=found.id, tags=tags)
    return found.id
