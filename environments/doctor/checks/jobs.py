"""Jobs that are stuck in RUNNABLE, and why.

Source: https://docs.aws.amazon.com/batch/latest/userguide/job_stuck_in_runnable.html
"""

from collections.abc import Iterator
from dataclasses import replace

from environments.doctor.checks.finding import Finding, error
from environments.doctor.checks.fitting import check_size, title
from environments.doctor.facts.compute_environments import Described, images_of, is_spot, name_of, resources
from environments.doctor.facts.jobs import QueuedJob
from environments.doctor.facts.picture import Picture
from environments.kinds.batch import reasons
from kiln import typed, words


def check_stuck_jobs(picture: Picture) -> Iterator[Finding]:
    """Report all jobs that wait for the same cause in one finding. Jobs that only stand behind another are left out."""
    by_cause: dict[tuple[str, str], list[Finding]] = {}
    for job in picture.jobs:
        if finding := check_job(job, picture):
            by_cause.setdefault((finding.why, finding.fix), []).append(finding)
    for first, *others in by_cause.values():
        more = f" (and {words.count(len(others), 'other job')} for the same reason)" if others else ""
        yield replace(first, what=first.what + more)


def check_job(job: QueuedJob, picture: Picture) -> Finding | None:
    """Find out why the job does not start; None where it has but to wait for its turn."""
    return (
        check_size(job, picture)
        or _check_queue(job, picture)
        or _explain_reason(job, picture)
        or _check_machines(job, picture)
    )


def _check_queue(job: QueuedJob, picture: Picture) -> Finding | None:
    """Whether its queue is on, and has a compute environment that can be used."""
    queue = picture.scope.queue(job.queue)
    environments = picture.scope.members(job.queue)
    name = queue.get("jobQueueName", "")
    if queue.get("state") == "DISABLED":
        return error(
            f"{title(job)} cannot start: its queue {name} is DISABLED",
            "a DISABLED queue places no jobs",
            f"aws batch update-job-queue --job-queue {name} --state ENABLED",
            job.id,
        )
    if environments and not any(map(_is_usable, environments)):
        states = ", ".join(f"{name_of(environment)} {_state(environment)}" for environment in environments)
        return error(
            f"{title(job)} cannot start: no compute environment of its queue can be used: {states}",
            "AWS Batch starts machines in compute environments that are VALID and ENABLED",
            "repair these compute environments: see the findings about them",
            job.id,
        )
    return None


def _is_usable(environment: Described) -> bool:
    return (environment.get("state"), environment.get("status")) == ("ENABLED", "VALID")


def _state(environment: Described) -> str:
    state, status = environment.get("state"), environment.get("status")
    return "is INVALID" if status == "INVALID" else f"is {state}, {status}"


def _explain_reason(job: QueuedJob, picture: Picture) -> Finding | None:
    """What the job's own statusReason means."""
    reason = reasons.explain_job(job.reason)
    if reason is None:
        return None
    if job.reason.startswith("UNDETERMINED") and (gone := _find_gone_images(job, picture)):
        users = ", ".join(gone)
        why = f"AWS Batch says: {job.reason}; no machine starts in {users} without its AMI"
        fix = f"{picture.scope.register_command} --ami latest (or --ami previous)"
        amis = ", ".join(sorted(set(gone.values())))
        return error(f"{title(job)} cannot start: {amis} is deregistered, or not shared any more", why, fix, job.id)
    queue = picture.scope.queue(job.queue).get("jobQueueName", "its queue")
    why = f"for {words.format_seconds(job.waited)} at the front of {queue}; AWS Batch says: {job.reason}"
    return error(f"{title(job)} cannot start: {reason.why}", why, picture.scope.name_environment(reason.hint), job.id)


def _find_gone_images(job: QueuedJob, picture: Picture) -> dict[str, str]:
    """Find the compute environments of its queue whose AMI is gone, with it; {} where AMIs could not be looked at."""
    if {"images", "templates"} & picture.unseen.keys():
        return {}
    return {
        name_of(environment): ami
        for environment in picture.scope.members(job.queue)
        for ami in images_of(environment, picture.templates)
        if (picture.images.get(ami) or {}).get("State") != "available"
    }


def _check_machines(job: QueuedJob, picture: Picture) -> Finding | None:
    """The first job of its queue, although there is room: the machines do not start, or do not join their cluster."""
    environments = picture.scope.members(job.queue)
    if job.place or _are_full(environments, job):
        return None
    joined = {machine.cluster for machine in picture.agents.machines if machine.connected}
    lost = [
        name_of(environment)
        for environment in environments
        if int(resources(environment).get("desiredvCpus") or 0) and environment.get("ecsClusterArn") not in joined
    ]
    if lost and "agents" not in picture.unseen:
        why = f"AWS Batch wants machines in {', '.join(lost)}, and none has joined its ECS cluster"
        fix = (
            "see the other findings, first those about routes; read the system log of a machine in EC2's console "
            "(Monitor and troubleshoot)"
        )
    else:
        why = "AWS Batch gives no reason, and its compute environments are not full"
        fix = f"see the other findings; see whether machines start: {_show(picture)}."
        if all(map(is_spot, environments)):
            fix += " EC2 may have no Spot capacity: add an On-Demand compute environment to the queue, behind it."
    waited = words.format_seconds(job.waited)
    return error(f"{title(job)} is the first of its queue, and has not started for {waited}", why, fix, job.id)


def _show(picture: Picture) -> str:
    name = picture.scope.name
    return typed.command(f"show-env --env {name}" if name else "list-envs")


def _are_full(environments: list[Described], job: QueuedJob) -> bool:
    """Whether none of the compute environments may have as many vCPUs more as the job asks for: jobs wait for jobs."""
    return bool(environments) and all(
        int(resources(environment).get("desiredvCpus") or 0) + job.vcpus
        > int(resources(environment).get("maxvCpus") or 0)
        for environment in environments
    )
