"""SubmitJob: what is refused at once, what fails later, and the job, or the array of jobs, that is made.

Source: https://docs.aws.amazon.com/batch/latest/APIReference/API_SubmitJob.html; the refusal of a name as people met it
(fluidattacks/makes#697). Overrides that are too long, and too
many tags to propagate, are taken: the job fails when Batch comes to look at it.
"""

import json
from functools import partial
from itertools import count
from uuid import uuid4

from sandbox.batch.job_definitions import calls as job_definitions
from sandbox.batch.job_definitions import rules
from sandbox.batch.jobs import arrays, contents, dependencies, ends, moves
from sandbox.batch.model import names, tag_rules
from sandbox.batch.model.errors import TooManyRequests, executing, refused
from sandbox.batch.model.job import Fields, Job
from sandbox.batch.model.records import Definition, Queue, Records
from sandbox.world.world import current

_OTHER_KINDS = ("nodeOverrides", "eksPropertiesOverride", "consumableResourcePropertiesOverride")  # fmt: skip
_OF_FAIR_SHARE = ("shareIdentifier", "schedulingPriorityOverride")
_LARGEST = 30  # KiB of a request
_LONGEST_OVERRIDES = 8192
OVERRIDES_TOO_LONG = f"Container Overrides length must be at most {_LONGEST_OVERRIDES}"
TOO_MANY_TAGS = f"The combined tags of the job and its job definition must be at most {tag_rules.AT_MOST}"
_numbers = count()


def submit(records: Records, request: Fields) -> Fields:
    _check_rate(records)
    _check_request(request)
    queue = _find_queue(records, request)
    definition = job_definitions.find_active(records, request["jobDefinition"])
    size = arrays.read_size(request)
    rules.check_running(request)
    tag_rules.check(request.get("tags") or {})
    asked = request.get("dependsOn") or []
    dependencies.check(records, asked, size)
    job = _make(records, request, queue, definition, size)
    children = arrays.make_children(job)
    dependencies.connect(records, job, children, asked)
    for made in (job, *children):
        moves.add(records, made)
    current().later(current().delays.batch_job, partial(ends.leave_submitted, records, job))
    return {"jobArn": job.arn, "jobName": job.name, "jobId": job.id}


def _check_rate(records: Records) -> None:
    """Refuse more submissions a second than the world takes; a refused one is not counted."""
    most, now = current().submissions_per_second, current().clock.now()
    while records.submitted and records.submitted[0] <= now - 1:
        records.submitted.popleft()
    if most and len(records.submitted) >= most:
        raise TooManyRequests
    if most:
        records.submitted.append(now)


def _check_request(request: Fields) -> None:
    if not names.is_name(request["jobName"]):
        raise executing("Job name should match valid pattern")
    for name in _OTHER_KINDS:
        if request.get(name):
            raise NotImplementedError(f"jobs with {name}")
    size = len(json.dumps(request, separators=(",", ":"), ensure_ascii=False).encode())
    if size > _LARGEST * 1024:
        raise executing(f"Job size must be less than {_LARGEST} KiB, got {size // 1024} KiB")


def _find_queue(records: Records, request: Fields) -> Queue:
    queue = names.find_queue(records, request["jobQueue"])
    if queue.state != "ENABLED" or queue.status in ("CREATING", "DELETING", "INVALID"):
        raise refused(f"Job Queue {queue.arn} cannot accept jobs: it is {queue.state}, {queue.status}")
    for name in _OF_FAIR_SHARE:
        if request.get(name) is not None:
            raise executing(f"{name} can not be specified: job queue {queue.name} has no fair-share scheduling policy.")
    return queue


def _make(records: Records, request: Fields, queue: Queue, definition: Definition, size: int) -> Job:
    job_id, now = str(uuid4()), current().clock.now()
    fields = contents.read(definition, request)
    return Job(
        id=job_id,
        name=request["jobName"],
        arn=records.arn("job", job_id),
        queue=queue.arn,
        definition=definition.arn,
        fields=fields,
        created=int(now * 1000),
        since=now,
        turn=(next(_numbers), 0),
        size=size,
        doomed=_find_doom(request, definition, fields),
        tags=dict(request.get("tags") or {}),
    )


def _find_doom(request: Fields, definition: Definition, fields: Fields) -> str:
    """Find why a job that is taken will fail all the same; "" for most."""
    given = request.get("containerOverrides") or request.get("ecsPropertiesOverride") or {}
    overrides = json.dumps(given, separators=(",", ":"), ensure_ascii=False)
    if len(overrides) > _LONGEST_OVERRIDES:
        return OVERRIDES_TOO_LONG
    combined = {**definition.tags, **(request.get("tags") or {})}
    return TOO_MANY_TAGS if fields.get("propagateTags") and len(combined) > tag_rules.AT_MOST else ""
