"""Whether machines of an environment can hold what is asked for (pure)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from environments.machines.definitions import Size
from environments.machines.fitting import Catalogue, Machines, Misfit, find_misfit
from nextflow.config.check.model import Ask, Judged, Verdict


@dataclass(frozen=True)
class Bench:
    """What asks are held against. `ladder` are the queues that Kiln's configuration gives to attempts, in order."""

    queues: Mapping[str, Machines]
    ladder: Sequence[str]
    catalogue: Catalogue

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
        return Judged(ask, queue, Verdict.REFUSED, Misfit(
            ask.refused, "Nextflow ends the run: Not a valid 'memory' value in process definition",
            "write it as memory = '16 GB' or 16.GB",
        ))  # fmt: skip
    misfit = _find(ask, 0, machines, bench)
    if misfit and ask.spare and _find(ask, ask.spare, machines, bench) is None:
        return Judged(ask, queue, Verdict.UNKNOWN, why=f"its memory is printed rounded: {misfit.what}")
    if misfit:
        return Judged(ask, queue, Verdict.NEVER, _with_other_queues(ask, misfit, queue, bench))
    if ask.unknown:
        return Judged(ask, queue, Verdict.UNKNOWN, why=ask.unknown)
    return Judged(ask, queue, Verdict.FITS)


def _find(ask: Ask, less: int, machines: Machines, bench: Bench) -> Misfit | None:
    """What is not known fits anywhere; `less` is taken off the memory."""
    return find_misfit(Size(ask.vcpus or 1, max(0, (ask.memory or 0) - less), ask.gpus), machines, bench.catalogue)


def _with_other_queues(ask: Ask, misfit: Misfit, queue: str, bench: Bench) -> Misfit:
    """Name the queues of the environment that hold it: then it is not hopeless."""
    others = [name for name, machines in bench.queues.items() if name != queue
              and machines.allowed and _find(ask, 0, machines, bench) is None]  # fmt: skip
    if not others:
        return misfit
    return replace(misfit, hopeless=False, fix=f"{misfit.fix}; or send it to {' or '.join(others)}")
