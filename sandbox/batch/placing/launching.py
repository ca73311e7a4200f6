"""Launches the machines of compute environments, spread over their subnets, and remembers what EC2 does not give.

Each launch is a RunInstances under the environment's service role, so quotas, capacity, faults, rights and the laws of
EC2 hold. Where a subnet's zone has none, the others are asked; where none has, the type is left alone for a while.
Source: https://docs.aws.amazon.com/batch/latest/userguide/job_stuck_in_runnable_capacity.html
"""

import logging
from collections import Counter

from sandbox.batch.model.fleet import Lack, Machine
from sandbox.batch.model.records import Environment, Records
from sandbox.batch.placing import requests
from sandbox.batch.placing.picture import Launch
from sandbox.world.own_calls import OwnCallError
from sandbox.world.world import current

log = logging.getLogger("sandbox")
CAPACITY = "InsufficientInstanceCapacity"
# What another subnet would be refused as well.
_OF_THE_ACCOUNT = ("VcpuLimitExceeded", "MaxSpotInstanceCountExceeded", "UnauthorizedOperation")


def launch(records: Records, environment: Environment, wanted: Launch) -> int:
    """Launch machines of a type; how many there are now."""
    used = Counter(machine.subnet for machine in records.fleet.list_of(environment.arn))
    subnets, codes, left = list(environment.resources["subnets"]), list[str](), wanted.number
    while left and subnets and not set(codes) & set(_OF_THE_ACCOUNT):
        for subnet, share in _spread(left, subnets, used).items():
            made = _launch_in(records, environment, wanted.instance_type, subnet, share, codes)
            used[subnet] += made
            left -= made
            if made < share:
                subnets.remove(subnet)
            if set(codes) & set(_OF_THE_ACCOUNT):
                break
    if left:
        code = CAPACITY if CAPACITY in codes else next(iter(codes), CAPACITY)
        until = current().clock.now() + current().delays.batch_again
        records.fleet.lacks[environment.arn, wanted.instance_type] = Lack(code, until)
    return wanted.number - left


def _spread(number: int, subnets: list[str], used: Counter[str]) -> dict[str, int]:
    """Spread machines over subnets, so that all come to have as many; subnet → how many more."""
    shares: Counter[str] = Counter()
    for _ in range(number):
        shares[min(subnets, key=lambda subnet: used[subnet] + shares[subnet])] += 1
    return dict(shares)


def _launch_in(
    records: Records, environment: Environment, instance_type: str, subnet: str, number: int, codes: list[str]
) -> int:
    """Launch up to `number` machines in a subnet; the code of a refusal is added to `codes`."""
    request = requests.make_request(environment, records.region_name, instance_type, subnet, number)
    try:
        answer = current().own_calls("ec2", records.region_name, "RunInstances", request, environment.service_role)
    except OwnCallError as error:
        log.info("%s has no %s in %s: %s", environment.name, instance_type, subnet, error)
        codes.append(error.code)
        return 0
    now = current().clock.now()
    for instance in answer["Instances"]:
        name = instance["InstanceId"]
        machine = Machine(name, environment.arn, instance_type, subnet, launched=now, idle_since=now)
        records.fleet.machines[name] = machine
    return len(answer["Instances"])
