"""What a person chooses with the options of `invoke size`, and what counts where nothing is chosen (pure)."""

from environments.machines.families import list_families, refuse_never
from environments.spec.environment import EnvironmentSpec
from kiln.errors import UserError

FAMILIES = ("c5", "m5", "r5")  # where no environment says which
MAX_VCPUS = 100


def read_percentile(text: str) -> float:
    """Read a percentile. Raises UserError for what is not above 0, or above 100."""
    try:
        percent = float(text.rstrip("% "))
    except ValueError:
        percent = 0.0
    if not 0 < percent <= 100:
        raise UserError(f"{text} is no percentile", "it must be above 0, and 100 at the most", "Try --percentile 95.")
    return percent


def list_names(types: str, spec: EnvironmentSpec | None) -> tuple[str, ...]:
    """List the types or families to choose from: those that are named, else all families of the environment's types.

    Raises UserError for types that AWS Batch does not take.
    """
    if named := tuple(types.replace(",", " ").split()):
        refuse_never(named)
        return named
    if spec is None:
        return FAMILIES
    first = spec.queues["default"].compute_environments if "default" in spec.queues else ()
    computes = [spec.compute_environments[name] for name in dict.fromkeys((*first, *spec.compute_environments))]
    entries = [entry for compute in computes for entry in compute.instance_types]
    return tuple(dict.fromkeys(family for entry in entries for family in list_families(entry)))


def find_max_vcpus(asked: int, spec: EnvironmentSpec | None) -> int:
    """Find what all machines together may have: what is asked for, else (0) the environment's most, else 100."""
    if asked < 0:
        raise UserError(f"--max-vcpus {asked} is below 0", "machines have vCPUs", "Try --max-vcpus 100.")
    if asked or spec is None:
        return asked or MAX_VCPUS
    return max(compute.max_vcpus for compute in spec.compute_environments.values())
