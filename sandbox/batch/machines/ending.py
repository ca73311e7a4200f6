"""How Batch ends the machines of a compute environment: by TerminateInstances, under the environment's service role.

What runs on a machine ends with it: ECS tells of its tasks, and the jobs are tried again where they have attempts left.
Source: https://docs.aws.amazon.com/batch/latest/userguide/infrastructure-updates.html
"""

import logging
from collections.abc import Iterable

from sandbox.batch.model.fleet import Machine
from sandbox.batch.model.records import Environment, Records
from sandbox.batch.model.waking import wake
from sandbox.world.own_calls import OwnCallError
from sandbox.world.world import current

log = logging.getLogger("sandbox")
_GONE = "InvalidInstanceID.NotFound"


def end(records: Records, environment: Environment, machines: Iterable[Machine]) -> None:
    """Terminate machines; what EC2 refuses is tried again after a while (a new id may not be known yet)."""
    ids = [machine.id for machine in machines if not machine.is_leaving]
    if not ids:
        return
    for name in ids:
        records.fleet.machines[name].is_leaving = True
    try:
        current().own_calls(
            "ec2", records.region_name, "TerminateInstances", {"InstanceIds": ids}, environment.service_role
        )
    except OwnCallError as error:
        if error.code != _GONE:
            log.warning("%s cannot end its machines: %s", environment.name, error)
        current().later(current().delays.batch_again, lambda: _end_again(records, environment, ids))


def _end_again(records: Records, environment: Environment, ids: list[str]) -> None:
    known = [records.fleet.machines[name] for name in ids if name in records.fleet.machines]
    for machine in known:
        machine.is_leaving = False
    end(records, environment, known)


def replace(records: Records, environment: Environment) -> list[Machine]:
    """Let no new jobs on the machines that an environment has now: they go when they are idle. Returns them."""
    machines = records.fleet.list_of(environment.arn)
    for machine in machines:
        machine.is_replaced = True
    wake(records)
    return machines


def has_machines(records: Records, environment: Environment) -> bool:
    """Return whether there is a machine of the environment left, even one that is on its way out."""
    return any(machine.environment == environment.arn for machine in records.fleet.machines.values())
