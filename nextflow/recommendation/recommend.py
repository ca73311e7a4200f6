"""What is recommended for runs: asks, machines, costs and the scratch volume, put together (pure)."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kiln.errors import UserError
from nextflow.prices.offers import Offers
from nextflow.recommendation.refusals import refuse
from nextflow.sizing.advice import ProcessAdvice
from nextflow.sizing.asks import MIB, Ask, advise, choose
from nextflow.sizing.costs import Cost, count_together, price_alone, price_packed
from nextflow.sizing.ends import End
from nextflow.sizing.machines import Machine, Need, Pair, choose_pair, find_need
from nextflow.sizing.scratch import Scratch, find_scratch
from nextflow.sizing.usage import Usage

CHEAPER = 0.95  # of the cost of a task to a machine: what is less is worth telling


@dataclass(frozen=True)
class Asks:
    """The processes of `runs` runs, with what each should ask for, at a percentile."""

    runs: int
    percent: float
    usages: tuple[Usage, ...]
    asks: tuple[Ask, ...]
    notes: tuple[str, ...] = ()

    @property
    def above(self) -> int:
        """How many tasks need more memory than is asked for at first."""
        pairs = zip(self.usages, self.asks, strict=True)
        return sum(usage.memory.count_above(ask.memory * MIB) for usage, ask in pairs if ask.memory is not None)

    @property
    def tasks(self) -> int:
        return sum(usage.tasks for usage in self.usages)


@dataclass(frozen=True)
class Recommendation:
    """Machines for the asks, out of `machines`. `packed` is None where packing saves less than a twentieth.

    `max_vcpus` bounds all machines of the workload queue together.
    """

    sized: Asks
    offers: Offers
    machines: tuple[Machine, ...]
    max_vcpus: int
    need: Need
    pair: Pair
    alone: Cost
    packed: Cost | None
    scratch: Scratch
    packed_scratch: Scratch | None
    advice: tuple[ProcessAdvice, ...]
    notes: tuple[str, ...] = ()


def size(usages: Sequence[Usage], percent: float, runs: int, notes: Sequence[str] = ()) -> Asks:
    """Choose what the processes should ask for. Raises UserError where nothing ran to its end."""
    if not any(usage.finished for usage in usages):
        raise UserError(
            "no task completed",
            _describe_ends(usages) or "the traces name columns and no tasks",
            "give the trace of a run that went through, on a small data set at least",
        )
    return Asks(runs, percent, tuple(usages), tuple(choose(usage, percent) for usage in usages), tuple(notes))


def recommend(sized: Asks, offers: Offers, names: Sequence[str], max_vcpus: int) -> Recommendation:
    """Recommend machines out of these types or families. Raises UserError where none holds every process."""
    machines = offers.list_machines(names)
    if not machines:
        raise UserError(
            f"there are no machines to choose from in {offers.region}",
            offers.why or f"EC2 has no {', '.join(names)} there",
            "Name types or families that EC2 has: --types c5,m5,r5.",
        )
    need = find_need(sized.asks)
    most = max((ask.most or 0 for ask in sized.asks), default=0)
    pair = choose_pair(need, machines, most, max_vcpus)
    if pair is None:
        raise refuse(sized.asks, machines, max_vcpus)
    alone = price_alone(sized.usages, sized.asks, pair)
    packed = price_packed(sized.usages, sized.asks, machines, pair, max_vcpus, sized.runs)
    if packed and not (packed.on_demand or 0.0) < CHEAPER * (alone.on_demand or 0.0):
        packed = None
    at_once = count_together(packed.machine, sized.usages, sized.asks, sized.runs) if packed else ()
    limit = (pair.excess or pair.workload).memory
    return Recommendation(
        sized, offers, tuple(machines), max_vcpus, need, pair, alone, packed,
        find_scratch(sized.usages, sized.percent),
        find_scratch(sized.usages, sized.percent, at_once) if packed else None,
        advise(sized.asks, limit), tuple(_list_notes(sized, offers, names, pair)),
    )  # fmt: skip


def _list_notes(sized: Asks, offers: Offers, names: Sequence[str], pair: Pair) -> Iterator[str]:
    if left := offers.list_left_out(names):
        yield (f"{', '.join(left)} {'is' if len(left) == 1 else 'are'} left out: an image runs on one architecture, "
               f"and {pair.workload.family} is of another; by itself: --types {','.join(left)}")  # fmt: skip
    asking = [usage.process.rpartition(":")[2] for usage in sized.usages if usage.gpus_asked]
    if asking and not pair.workload.gpus:
        yield (f"{', '.join(asking)} {'asks' if len(asking) == 1 else 'ask'} for GPUs, and these machines have none: "
               "size for machines that have, such as --types g5")  # fmt: skip


def _describe_ends(usages: Sequence[Usage]) -> str:
    return "; ".join(f"{usage.process}: {describe_exits(usage)}" for usage in usages[:5])


def describe_exits(usage: Usage) -> str:
    """Say what became of attempts that came to nothing: 3 × out of memory (137), 1 × aborted."""
    counts = Counter[str]()
    for (end, code), number in usage.exits.items():
        counts[end.value + ("" if code is None or end is End.LOST else f" ({code})")] += number
    texts = [f"{number} × {end}" for end, number in counts.most_common()]
    if aborted := usage.ends[End.ABORTED]:
        texts.append(f"{aborted} × {End.ABORTED.value}")
    return ", ".join(texts)
