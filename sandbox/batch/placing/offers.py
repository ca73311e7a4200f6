"""Which instance types an environment may launch, and what jobs can have on a machine of each.

What a machine of the environment has registered as memory is believed before the estimate.
"""

from functools import cache

from sandbox.batch.model import account, instance_types
from sandbox.batch.model.records import Environment, Records
from sandbox.batch.placing import prices
from sandbox.batch.placing.picture import MachineType, Size
from sandbox.ec2.model.instance_types import gpus, vcpus
from sandbox.ec2.model.registered_memory import find_registered_mib


def list_types(records: Records, environment: Environment) -> tuple[MachineType, ...]:
    """List the types that an environment may launch: those that are offered in a zone of its subnets."""
    zones = frozenset(account.list_zones(records.region_name, environment.resources["subnets"]))
    offered = _list_offered(records.region_name, zones)
    return tuple(machine_type for machine_type in list_named(records, environment) if machine_type.name in offered)


def list_named(records: Records, environment: Environment) -> tuple[MachineType, ...]:
    """List the types that an environment names, in its order; of a family the smaller ones first."""
    known = records.fleet.registered.items()
    measured = frozenset((name, mib) for (arn, name), mib in known if arn == environment.arn)
    return _make_types(tuple(environment.resources["instanceTypes"]), measured)


@cache
def _list_offered(region: str, zones: frozenset[str]) -> frozenset[str]:
    return frozenset(account.list_offered(region, set(zones)))


@cache
def _make_types(named: tuple[str, ...], measured: frozenset[tuple[str, int]]) -> tuple[MachineType, ...]:
    registered = dict(measured)
    families = (sorted(instance_types.expand(name), key=lambda each: (vcpus(each), each)) for name in named)
    return tuple(
        MachineType(
            name,
            Size(vcpus(name), registered.get(name) or find_registered_mib(name), gpus(name)),
            prices.estimate(name),
        )
        for name in dict.fromkeys(name for family in families for name in family)
    )
