"""How a container instance is lost: deregistered, or its machine terminated; and what becomes of its tasks.

Sources: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-instances.html ("If you terminate a running
container instance … Amazon ECS automatically deregisters the instance from your cluster"; a stopped one stays ACTIVE),
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html
"""

from typing import Any

from sandbox.ecs.model import tables
from sandbox.ecs.model.records import ContainerInstance
from sandbox.ecs.model.tables import Records
from sandbox.ecs.tasks import stopping

FORCED = "Container instance deregistration forced by user"


def deregister(records: Records, instance: ContainerInstance, reason: str) -> None:
    """Let a container instance be INACTIVE, its tasks STOPPED, and its agent without a session."""
    if instance.status == "INACTIVE":
        return
    instance.status = "INACTIVE"
    if instance.session:
        instance.session.end()
    for task in list(instance.live.values()):
        stopping.finish(records, task, reason, "TerminationNotice")
    records.tell_instance(instance)


def hear_of_machine(machine: Any, state: str) -> None:
    """Deregister what a machine was registered as, as soon as it is being terminated: how its containers end when it
    is switched off is no news of theirs.
    """
    if state not in ("shutting-down", "terminated"):
        return
    for records in tables.everywhere():
        for instance in [i for i in records.instances.values() if i.ec2_instance_id == machine.id]:
            deregister(records, instance, f"Host EC2 (instance {machine.id}) terminated.")
