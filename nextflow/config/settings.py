"""All values of an environment's configuration, decided (pure)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from environments.spec.environment import EnvironmentSpec
from environments.spec.nextflow import Slurm
from kiln.errors import UserError
from nextflow.config.asks import ProcessAsk, place_processes
from nextflow.config.places import Place, Size
from nextflow.config.rungs import ATTEMPTS, Rung, climb, list_rungs
from nextflow.sizing.advice import ProcessAdvice

RUNS = "_nextflow/runs"
SPOT_ATTEMPTS = 3


@dataclass(frozen=True)
class Site:
    """Where the environment is: what its definition does not tell. `cli` is the folder above bin/aws."""

    region: str
    bucket: str
    cli: str
    job_role: str
    """ARN; "" where tasks live on the machine's role."""


@dataclass(frozen=True)
class Settings:
    """What is written. `limits` is the machine that bounds what tasks may ask for.

    `lost_attempts`: up to which attempt a task without an exit code is tried again.
    """

    environment: str
    site: Site
    kms_key: str
    logs_group: str
    rungs: tuple[Rung, ...]
    limits: Size
    max_retries: int
    lost_attempts: int
    max_spot_attempts: int
    processes: tuple[ProcessAsk, ...]
    params: Mapping[str, str]
    slurm: Slurm
    slurm_params: Mapping[str, str]


def decide(
    spec: EnvironmentSpec, site: Site, places: Sequence[Place], processes: Sequence[ProcessAdvice] = ()
) -> Settings:  # fmt: skip
    """Decide; raises UserError for Spot attempts that nobody could count, and for too large processes."""
    steps = climb(places, spec.nextflow.queues)
    rungs = list_rungs(steps)
    asks = place_processes(processes, steps, rungs)
    bucket = spec.buckets[find_bucket(spec)]
    params = spec.nextflow.params
    return Settings(
        spec.name, site, bucket.kms_key or "", spec.log_group.name, rungs,
        find_limits(steps),
        max(ATTEMPTS, len(rungs)) - 1,
        2 if any(place.has_spot for place in steps) else 1,
        _count_spot_attempts(spec, steps, rungs, asks), asks,
        {name: value.replace("{bucket}", site.bucket) for name, value in params.awsbatch.items()},
        spec.nextflow.slurm, params.slurm,
    )  # fmt: skip


def find_limits(places: Sequence[Place]) -> Size:
    """Find the machine with the most memory: what asks for no more than it has can be held."""
    return max((place.largest for place in places), key=lambda size: (size.memory, size.vcpus))


def find_bucket(spec: EnvironmentSpec) -> str:
    """Find which of the environment's buckets Nextflow works in; raises UserError where there is none."""
    use = "work" if "work" in spec.buckets else next(iter(spec.buckets), "")
    if not use:
        raise UserError(
            f"{spec.name} has no bucket",
            "Nextflow works in a bucket on AWS Batch, and the definition names none under buckets",
            "Add buckets: {work: {}} to the definition, or an existing one: {name: …, existing: true}.",
        )
    return use


def _count_spot_attempts(
    spec: EnvironmentSpec, places: Sequence[Place], rungs: Sequence[Rung], asks: Sequence[ProcessAsk]
) -> int:
    """What AWS Batch starts again itself is the same attempt to Nextflow: no larger machine, no other queue."""
    changing = {name for name in ("queue", "cpus", "memory") if len({getattr(rung, name) for rung in rungs}) > 1}
    changing |= {name for ask in asks for name in ("queue", "memory") if len(set(getattr(ask, name))) > 1}
    asked = spec.nextflow.max_spot_attempts
    verb = "changes" if len(changing) == 1 else "change"
    if asked and changing:
        raise UserError(
            f"max_spot_attempts: {asked} cannot be used in {spec.name}",
            f"{' and '.join(sorted(changing))} {verb} with task.attempt, and Nextflow does not count what AWS Batch "
            "starts again itself: the attempt would stay the same, on the same queue with the same memory",
            "Set nextflow.max_spot_attempts to 0 or leave it out: errorStrategy tries lost tasks again.",
        )
    if asked is not None:
        return asked
    return 0 if changing or not any(place.has_spot for place in places) else SPOT_ATTEMPTS
