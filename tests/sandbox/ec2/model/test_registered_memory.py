"""What instances register as memory with ECS."""

from moto.ec2.models.instance_types import INSTANCE_TYPES

from sandbox.ec2.model.instance_types import memory_mib
from sandbox.ec2.model.registered_memory import RECORDED, estimate_mib, find_counted_mib, find_registered_mib


def test_what_was_recorded_goes_before_an_estimate() -> None:
    assert (find_registered_mib("c5.2xlarge"), find_registered_mib("c5.4xlarge")) == (15434, 31152)
    assert find_registered_mib("c5a.2xlarge") == estimate_mib(16384) == 15446
    assert find_registered_mib("nonsense") == 0


def test_a_machine_counts_what_batchs_image_reserves_besides() -> None:
    assert (find_counted_mib("c5.2xlarge"), find_counted_mib("nonsense")) == (15466, 0)


def test_every_figure_says_where_it_comes_from() -> None:
    assert all(len(source) > 20 for _, source in RECORDED.values())


def test_estimates_are_near_what_was_recorded() -> None:
    for name, (recorded, _) in RECORDED.items():
        assert 0.95 < estimate_mib(memory_mib(name)) / recorded < 1.01


def test_no_type_registers_as_much_as_it_promises() -> None:
    for name in INSTANCE_TYPES:
        assert 0.9 * memory_mib(name) - 10 < find_registered_mib(name) < memory_mib(name)
