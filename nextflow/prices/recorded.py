"""Instance types as they are, for where AWS was never asked: hardware does not change, prices do (and have none here).

Source: "Specifications for Amazon EC2 compute optimized / general purpose / memory optimized instances", Amazon EC2
Instance Types.
"""

from environments.machines.instance_types import InstanceType
from nextflow.prices.offers import Offers

# Family → GiB for each vCPU, and the vCPUs of its sizes.
_SIZES = {"large": 2, "xlarge": 4, "2xlarge": 8, "4xlarge": 16}
_WIDE = {**_SIZES, "8xlarge": 32, "12xlarge": 48, "16xlarge": 64, "24xlarge": 96}
_FAMILIES = {
    "c5": (2, {**_SIZES, "9xlarge": 36, "12xlarge": 48, "18xlarge": 72, "24xlarge": 96}),
    "m5": (4, _WIDE), "r5": (8, _WIDE), "c6i": (2, {**_WIDE, "32xlarge": 128}), "m6i": (4, {**_WIDE, "32xlarge": 128}),
    "r6i": (8, {**_WIDE, "32xlarge": 128}), "c7i": (2, {**_WIDE, "48xlarge": 192}),
}  # fmt: skip


def list_recorded(region: str, why: str) -> Offers:
    """List the recorded types; no prices."""
    types = {
        f"{family}.{size}": InstanceType(f"{family}.{size}", vcpus, vcpus * gib * 1024, ("x86_64",))
        for family, (gib, sizes) in _FAMILIES.items()
        for size, vcpus in sizes.items()
    }
    return Offers(region, None, types, why=why)
