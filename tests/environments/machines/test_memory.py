"""What jobs can have of a machine's memory."""

from environments.doctor.facts.machines import Agents, Machine
from environments.machines import memory
from tests.support.doctor_pictures import TYPES


def test_memory_is_what_a_machine_has_registered() -> None:
    seen = Machine("i-1", "c5.2xlarge", "1.99.0", True, 15473, "c")
    assert memory.find_available(TYPES["c5.2xlarge"], {}) == 15434
    assert memory.find_available(TYPES["c5.2xlarge"], Agents((seen,)).registered) == 15473
    assert memory.find_available(TYPES["g5.xlarge"], {}) == memory.estimate(16384)
    assert all(
        0.97 <= memory.estimate(promised) / memory.MEASURED[name] <= 1
        for name, promised in {
            "c5.large": 4096,
            "c5.4xlarge": 32768,
            "c5.18xlarge": 147456,
            "m5.4xlarge": 65536,
        }.items()
    )
