"""Jobs: submitted, told, listed, cancelled, terminated.

Sources: https://docs.aws.amazon.com/batch/latest/APIReference/API_SubmitJob.html, …/API_DescribeJobs.html,
…/API_ListJobs.html, …/API_CancelJob.html ("Jobs that are in a SUBMITTED, PENDING, or RUNNABLE state are cancelled and
the job status is updated to FAILED"), …/API_TerminateJob.html
"""

from typing import Any
from uuid import uuid4

from sandbox.batch.job_definitions import calls as job_definitions
from sandbox.batch.job_definitions import rules
from sandbox.batch.jobs import states, views
from sandbox.batch.model import names, tag_rules
from sandbox.batch.model.errors import executing, refused
from sandbox.batch.model.records import Definition, Fields, Job, Records
from sandbox.world.world import current

_AT_ONCE = 100
_DEPENDENCIES = 20
_OTHER_KINDS = ("arrayProperties", "nodeOverrides", "eksPropertiesOverride", "ecsPropertiesOverride",
                "consumableResourcePropertiesOverride")  # fmt: skip


def submit(records: Records, request: Fields) -> Fields:
    names.check("jobName", request["jobName"])
    for name in _OTHER_KINDS:
        if request.get(name):
            raise NotImplementedError(f"jobs with {name}")
    queue = names.find_queue(records, request["jobQueue"])
    if queue.state != "ENABLED" or queue.status in ("CREATING", "DELETING"):
        raise refused(f"Job Queue {queue.arn} cannot accept jobs: it is {queue.state}, {queue.status}")
    definition = job_definitions.find_active(records, request["jobDefinition"])
    rules.check_running(request)
    tag_rules.check(request.get("tags") or {})
    _check_dependencies(records, request.get("dependsOn") or [])
    job_id, now = str(uuid4()), current().clock.now()
    tags = {**(definition.tags if _propagates(definition, request) else {}), **(request.get("tags") or {})}
    job = Job(
        id=job_id,
        name=request["jobName"],
        arn=records.arn("job", job_id),
        queue=queue.arn,
        definition=definition.arn,
        fields=_read_fields(definition, request),
        created=int(now * 1000),
        since=now,
        tags=tags,
    )
    records.jobs[job_id] = job
    return {"jobArn": job.arn, "jobName": job.name, "jobId": job_id}


def _propagates(definition: Definition, request: Fields) -> bool:
    return bool(request.get("propagateTags", definition.fields.get("propagateTags", False)))


def _check_dependencies(records: Records, wanted: list[Fields]) -> None:
    if len(wanted) > _DEPENDENCIES:
        raise executing(f"A job can depend on at most {_DEPENDENCIES} jobs.")
    for dependency in wanted:
        if dependency.get("jobId") not in records.jobs:
            raise executing(f"dependsOn: job {dependency.get('jobId')} does not exist.")


def _read_fields(definition: Definition, request: Fields) -> Fields:
    """Read what the job runs with: its definition, and what the submission overrides."""
    kept = definition.fields
    given: dict[str, Any] = {
        key: request[key] for key in ("retryStrategy", "timeout", "propagateTags") if key in request
    }
    return {
        **{key: kept[key] for key in ("retryStrategy", "timeout", "propagateTags") if key in kept},
        **given,
        "parameters": {**kept["parameters"], **(request.get("parameters") or {})},
        "dependsOn": request.get("dependsOn") or [],
        "platformCapabilities": kept["platformCapabilities"],
        "container": _read_container(kept["containerProperties"], request.get("containerOverrides") or {}),
    }


def _read_container(defined: Fields, overrides: Fields) -> Fields:
    asked = {**rules.read_requirements(defined), **rules.read_requirements(overrides)}
    rules.check_amounts(asked)
    plain = {key: value for key, value in defined.items() if key not in ("vcpus", "memory")}
    for name in ("command", "instanceType"):
        if overrides.get(name):
            plain[name] = overrides[name]
    environment = {
        variable["name"]: variable for variable in [*defined["environment"], *(overrides.get("environment") or [])]
    }
    plain["environment"] = list(environment.values())
    plain["resourceRequirements"] = [{"type": name, "value": str(number)} for name, number in asked.items()]
    return plain


def describe(records: Records, request: Fields) -> Fields:
    wanted = request["jobs"]
    if not 1 <= len(wanted) <= _AT_ONCE:
        raise executing(f"jobs must be between 1 and {_AT_ONCE} in number.")
    found = [records.jobs.get(job_id) for job_id in wanted]
    return {"jobs": [views.render_detail(records, job) for job in found if job]}


def list_jobs(records: Records, request: Fields) -> Fields:
    """List the jobs of a queue: of a status (RUNNING unless asked), or those that the filters take, newest first."""
    if request.get("arrayJobId") or request.get("multiNodeJobId"):
        raise NotImplementedError("array jobs and multi-node jobs")
    if not request.get("jobQueue"):
        raise executing("One of jobQueue, arrayJobId or multiNodeJobId must be specified.")
    queue = names.find_queue(records, request["jobQueue"])
    mine = [job for job in records.jobs.values() if job.queue == queue.arn]
    filters = request.get("filters") or []
    if filters:
        found = views.filter_jobs(mine, filters)
    else:
        status = request.get("jobStatus", "RUNNING")
        found = [job for job in mine if job.status == status]
    found.sort(key=lambda job: -job.created)
    return {"jobSummaryList": [views.render_summary(job) for job in found]}


def cancel(records: Records, request: Fields) -> Fields:
    job = _find(records, request["jobId"])
    if job.status in states.WAITING:
        job.cancelled = True
        states.fail(job, request["reason"])
    return {}


def terminate(records: Records, request: Fields) -> Fields:
    job = _find(records, request["jobId"])
    if job.status in states.OVER:
        return {}
    job.terminated = True
    if job.status in states.PLACED:
        states.end(job, request["reason"])
    else:
        states.fail(job, request["reason"])
    return {}


def _find(records: Records, job_id: Any) -> Job:
    found = records.jobs.get(str(job_id))
    if found is None:
        raise refused(f"Job {job_id} does not exist")
    return found
