"""Who asks ECS: a person, or the agent of a machine, which acts for its own container instance and for no other.

A machine is known by the name of its role's session, which EC2 makes of the instance's id.
Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html (ec2:SourceInstanceARN)
"""

from dataclasses import dataclass

from sandbox.ecs.model.errors import AccessDeniedException
from sandbox.ecs.model.records import ContainerInstance, Task
from sandbox.ecs.model.tables import Records


@dataclass(frozen=True)
class Caller:
    """`machine` is an instance's id, "" for everybody else; `endpoint` is the sandbox's URL as the caller sees it."""

    machine: str = ""
    arn: str = ""
    endpoint: str = ""
    client_token: str = ""


def may_act(caller: Caller, machine: str) -> bool:
    """Return whether the caller may act for what runs on that machine."""
    return caller.machine in ("", machine)


def check_instance(caller: Caller, instance: ContainerInstance, action: str) -> None:
    """Refuse a machine that acts for another one's container instance."""
    if not may_act(caller, instance.ec2_instance_id):
        raise AccessDeniedException(
            f"User: {caller.arn} is not authorized to perform: ecs:{action} on resource: {instance.arn}"
        )


def check_task(records: Records, caller: Caller, task: Task, action: str) -> None:
    """Refuse a machine that acts for a task of another one's."""
    check_instance(caller, records.instances[task.instance_arn], action)
