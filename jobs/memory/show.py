"""What machines register, in words and as a document (pure)."""

from collections.abc import Sequence
from typing import Any

from jobs.memory.measure import Measured


def round_down(memory: int) -> int:
    """What a job may ask for: whole hundreds of MiB."""
    return memory // 100 * 100


def render(environment: str, region: str, measured: Sequence[Measured]) -> str:
    """Write a line for every type: what it registered, and what a job may ask for."""
    lines = [f"{environment} in {region}: what machines register with ECS, recorded in the tags of the AMI"]
    for known in measured:
        kind, most = known.target.type, round_down(known.memory)
        lines.append(
            f"  {kind.name:<14} {known.memory:>7} MiB of {kind.memory}   a job may ask for {most} MiB: "
            f"memory = '{most}.MB'   {known.target.ami}, {known.how}"
        )
    return "\n".join(lines)


def make_document(environment: str, region: str, measured: Sequence[Measured]) -> dict[str, Any]:
    """Give it as a document for programs; memory is in MiB."""
    return {
        "environment": environment, "region": region,
        "types": [
            {
                "type": known.target.type.name, "ami": known.target.ami, "registered_mib": known.memory,
                "promised_mib": known.target.type.memory, "computed_mib": known.target.computed,
                "nextflow": f"{round_down(known.memory)}.MB", "how": known.how,
            }
            for known in measured
        ],
    }  # fmt: skip
