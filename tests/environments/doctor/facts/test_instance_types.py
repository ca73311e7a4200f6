"""What an entry of instanceTypes stands for."""

from environments.doctor.facts.instance_types import allows
from environments.machines.families import families_of


def test_words_for_several_families() -> None:
    assert families_of("optimal") == ("m6i", "c6i", "r6i", "c7i")
    assert families_of("c5.2xlarge") == families_of("c5") == ("c5",)
    environment = {"computeResources": {"instanceTypes": ["c5.2xlarge", "g5"]}}
    assert allows(environment, "c5.2xlarge")
    assert not allows(environment, "c5.4xlarge")
    assert allows(environment, "g5.12xlarge")
