"""Why no machine is recommended (pure)."""

from collections.abc import Sequence

from kiln import words
from kiln.errors import UserError
from nextflow.sizing.asks import Ask
from nextflow.sizing.machines import Machine, list_too_large


def refuse(asks: Sequence[Ask], machines: Sequence[Machine], max_vcpus: int) -> UserError:
    """Say what is larger than all machines that max_vcpus leaves room for."""
    within = [machine for machine in machines if machine.vcpus <= max_vcpus]
    families = ", ".join(sorted({machine.family for machine in machines}))
    if not within:
        least = min(machines, key=lambda machine: (machine.vcpus, machine.memory))
        return UserError(
            f"no machine of {families} is small enough",
            f"all machines together may have at most {words.count(max_vcpus, 'vCPU')}, and {least.name} has "
            f"{least.vcpus}",
            f"Try --max-vcpus {least.vcpus}, or more.",
        )
    large = list_too_large(asks, within) or list(asks)
    largest = max(within, key=lambda machine: (machine.memory, machine.vcpus))
    named = ", ".join(f"{ask.process} ({ask.cpus or 1} CPUs, {ask.memory or 1} MiB)" for ask in large[:3])
    more = f" and {len(large) - 3} more" if len(large) > 3 else ""
    bound = f" with at most {words.count(max_vcpus, 'vCPU')}" if len(within) < len(machines) else ""
    larger = "Raise --max-vcpus (max_vcpus of the environment); or name" if bound else "Name"
    return UserError(
        f"no machine holds {named}{more}",
        f"the largest of {families}{bound} is {largest.name}: {largest.vcpus} vCPUs, {largest.memory} MiB",
        f"{larger} larger families, such as --types r5,x1,x2idn; or have the pipeline split the work.",
    )
