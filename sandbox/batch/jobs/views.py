"""A job as DescribeJobs and ListJobs tell it, and the filters of ListJobs.

Source: https://docs.aws.amazon.com/batch/latest/APIReference/API_JobDetail.html, …/API_JobSummary.html,
…/API_ListJobs.html (filters: one at a time; "*" at the end of a name matches what begins so; times are milliseconds)
"""

from sandbox.batch.jobs import states
from sandbox.batch.model.errors import executing
from sandbox.batch.model.records import Fields, Job, Records

_FILTERS = ("JOB_NAME", "JOB_DEFINITION", "BEFORE_CREATED_AT", "AFTER_CREATED_AT")


def render_detail(records: Records, job: Job) -> Fields:
    container = dict(job.fields["container"])
    if place := _find_container_instance(records, job):
        container["containerInstanceArn"] = place
    if job.exit_code is not None:
        container["exitCode"] = job.exit_code
    return {
        "jobArn": job.arn,
        "jobName": job.name,
        "jobId": job.id,
        "jobQueue": job.queue,
        "status": job.status,
        "statusReason": job.reason or None,
        "attempts": job.attempts,
        "createdAt": job.created,
        # Required by the model; AWS tells 0 for a job that has not begun.
        "startedAt": job.started or 0,
        "stoppedAt": job.stopped,
        "jobDefinition": job.definition,
        "retryStrategy": job.fields.get("retryStrategy"),
        "timeout": job.fields.get("timeout"),
        "dependsOn": job.fields["dependsOn"],
        "parameters": job.fields["parameters"],
        "container": container,
        "tags": job.tags,
        "propagateTags": job.fields.get("propagateTags", False),
        "platformCapabilities": job.fields["platformCapabilities"],
        "eksAttempts": [],
        "isCancelled": job.cancelled,
        "isTerminated": job.terminated,
    }


def _find_container_instance(records: Records, job: Job) -> str:
    """Find the container instance that a job runs on; "" for a job that is on no machine.

    The ARN names the cluster of the compute environment:
    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-account-settings.html ("container instance")
    """
    known = records.environments.values()
    environment = next((environment for environment in known if environment.arn == job.environment), None)
    if environment is None or job.status not in states.PLACED:
        return ""
    cluster = environment.cluster.rpartition("/")[2]
    prefix = records.arn("x", "").rpartition(":")[0].replace(":batch:", ":ecs:")
    return f"{prefix}:container-instance/{cluster}/{job.id.replace('-', '')}"


def render_summary(job: Job) -> Fields:
    return {
        "jobArn": job.arn,
        "jobId": job.id,
        "jobName": job.name,
        "createdAt": job.created,
        "status": job.status,
        "statusReason": job.reason or None,
        "startedAt": job.started,
        "stoppedAt": job.stopped,
        "container": {"exitCode": job.exit_code} if job.exit_code is not None else None,
        "jobDefinition": job.definition,
    }


def filter_jobs(jobs: list[Job], filters: list[Fields]) -> list[Job]:
    """List the jobs that the filter takes; more than a single filter, or an unknown one, is refused."""
    if len(filters) != 1 or filters[0].get("name") not in _FILTERS:
        raise executing(f"Exactly one filter is expected, of {', '.join(_FILTERS)}.")
    name, values = filters[0]["name"], filters[0].get("values") or []
    if not values:
        raise executing("The values of a filter can not be empty.")
    if name.endswith("CREATED_AT"):
        return [job for job in jobs if _in_time(job, name, values[0])]
    return [job for job in jobs if any(_is_named(_name_for(job, name), value) for value in values)]


def _in_time(job: Job, name: str, value: str) -> bool:
    if not value.isdecimal():
        raise executing(f"The value '{value}' of {name} is no time in milliseconds.")
    return job.created < int(value) if name.startswith("BEFORE") else job.created > int(value)


def _name_for(job: Job, filter_name: str) -> str:
    return job.name if filter_name == "JOB_NAME" else job.definition.rpartition("/")[2]


def _is_named(name: str, wanted: str) -> bool:
    wanted = wanted.rpartition("/")[2]
    if wanted.endswith("*"):
        return name.lower().startswith(wanted[:-1].lower())
    return wanted.lower() in (name.lower(), name.rpartition(":")[0].lower())
