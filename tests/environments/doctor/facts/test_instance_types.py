"""What an entry of instanceTypes stands for."""

from environments.doctor.facts.instance_types import allows
from environments.machines.families import list_families


def test_words_for_several_families() -> None:
    assert list_families("optimal") == ("m6i", "c6i", "r6i", "c7i")
    assert list_families("c5.2xlarge") == list_families("c5") == ("c5",)
    environment = {"computeResources": {"instanceTypes": ["c5.2xlarge", "g5"]}}
    assert allows(environment, "c5.2xlarge")
    assert not allows(environment, "c5.4xlarge")
    assert allows(environment, "g5.12xlarge")
