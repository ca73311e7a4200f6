"""How a task comes to its end.

Sources: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-lifecycle.html,
https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Task.html (stopCode, stoppedReason; "recently stopped
tasks might appear in the returned results … for at least one hour", API_DescribeTasks.html)
"""

from sandbox.ecs.model.records import Task
from sandbox.ecs.model.tables import Records
from sandbox.world.world import current

_SHOWN_FOR = 3600.0  # seconds after its end


def finish(records: Records, task: Task, reason: str, code: str) -> None:
    """Let a task be STOPPED, for that reason unless it was asked to stop for another."""
    if task.last_status == "STOPPED":
        return
    task.last_status = task.desired_status = task.container.last_status = "STOPPED"
    if not task.reason:
        task.reason, task.stop_code = reason, code
    task.stopped = current().clock.now()
    records.instances[task.instance_arn].live.pop(task.arn, None)
    current().later(_SHOWN_FOR, lambda: _forget(records, task))
    records.tell_task(task)


def _forget(records: Records, task: Task) -> None:
    records.tasks.pop(task.arn, None)


def ask(records: Records, task: Task, reason: str, code: str) -> None:
    """Ask the agent to stop a task; what a container does until it has ended is seen by its agent alone."""
    if task.desired_status == "STOPPED":
        return
    task.desired_status, task.reason, task.stop_code = "STOPPED", reason, code
    task.stopping = current().clock.now()
    instance = records.instances[task.instance_arn]
    if instance.session:
        instance.session.push(task)
    records.tell_task(task)
