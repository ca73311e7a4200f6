"""Job queues: made, told, updated, deleted; each change takes effect after a while of the sandbox's clock.

Sources: https://docs.aws.amazon.com/batch/latest/APIReference/API_CreateJobQueue.html, …/API_UpdateJobQueue.html,
…/API_DeleteJobQueue.html ("You must first disable submissions for a queue … All jobs in the queue are eventually
terminated when you delete a job queue").
"""

from sandbox.batch.job_queues import rules
from sandbox.batch.jobs import limits, moves, stopping
from sandbox.batch.model import names, quotas, tag_rules, waking
from sandbox.batch.model.errors import refused
from sandbox.batch.model.records import MOVING, Fields, Queue, Records
from sandbox.world.world import current

HEALTHY = "JobQueue Healthy"
_OTHER_KINDS = ("schedulingPolicyArn", "serviceEnvironmentOrder")


def create(records: Records, request: Fields) -> Fields:
    name = request["jobQueueName"]
    names.check("jobQueueName", name)
    if name in records.queues:
        raise refused("Object already exists")
    _check_kind(request)
    quotas.check_queues(records)
    tag_rules.check(request.get("tags") or {})
    rules.check_priority(request["priority"])
    rules.check_limits(request.get("jobStateTimeLimitActions") or [])
    queue = Queue(
        name=name,
        arn=records.arn("job-queue", name),
        state=request.get("state", "ENABLED"),
        priority=request["priority"],
        order=rules.read_order(records, request.get("computeEnvironmentOrder") or [], []),
        limits=request.get("jobStateTimeLimitActions") or [],
        tags=dict(request.get("tags") or {}),
    )
    records.queues[name] = queue
    current().later(current().delays.batch_queue, lambda: _finish_making(records, queue))
    return _identify(queue)


def update(records: Records, request: Fields) -> Fields:
    queue = names.find_queue(records, request["jobQueue"])
    if queue.status in MOVING:
        raise refused("Cannot update, resource is being modified")
    _check_kind(request)
    rules.check_priority(request.get("priority", queue.priority))
    rules.check_limits(request.get("jobStateTimeLimitActions") or [])
    if "computeEnvironmentOrder" in request:
        before = queue.environments()
        queue.order = rules.read_order(records, request["computeEnvironmentOrder"], before)
        queue.leaving = [arn for arn in before if arn not in queue.environments()]
    queue.state = request.get("state", queue.state)
    queue.priority = request.get("priority", queue.priority)
    queue.limits = request.get("jobStateTimeLimitActions", queue.limits)
    queue.status, queue.reason = "UPDATING", "JobQueue Updating"
    current().later(current().delays.batch_queue, lambda: _finish_making(records, queue))
    return _identify(queue)


def delete(records: Records, request: Fields) -> Fields:
    queue = names.find_queue(records, request["jobQueue"])
    if queue.status in MOVING:
        raise refused("Cannot delete, resource is being modified")
    if queue.state != "DISABLED":
        raise refused("Cannot delete, state must be DISABLED")
    queue.status, queue.reason = "DELETING", "JobQueue Deleting"
    current().later(current().delays.batch_queue, lambda: _finish_deleting(records, queue))
    return {}


def describe(records: Records, request: Fields) -> Fields:
    wanted, prefix = request.get("jobQueues"), records.arn("job-queue", "")
    known_ones = records.queues
    found = [names.find(known_ones, name, prefix) for name in wanted] if wanted else list(known_ones.values())
    return {"jobQueues": [_render(queue) for queue in found if queue]}


def _check_kind(request: Fields) -> None:
    for name in _OTHER_KINDS:
        if request.get(name):
            raise NotImplementedError(f"job queues with {name}")


def _finish_making(records: Records, queue: Queue) -> None:
    queue.status, queue.reason, queue.leaving = "VALID", HEALTHY, []
    limits.watch_all(records, queue)
    waking.wake(records)


def _finish_deleting(records: Records, queue: Queue) -> None:
    for job in moves.list_all(records, queue.arn):
        stopping.end_by_force(records, job, "JobQueue deleted")
    records.queues.pop(queue.name, None)


def _identify(queue: Queue) -> Fields:
    return {"jobQueueName": queue.name, "jobQueueArn": queue.arn}


def _render(queue: Queue) -> Fields:
    return {
        **_identify(queue),
        "state": queue.state,
        "status": queue.status,
        "statusReason": queue.reason,
        "priority": queue.priority,
        "computeEnvironmentOrder": queue.order,
        "serviceEnvironmentOrder": [],
        "jobQueueType": "ECS",
        "tags": queue.tags,
        "jobStateTimeLimitActions": queue.limits,
    }
