"""Instance types as the configuration's tests know them, and environments with them."""

from typing import Any

import yaml

from environments.machines.instance_types import InstanceType
from environments.spec import definitions
from environments.spec.environment import EnvironmentSpec

SIZES = {
    "c5.2xlarge": (8, 16384), "c5.4xlarge": (16, 32768), "c6i.large": (2, 4096), "m6i.large": (2, 8192),
    "r6i.32xlarge": (128, 1048576), "c7i.48xlarge": (192, 393216), "g5.xlarge": (4, 16384), "m6g.xlarge": (4, 16384),
}  # fmt: skip
KNOWN = {
    name: InstanceType(name, vcpus, memory, ("arm64",) if "6g" in name else ("x86_64",), gpus=int(name.startswith("g")))
    for name, (vcpus, memory) in SIZES.items()
}


def make_spec(compute: dict[str, Any], queues: dict[str, list[str]], **more: Any) -> EnvironmentSpec:
    """Make an environment of compute environments and queues; `more` are other keys of its definition."""
    return EnvironmentSpec.model_validate(
        {
            "name": "lab",
            "image": "nextflow-al2023",
            "launch_template": "nextflow-al2023",
            "buckets": {"work": {}},
            "compute_environments": compute,
            "queues": {name: {"compute_environments": tuple(members)} for name, members in queues.items()},
            **more,
        }
    )


def load(name: str, **changed: Any) -> EnvironmentSpec:
    """Load a shipped environment, with some of its keys changed."""
    spec = definitions.load(name)
    data = spec.model_dump(exclude_unset=True)
    return spec if not changed else EnvironmentSpec.model_validate(yaml.safe_load(yaml.safe_dump({**data, **changed})))
