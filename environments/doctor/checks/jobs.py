"""Jobs that are stuck in RUNNABLE, each cause told once; and one job explained.

Source: https://docs.aws.amazon.com/batch/latest/userguide/job_stuck_in_runnable.html
"""

from collections.abc import Iterator
from dataclasses import replace

from environments.doctor.checks.fitting import called, too_large
from environments.doctor.picture.described import Described, is_spot, name_of, resources
from environments.doctor.picture.finding import Finding, error
from environments.doctor.picture.picture import Picture, Waiting
from environments.kinds.batch import reasons
from kiln import words


def stuck(picture: Picture) -> Iterator[Finding]:
    """One finding for all jobs that wait for one cause; those that only stand behind another are not told."""
    found: dict[tuple[str, str], list[Finding]] = {}
    for job in picture.jobs:
        if finding := blocked(job, picture):
            found.setdefault((finding.why, finding.fix), []).append(finding)
    for first, *others in found.values():
        more = f" (and {words.count(len(others), 'other job')} for the same reason)" if others else ""
        yield replace(first, what=first.what + more)


def blocked(job: Waiting, picture: Picture) -> Finding | None:
    """Why the job does not start; None where it has but to wait for its turn."""
    return too_large(job, picture) or _queue_off(job, picture) or _by_reason(job, picture) or _no_reason(job, picture)


def _queue_off(job: Waiting, picture: Picture) -> Finding | None:
    queue = _queue(job, picture)
    there = picture.of_queue(job.queue)
    usable = [each for each in there if (each.get("state"), each.get("status")) == ("ENABLED", "VALID")]
    name = queue.get("jobQueueName", "")
    if queue.get("state") == "DISABLED":
        return error(
            _cannot(job, f"its queue {name} is DISABLED"),
            "a queue that is off places no jobs",
            f"aws batch update-job-queue --job-queue {name} --state ENABLED",
            job.id,
        )
    if there and not usable:
        states = ", ".join(f"{name_of(each)} {_trouble(each)}" for each in there)
        return error(
            _cannot(job, f"no compute environment of its queue can be used: {states}"),
            "AWS Batch starts machines in environments that are VALID and ENABLED",
            "mend these environments: see the findings on them",
            job.id,
        )
    return None


def _trouble(each: Described) -> str:
    return "is INVALID" if each.get("status") == "INVALID" else f"is {each.get('state')}, {each.get('status')}"


def _by_reason(job: Waiting, picture: Picture) -> Finding | None:
    reason = reasons.explain_job(job.reason)
    if reason is None:
        return None
    queue = _queue(job, picture).get("jobQueueName", "its queue")
    why = f"for {words.seconds(job.waited)} at the front of {queue}; AWS Batch says: {job.reason}"
    return error(_cannot(job, reason.why), why, reason.hint, job.id)


def _no_reason(job: Waiting, picture: Picture) -> Finding | None:
    """The first of its queue, although there is room: the machines do not come, or do not join."""
    if job.place or _is_full(job, picture):
        return None
    there = picture.of_queue(job.queue)
    joined = {each.cluster for each in picture.machines if each.connected}
    lost = [
        name_of(each)
        for each in there
        if int(resources(each).get("desiredvCpus") or 0) and each.get("ecsClusterArn") not in joined
    ]
    if lost and "agents" not in picture.unseen:
        why = f"AWS Batch wants machines in {', '.join(lost)}, and none has joined its ECS cluster"
        fix = "see the other findings, on routes above all; read a machine's console: aws ec2 get-console-output"
    else:
        why = "AWS Batch gives no reason, and there is room"
        spot = " Spot may have no capacity: put an On-Demand environment behind it." if all(map(is_spot, there)) else ""
        fix = f"see the other findings; see whether machines start: invoke show-env.{spot}"
    waited = words.seconds(job.waited)
    return error(f"{called(job)} is the first of its queue, and has not started for {waited}", why, fix, job.id)


def _is_full(job: Waiting, picture: Picture) -> bool:
    """Whether every environment of its queue has as many vCPUs as it may have: then jobs wait for jobs."""
    there = [resources(each) for each in picture.of_queue(job.queue)]
    return bool(there) and all(
        int(each.get("desiredvCpus") or 0) + job.vcpus > int(each.get("maxvCpus") or 0) for each in there
    )


def _queue(job: Waiting, picture: Picture) -> Described:
    return next((each for each in picture.queues if each["jobQueueArn"] == job.queue), {})


def _cannot(job: Waiting, why: str) -> str:
    return f"{called(job)} cannot start: {why}"
