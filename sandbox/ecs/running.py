"""What Batch has of ECS: container instances, tasks to start and to stop, and what has become of both.

Everything here is called under the world's lock.
"""

from collections.abc import Callable
from uuid import uuid4

from sandbox.ecr import pulls
from sandbox.ecs.instances import views
from sandbox.ecs.model import names, tables
from sandbox.ecs.model.records import ContainerInstance, ContainerState, Fields, Task, TaskAsked
from sandbox.ecs.model.tables import Records
from sandbox.ecs.payloads import credentials
from sandbox.ecs.payloads.container import scale_cpu
from sandbox.ecs.payloads.logs import name_stream
from sandbox.ecs.tasks import stopping
from sandbox.world.world import current


def list_instances(region: str, cluster_arn: str) -> list[ContainerInstance]:
    """List the container instances of a cluster, of every status."""
    return [i for i in tables.of(region).instances.values() if i.cluster_arn == cluster_arn]


def count_remaining(instance: ContainerInstance) -> dict[str, int]:
    """Return what no task of a container instance has taken, by what it registered: CPU, MEMORY (MiB), GPU."""
    return views.count_remaining(instance)


def count_job_memory(ec2_instance_id: str) -> int:
    """Return the MiB that the tasks on a machine may take together, by their hard limits (`World.job_memory`)."""
    return sum(
        task.memory
        for records in tables.everywhere()
        for instance in list(records.instances.values())
        if instance.ec2_instance_id == ec2_instance_id
        for task in list(instance.live.values())
    )


def fits(instance: ContainerInstance, asked: TaskAsked) -> bool:
    """Return whether a container instance has room for a task. AWS's agent starts nothing more behind one that is too
    large for what is left.
    """
    left = views.count_remaining(instance)
    memory = int(asked.container.get("memory") or asked.container.get("memoryReservation") or 0)
    cpu = scale_cpu(asked, instance.registered.get("CPU", 0))
    return cpu <= left["CPU"] and memory <= left["MEMORY"] and _count_gpus(asked.container) <= left["GPU"]


def start_task(region: str, instance: ContainerInstance, asked: TaskAsked) -> Task:
    """Start a task: its agent is sent the payload now, or as soon as it connects. The task is PENDING.

    Where ECS may not assume a role of the task, the task is STOPPED soon after.
    """
    records = tables.of(region)
    cluster = instance.cluster_arn.rpartition("/")[2]
    arn = records.arn("task", f"{cluster}/{names.make_id()}")
    image, authentication = pulls.resolve(region, asked.container["image"])
    task = Task(
        arn=arn,
        cluster_arn=instance.cluster_arn,
        instance_arn=instance.arn,
        asked=asked,
        created=current().clock.now(),
        image=image,
        registry_authentication=authentication,
        cpu=scale_cpu(asked, instance.registered.get("CPU", 0)),
        gpus=_take_gpus(instance, asked.container),
        container_arn=records.arn("container", f"{cluster}/{arn.rpartition('/')[2]}/{uuid4()}"),
        container=ContainerState(),
    )
    task.container.log_stream = name_stream(asked.container, task.id)
    records.tasks[arn] = instance.live[arn] = task
    _define(records, asked)
    wrong = credentials.make_all(task)
    if wrong:
        current().later(0, lambda: stopping.finish(records, task, wrong, "TaskFailedToStart"))
        return task
    for kind in task.credentials:
        _renew_in_time(records, task, kind)
    if instance.session:
        instance.session.push(task)
    return task


def stop_task(task: Task, reason: str) -> None:
    """Ask a task's agent to stop it; the task is STOPPED once the agent says so."""
    stopping.ask(tables.of(task.arn.split(":")[3]), task, reason, "UserInitiated")


def listen(region: str, on_task: Callable[[Task], None], on_instance: Callable[[ContainerInstance], None]) -> None:
    """Have both called, under the lock, after each change; the same function once. The account's emptying ends it."""
    records = tables.of(region)
    if on_task not in records.hear_task:
        records.hear_task.append(on_task)
    if on_instance not in records.hear_instance:
        records.hear_instance.append(on_instance)


def _take_gpus(instance: ContainerInstance, container: Fields) -> list[str]:
    """Take as many of the GPUs that are free as the container asks for."""
    taken = {gpu for task in instance.live.values() for gpu in task.gpus}
    return [gpu for gpu in instance.gpus if gpu not in taken][: _count_gpus(container)]


def _count_gpus(container: Fields) -> int:
    return sum(int(r["value"]) for r in container.get("resourceRequirements") or [] if r["type"] == "GPU")


def _define(records: Records, asked: TaskAsked) -> None:
    """Remember the task definition, which is shown to whoever asks."""
    arn = records.arn("task-definition", f"{asked.family}:{asked.revision}")
    records.definitions.setdefault(
        arn,
        {
            "taskDefinitionArn": arn,
            "family": asked.family,
            "revision": asked.revision,
            "status": "ACTIVE",
            "containerDefinitions": [asked.container],
            "volumes": asked.volumes,
            "taskRoleArn": asked.role_arn or None,
            "executionRoleArn": asked.execution_role_arn or None,
            "compatibilities": ["EXTERNAL", "EC2"],
            "requiresCompatibilities": ["EC2"],
        },
    )


def _renew_in_time(records: Records, task: Task, kind: str) -> None:
    """Renew a role's credentials before they expire, for as long as the task lives."""

    def renew() -> None:
        if task.last_status != "STOPPED":
            credentials.renew(task, kind)
            session = records.instances[task.instance_arn].session
            if session:
                session.send_credentials(task)
            _renew_in_time(records, task, kind)

    current().later(credentials.VALID - credentials.RENEWED_BEFORE, renew)
