"""A job on its machine: the task that ECS is asked for, and what ECS tells of it.

Source: https://docs.aws.amazon.com/batch/latest/userguide/job_states.html (STARTING: scheduled to a host; RUNNING: as a
container job on a container instance). RUNNING may be missing between STARTING and the end of a short job.
"""

from functools import partial

from sandbox.batch.jobs import attempts, endings
from sandbox.batch.model.job import Attempt, Job
from sandbox.batch.model.records import Environment, Records
from sandbox.batch.model.waking import wake
from sandbox.batch.tasks import asked
from sandbox.ecs import running as ecs
from sandbox.ecs.model.records import ContainerInstance, Task


def begin(records: Records, job: Job, environment: Environment, instance: ContainerInstance) -> None:
    """Let a RUNNABLE job be STARTING on a container instance of that compute environment."""
    listen(records)
    attempt = attempts.begin(records, job, environment.arn, instance.arn)
    request = asked.make(records, job, instance)
    asked.ensure_log_group(records.region_name, request.container["logConfiguration"])
    task = ecs.start_task(records.region_name, instance, request)
    attempt.task, attempt.stop = task.arn, partial(ecs.stop_task, task)
    records.by_task[task.arn] = job
    _hear(records, task)  # what its agent has told before it was known here


def listen(records: Records) -> None:
    """Have ECS tell of every task, and of every container instance, of the region; once."""
    if not records.listens:
        records.listens = True
        ecs.listen(records.region_name, partial(_hear, records), lambda _: wake(records))


def _hear(records: Records, task: Task) -> None:
    job = records.by_task.get(task.arn)
    if job is None or job.attempt is None:
        return
    if task.last_status == "RUNNING" and task.started is not None:
        attempts.run(records, job, int(task.started * 1000), task.container.log_stream)
    elif task.last_status == "STOPPED":
        _end(records, job, job.attempt, task)


def _end(records: Records, job: Job, attempt: Attempt, task: Task) -> None:
    stopped = int(task.stopped * 1000) if task.stopped is not None else None
    if attempt.started is None and task.container.exit_code is not None:
        started = task.started if task.started is not None else task.stopped
        attempt.started = int(started * 1000) if started is not None else None
        attempt.log_stream = task.container.log_stream
    ran = attempt.started is not None
    wish = job.wish if job.terminated else None
    attempts.finish(records, job, endings.read(task, ran=ran, timed_out=attempt.timed_out, wish=wish), stopped)
