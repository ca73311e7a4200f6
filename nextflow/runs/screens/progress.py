"""How far a run is, in a line (pure)."""

from collections.abc import Mapping, Sequence

from jobs.model.listed import STATES
from kiln import words
from nextflow.runs.looks.fleet import Fleet


def render(counts: Mapping[str, int], fleets: Sequence[Fleet]) -> str:
    """tasks: 2 RUNNING, 5 SUCCEEDED; machines: spot 32 vCPUs wanted, 3 ready."""
    return f"tasks: {render_counts(counts)}; machines: {render_fleets(fleets)}"


def render_counts(counts: Mapping[str, int]) -> str:
    """Counts by state, in the order of a job's life; none for none."""
    return ", ".join(f"{counts[state]} {state}" for state in STATES if counts.get(state)) or "none"


def render_fleets(fleets: Sequence[Fleet]) -> str:
    """The compute environments that want or have machines."""
    busy = [fleet for fleet in fleets if fleet.vcpus or fleet.ready]
    parts = [f"{fleet.name} {words.count(fleet.vcpus, 'vCPU')} wanted, {fleet.ready} ready" for fleet in busy]
    return ", ".join(parts) or "none"
