"""A guest is so large that its kernel counts the memory that its type registers with ECS."""

import contextlib

import pytest
from moto.ec2.models.instance_types import INSTANCE_TYPES

from sandbox.ec2.model.registered_memory import find_counted_mib
from sandbox.machines.guest.memory import find_size_kib

# What kernels were seen to count (KiB), by the guest's memory (MiB).
SEEN = {
    512: 481016, 1024: 996344, 4096: 4022000, 4158: 4083440, 8192: 8144620, 8319: 8272620, 16384: 16389860,
    20480: 20494036, 32768: 32880280, 33284: 33398420, 65536: 65861124,
}  # fmt: skip
# The memory (MiB) on both sides of which kernels were seen to keep a different share.
STEPS = (520.1, 1040.3, 2080.5, 2815.9, 4161, 8322, 16644.1, 33288.1)


@pytest.mark.parametrize("memory_mib", SEEN)
def test_the_size_for_what_a_kernel_has_counted_is_the_size_that_it_had(memory_mib: int) -> None:
    counted, spare = divmod(SEEN[memory_mib], 1024)
    assert find_size_kib(counted, 2) == pytest.approx(memory_mib * 1024 + 512 - spare, abs=16)


def test_no_size_is_near_a_step() -> None:
    sizes = []
    for counted in range(400, 34000):
        with contextlib.suppress(ValueError):
            sizes.append(find_size_kib(counted, 2) / 1024)
    assert len(sizes) > 33400
    assert all(abs(size - step) > 2.5 for size in sizes for step in STEPS if step != 2815.9)


def test_more_cpus_keep_more() -> None:
    assert find_size_kib(15434, 2) - find_size_kib(15434, 1) == pytest.approx(244, abs=8)


def test_there_is_a_guest_for_every_type() -> None:
    for name in INSTANCE_TYPES:
        registered = find_counted_mib(name)
        size = find_size_kib(registered, 2)
        assert size % 8 == 0
        assert registered * 1024 < size < registered * 1024 * 1.1 + 70 * 1024
