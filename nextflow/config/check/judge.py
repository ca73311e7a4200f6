"""Whether machines of an environment can hold what is asked for (pure)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from environments.machines.definitions import Size
from environments.machines.fitting import Catalogue, Machines, Misfit, find_misfit
from environments.spec.environment import EnvironmentSpec
from nextflow.config.check.model import Ask, Judged, Verdict
from nextflow.config.places import list_enabled

Judgement = tuple[Verdict, Misfit]
_REFUSED = {
    "memory": ("Not a valid 'memory' value in process definition", "write it as memory = '16 GB' or 16.GB"),
    "cpus": ("cpus are a whole number, and not below 0", "write it as cpus = 8"),
    "queue": ("a queue is a name", "write it as queue = 'NAME'"),
}


@dataclass(frozen=True)
class Bench:
    """What asks are held against. `ladder` are the queues that Kiln's configuration gives to attempts, in order.

    `closed` are the queues on which nothing starts, whatever it asks for.
    """

    queues: Mapping[str, Machines]
    ladder: Sequence[str]
    catalogue: Catalogue
    closed: Mapping[str, Judgement] = field(default_factory=dict)

    def queue_of(self, attempt: int) -> str:
        return self.ladder[min(attempt, len(self.ladder)) - 1]


def judge(ask: Ask, bench: Bench) -> Judged:
    """Judge an attempt's ask on its queue, or on that of Kiln's configuration where it names none."""
    queue = ask.queue or bench.queue_of(ask.attempt)
    machines = bench.queues.get(queue)
    if machines is None:
        known = ", ".join(bench.queues)
        return Judged(ask, queue, Verdict.REFUSED, Misfit(
            f"the environment has no queue {queue}", "AWS Batch refuses jobs for it", f"name one of {known}"
        ))  # fmt: skip
    if ask.refused:
        why, fix = _REFUSED[ask.refused.partition(":")[0]]
        return Judged(ask, queue, Verdict.REFUSED, Misfit(ask.refused, f"Nextflow ends the run: {why}", fix))
    if queue in bench.closed:
        verdict, closed = bench.closed[queue]
        return Judged(ask, queue, verdict, _with_other_queues(ask, closed, queue, bench))
    misfit = _find(ask, 0, machines, bench)
    if misfit and ask.spare and _find(ask, ask.spare, machines, bench) is None:
        return Judged(ask, queue, Verdict.UNKNOWN, why=f"its memory is printed rounded: {misfit.what}")
    if misfit:
        return Judged(ask, queue, Verdict.NEVER, _with_other_queues(ask, misfit, queue, bench))
    if ask.unknown:
        return Judged(ask, queue, Verdict.UNKNOWN, why=ask.unknown)
    return Judged(ask, queue, Verdict.FITS)


def judge_queues(spec: EnvironmentSpec) -> dict[str, Judgement]:
    """Judge the queues on which nothing starts: by their names, what becomes of jobs."""
    closed = {}
    for name, queue in spec.queues.items():
        if queue.state != "enabled":
            closed[name] = (
                Verdict.REFUSED,
                Misfit(f"the queue {name} is disabled", "AWS Batch takes no jobs for it", f"enable {name}"),
            )
        elif not list_enabled(spec, name):
            members = " and ".join(queue.compute_environments)
            closed[name] = (
                Verdict.NEVER,
                Misfit(
                    "none of its compute environments is enabled",
                    "AWS Batch starts no machine there",
                    f"enable {members}",
                ),
            )
    return closed


def _find(ask: Ask, less: int, machines: Machines, bench: Bench) -> Misfit | None:
    """What is not known fits anywhere; `less` is taken off the memory."""
    return find_misfit(Size(ask.vcpus or 1, max(0, (ask.memory or 0) - less), ask.gpus), machines, bench.catalogue)


def _with_other_queues(ask: Ask, misfit: Misfit, queue: str, bench: Bench) -> Misfit:
    """Name the queues of the environment that hold it: then it is not hopeless."""
    others = [name for name, machines in bench.queues.items() if name != queue and name not in bench.closed
              and machines.allowed and _find(ask, 0, machines, bench) is None]  # fmt: skip
    if not others:
        return misfit
    return replace(misfit, hopeless=False, fix=f"{misfit.fix}; or send it to {' or '.join(others)}")
