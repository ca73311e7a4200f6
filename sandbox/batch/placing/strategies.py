"""Which instance type an environment launches for a job: its allocation strategy.

Source: https://docs.aws.amazon.com/batch/latest/userguide/allocation-strategies.html. BEST_FIT waits for the cheapest
type that fits; the progressive strategies go on to the next type, by price per vCPU or in the order of instanceTypes.
How likely a Spot machine is interrupted, nobody can know here: SPOT_CAPACITY_OPTIMIZED takes the smallest type that
fits. All but BEST_FIT of On-Demand machines may exceed maxvCpus, "never by more than a single instance".
"""

from sandbox.batch.placing.picture import Habitat, MachineType, Size

BEST_FIT = "BEST_FIT"
_BY_PRICE = ("BEST_FIT_PROGRESSIVE", "SPOT_PRICE_CAPACITY_OPTIMIZED")
_IN_ORDER = ("BEST_FIT_PROGRESSIVE_ORDERED", "SPOT_CAPACITY_OPTIMIZED_PRIORITIZED")


def may_exceed(habitat: Habitat) -> bool:
    """Return whether the last machine may go beyond maxvCpus."""
    return habitat.strategy != BEST_FIT or habitat.is_spot


def is_within(habitat: Habitat, present: int, vcpus: int) -> bool:
    """Return whether a machine of that size may be launched beside those `present` (both in vCPUs)."""
    return present + vcpus <= habitat.most or (may_exceed(habitat) and present < habitat.most)


def list_fitting(habitat: Habitat, need: Size) -> list[MachineType]:
    """List the types that are large enough for a job, the one to be launched first."""
    if need.vcpus > habitat.most:
        return []
    fitting = [machine_type for machine_type in habitat.types if need.fits(machine_type.size)]
    if habitat.strategy in _IN_ORDER:
        return fitting
    if habitat.strategy in _BY_PRICE:
        return sorted(fitting, key=lambda each: (round(each.price_per_vcpu, 6), each.size.vcpus, each.price))
    if habitat.strategy == BEST_FIT:
        return sorted(fitting, key=lambda each: (each.price, each.size.vcpus))[:1]
    return sorted(fitting, key=lambda each: (each.size.vcpus, each.size.memory, each.price))


def choose(habitat: Habitat, need: Size, present: int) -> MachineType | None:
    """Choose the type to be launched for a job; None when there is none, or no room for it below maxvCpus.

    A type that stays within maxvCpus goes before one that exceeds it.
    """
    possible = [
        machine_type
        for machine_type in list_fitting(habitat, need)
        if machine_type.name not in habitat.lacking and is_within(habitat, present, machine_type.size.vcpus)
    ]
    inside = [each for each in possible if present + each.size.vcpus <= habitat.most]
    return next(iter(inside or possible), None)


def choose_for_floor(habitat: Habitat, missing: int, present: int) -> MachineType | None:
    """Choose a type for vCPUs that must be there without a job: as many of them by a machine as do not go beyond."""
    possible = [
        machine_type
        for machine_type in habitat.types
        if machine_type.name not in habitat.lacking and is_within(habitat, present, machine_type.size.vcpus)
    ]
    if habitat.strategy in _IN_ORDER:
        return next(iter(possible), None)
    inside = [each for each in possible if each.size.vcpus <= missing]
    if inside:
        return min(inside, key=lambda each: (round(each.price_per_vcpu, 6), -each.size.vcpus))
    return min(possible, key=lambda each: (each.size.vcpus, each.price), default=None)
