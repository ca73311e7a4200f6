"""What an hour of an instance type costs, as far as the allocation strategies must know: which of two is the cheaper.

The recorded prices are few (`sandbox.pricing.prices`); a type beside them is reckoned by a vCPU of its family, or of
the family's kind at the order of AWS's public prices (https://aws.amazon.com/ec2/pricing/on-demand/).
"""

from functools import cache

from sandbox.ec2.model.instance_types import gpus, vcpus
from sandbox.pricing.prices import ON_DEMAND

# USD per vCPU and hour, by the first letter of the family; USD per GPU and hour
_OF_A_VCPU = {"c": 0.0425, "m": 0.048, "r": 0.063, "x": 0.084, "i": 0.078, "d": 0.0725, "a": 0.0255}
_OTHERS = 0.06
_OF_A_GPU = 0.5


@cache
def estimate(instance_type: str) -> float:
    """Return the On-Demand price of a type in USD per hour, recorded or reckoned."""
    if instance_type in ON_DEMAND:
        return ON_DEMAND[instance_type]
    family = instance_type.partition(".")[0]
    priced = {name: price for name, price in ON_DEMAND.items() if name.partition(".")[0] == family}
    known = [price / vcpus(name) for name, price in priced.items() if vcpus(name)]  # not every family has every size
    of_a_vcpu = known[0] if known else _OF_A_VCPU.get(family[:1], _OTHERS)
    return of_a_vcpu * vcpus(instance_type) + (0.0 if known else _OF_A_GPU * gpus(instance_type))
