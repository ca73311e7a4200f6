"""Which machines an environment may launch, without AWS."""

import pytest

from environments.machines import instance_types as machines
from environments.machines.instance_types import InstanceType
from environments.spec import definitions
from kiln.errors import UserError
from tests.support.inputs import CHOSEN

TYPES = {
    "c5.2xlarge": InstanceType("c5.2xlarge", 8, 16384, ("x86_64",)),
    "c5.4xlarge": InstanceType("c5.4xlarge", 16, 32768, ("x86_64",)),
    "c7g.large": InstanceType("c7g.large", 2, 4096, ("arm64",)),
}


def test_at_most_how_many_machines() -> None:
    one = definitions.load("salmon").compute_environments["salmonWorkload"]
    assert machines.describe_most(one, TYPES) == "at most 12 × c5.2xlarge"
    two = one.model_copy(update={"instance_types": ("c5.2xlarge", "c5.4xlarge")})
    assert machines.describe_most(two, TYPES) == "at most 12 × c5.2xlarge or 6 × c5.4xlarge"
    family = one.model_copy(update={"instance_types": ("c5",)})
    assert machines.describe_most(family, TYPES) == "at most 100 vCPUs of c5"


def test_a_queue_has_one_architecture() -> None:
    spec = definitions.load("salmon")
    arm = spec.compute_environments["salmonExcess"].model_copy(update={"instance_types": ("c7g.large",)})
    both = spec.model_copy(update={
        "compute_environments": {**spec.compute_environments, "salmonExcess": arm},
        "queues": {"q": spec.queues["salmonExcess"].model_copy(
            update={"compute_environments": ("salmonWorkload", "salmonExcess")})},
    })  # fmt: skip
    with pytest.raises(UserError, match="cannot run in salmonExcess"):
        machines.refuse_misfit(both, CHOSEN, "al2023", TYPES)
    with pytest.raises(UserError, match="the queue q mixes architectures"):
        machines._refuse_mixed_queues(both, TYPES)
