"""What Batch hears of its machines: EC2's state changes.

A machine that is stopped is of no use to an environment and is terminated, as its Auto Scaling group does on AWS:
https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-health-checks.html ("stopped … unhealthy")
"""

from typing import Any

from sandbox.batch.machines import ending
from sandbox.batch.model import records
from sandbox.batch.model.fleet import Lack, Machine
from sandbox.batch.model.records import Records
from sandbox.batch.model.waking import wake
from sandbox.world.world import current

NEVER_JOINED = "Server.InternalError"


def hear(instance: Any, state: str) -> None:
    """Take a state of an EC2 instance: one of `World.machine_listeners`, called under the world's lock."""
    table = records.of(instance.ec2_backend.region_name)
    machine = table.fleet.machines.get(instance.id)
    if machine is None:
        return
    if state == "terminated":
        del table.fleet.machines[instance.id]
        _learn(table, machine)
    elif state == "shutting-down":
        _learn(table, machine)
        machine.is_leaving = True
    elif state == "stopped":
        environment = next((e for e in table.environments.values() if e.arn == machine.environment), None)
        if environment is not None:
            ending.end(table, environment, [machine])
    wake(table)


def _learn(table: Records, machine: Machine) -> None:
    """Hold back a type whose machine was lost, unasked for, before it had joined: the next one may be lost as well."""
    if machine.joined is None and not machine.is_leaving:
        until = current().clock.now() + current().delays.batch_again
        table.fleet.lacks[machine.environment, machine.instance_type] = Lack(NEVER_JOINED, until)
