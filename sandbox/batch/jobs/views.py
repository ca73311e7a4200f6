"""A job as DescribeJobs and ListJobs tell it.

Source: https://docs.aws.amazon.com/batch/latest/APIReference/API_JobDetail.html, …/API_JobSummary.html,
…/API_AttemptContainerDetail.html ("a task ARN when they reach the STARTING status … a log stream name when they reach
the RUNNING status"). What a job has not reached is absent, startedAt too (getmoto/moto#2202, tried on AWS).
"""

from typing import Any

from sandbox.batch.job_definitions import ecs_properties
from sandbox.batch.jobs import arrays, contents
from sandbox.batch.model.job import Attempt, Fields, Job
from sandbox.batch.model.records import Records

_OF_TASK = ("containerInstanceArn", "taskArn")


def render_detail(records: Records, job: Job) -> Fields:
    return {
        "jobArn": job.arn,
        "jobName": job.name,
        "jobId": job.id,
        "jobQueue": job.queue,
        "status": job.status,
        "statusReason": job.reason or None,
        "attempts": [_render_attempt(job, ended) for ended in job.ended],
        "createdAt": job.created,
        "startedAt": job.started,
        "stoppedAt": job.stopped,
        "jobDefinition": job.definition,
        "retryStrategy": job.fields.get("retryStrategy"),
        "timeout": job.fields.get("timeout"),
        "dependsOn": job.fields["dependsOn"],
        "parameters": job.fields["parameters"],
        **_render_container(job),
        "arrayProperties": _render_array(records, job),
        "tags": job.tags,
        "propagateTags": job.fields.get("propagateTags", False),
        "platformCapabilities": job.fields["platformCapabilities"],
        "eksAttempts": [],
        "isCancelled": job.cancelled,
        "isTerminated": job.terminated,
    }


def _render_container(job: Job) -> Fields:
    """What it runs: of ecsProperties the object `container` is empty (API_JobDetail.html)."""
    container = job.fields["container"]
    told: Fields = {"networkInterfaces": []}
    told |= _render_place(job.attempt) if job.attempt else {}
    if "ecsProperties" not in job.fields:
        return {"container": {**contents.describe_container(job.fields), **told}}
    place, own = _divide(told)
    return {"container": {}, "ecsProperties": {"taskProperties": [ecs_properties.render_task(container, own, place)]}}


def _divide(told: Fields) -> tuple[Fields, Fields]:
    """Divide what is told of an attempt into that of the task and that of its container."""
    place = {name: told[name] for name in _OF_TASK if name in told}
    return place, {name: value for name, value in told.items() if name not in _OF_TASK}


def _render_attempt(job: Job, attempt: Attempt) -> Fields:
    times = {"startedAt": attempt.started, "stoppedAt": attempt.stopped, "statusReason": attempt.reason}
    told = {**_render_place(attempt), "networkInterfaces": []}
    given = {name: value for name, value in times.items() if value is not None}
    if "ecsProperties" not in job.fields:
        return {"container": told, **given}
    place, own = _divide(told)
    named = {"name": job.fields["container"]["name"], **own}
    return {"container": {}, "taskProperties": [{**place, "containers": [named]}], **given}


def _render_place(attempt: Attempt) -> Fields:
    """Where an attempt runs, or ran, and how its container ended."""
    told: dict[str, Any] = {
        "containerInstanceArn": attempt.instance or None,
        "taskArn": attempt.task or None,
        "logStreamName": attempt.log_stream or None,
        "exitCode": attempt.exit_code,
        "reason": attempt.container_reason or None,
    }
    return {name: value for name, value in told.items() if value is not None}


def _render_array(records: Records, job: Job) -> Fields | None:
    if job.size:
        changed = job.created if job.summed_up is None else job.summed_up
        return {
            "size": job.size,
            "statusSummary": arrays.summarize(records, job),
            "statusSummaryLastUpdatedAt": changed,
        }
    return {"index": job.index} if job.parent else None


def render_summary(records: Records, job: Job) -> Fields:
    attempt = job.attempt
    container = {"exitCode": attempt.exit_code, "reason": attempt.container_reason or None} if attempt else {}
    container = {name: value for name, value in container.items() if value is not None}
    asked = {each["type"]: each["value"] for each in job.fields["container"]["resourceRequirements"]}
    return {
        "jobArn": job.arn,
        "jobId": job.id,
        "jobName": job.name,
        "capacityUsage": [{"capacityUnit": "VCPU", "quantity": float(asked["VCPU"])}],
        "createdAt": job.created,
        "scheduledAt": attempt.scheduled if attempt else None,
        "status": job.status,
        "statusReason": job.reason or None,
        "startedAt": job.started,
        "stoppedAt": job.stopped,
        "container": container or None,
        "arrayProperties": _render_array(records, job),
        "jobDefinition": job.definition,
        "isCancelled": job.cancelled or None,
        "isTerminated": job.terminated or None,
    }
