"""The machines of a recommendation in words: types, dollars, the scratch volume."""

from collections.abc import Sequence

from kiln import words
from nextflow.recommendation.names import shorten
from nextflow.recommendation.recommend import Recommendation
from nextflow.sizing.costs import Cost
from nextflow.sizing.machines import Machine
from nextflow.sizing.scratch import IMAGES
from nextflow.sizing.tally import MOST_READ

_WIDTH = 10


def render_machines(advised: Recommendation) -> str:
    """Render what is recommended, a line for each thing."""
    pair = advised.pair
    lines = [_line("machines", _describe_offers(advised))]
    count = pair.count_machines(advised.max_vcpus)
    most = f"at most {count} at {advised.max_vcpus} vCPUs, a task to a machine"
    lines.append(_line("workload", f"{_describe(pair.workload)}; {most}"))
    need = advised.need
    by = _name(advised, need.by)
    lines.append(_line("", f"it must hold {words.count(need.cpus, 'CPU')} and {need.memory} MiB, for {by}"))
    larger = f"{_describe(pair.excess)}; for what overflows" if pair.excess else "no larger type is offered"
    lines.append(_line("excess", larger))
    tasks = words.count(advised.sized.tasks, "task")
    above = f"{advised.sized.above} of {tasks} need more memory than is asked for at first, and run again"
    lines.append(_line("overflow", f"{above}; {advised.alone.overflow} more than a workload machine has"))
    lines += _list_costs(advised)
    lines += _list_scratch(advised)
    return "\n".join([*lines, *(f"! {note}" for note in advised.notes)])


def _describe_offers(advised: Recommendation) -> str:
    offers = advised.offers
    families = ", ".join(sorted({machine.family for machine in advised.machines}))
    asked = f"types and prices of {offers.asked:%Y-%m-%d}" if offers.asked else "recorded types, no prices"
    return f"{families} in {offers.region}: {asked}" + (f" ({offers.why})" if offers.why else "")


def _describe(machine: Machine) -> str:
    price = "price unknown" if machine.price is None else f"${machine.price:.4g} an hour"
    spot = "" if machine.spot_price is None else f", Spot ${machine.spot_price:.4g}"
    measured = "registers" if machine.is_measured else "registers about"
    return f"{machine.name}: {machine.vcpus} vCPUs, {measured} {machine.memory} MiB; {price}{spot}"


def _list_costs(advised: Recommendation) -> list[str]:
    runs = "the run" if advised.sized.runs == 1 else f"the {advised.sized.runs} runs"
    lines = [_line("cost", f"{runs}: {_describe_cost(advised.alone)}, a task to a machine"),
             _line("", _describe_lost(advised))]  # fmt: skip
    packed, scratch = advised.packed, advised.packed_scratch
    if packed and packed.on_demand and scratch and advised.alone.on_demand:
        less = 1 - packed.on_demand / advised.alone.on_demand
        tasks = words.count(packed.tasks, "task")
        lines.append(_line("packed", f"{_describe_cost(packed)}, up to {tasks} to a machine: {less:.0%} less"))
        lines.append(_line("", f"{_describe(packed.machine)}; with {scratch.size} GiB of scratch"))
    elif advised.alone.on_demand is not None:
        lines.append(_line("packed", "several tasks to a machine would save less than 5 %"))
    return lines


def _describe_cost(cost: Cost) -> str:
    if cost.on_demand is None:
        return f"{cost.hours:.1f} machine hours (prices unknown)"
    spot = "Spot price unknown" if cost.spot is None else f"${cost.spot:.2f} on Spot"
    return f"${cost.on_demand:.2f} On-Demand, {spot}"


def _describe_lost(advised: Recommendation) -> str:
    usages, cost = advised.sized.usages, advised.alone
    lost = _hours(sum(usage.seconds_lost for usage in usages))
    spot = f"; on Spot {cost.lost_on_spot:.1%} ({lost} with machines that were lost)" if lost != "0.0 h" else (
        "; of Spot losses these traces know nothing"
    )  # fmt: skip
    missing = sum(usage.missing for usage in usages)
    unknown = f", without {words.count(missing, 'former attempt')} that {_have(missing)} no row in the trace"
    retries = f"{cost.lost:.1%} of it{unknown if missing else ''}"
    return f"retries are {retries}{spot}; starting and idle machines are not counted"


def _have(number: int) -> str:
    return "has" if number == 1 else "have"


def _hours(seconds: float) -> str:
    return f"{seconds / 3600:.1f} h"


def _list_scratch(advised: Recommendation) -> list[str]:
    scratch = advised.scratch
    sizes = (f"volumes.data.size {scratch.size} GiB; docker_storage autoscale: first {scratch.first} GiB, "
             f"ceiling {scratch.ceiling} GiB")  # fmt: skip
    lines = [_line("scratch", sizes),
             _line("", f"input, index, temporary files and output of a task, and {IMAGES} GiB of images")]  # fmt: skip
    if scratch.unknown:
        lines.append(_line("", f"without {_name(advised, scratch.unknown)}, of which nothing is known"))
    if scratch.again:
        again = _name(advised, scratch.again)
        lines.append(_line("", f"{again}: reads more than any input is, and {MOST_READ} GiB of it were counted"))
    return lines


def _name(advised: Recommendation, processes: Sequence[str]) -> str:
    """Name some processes, as short as in the table: A, B and 3 more."""
    short = shorten([usage.process for usage in advised.sized.usages])
    more = f" and {len(processes) - 3} more" if len(processes) > 3 else ""
    return ", ".join(short[process] for process in processes[:3]) + more


def _line(name: str, text: str) -> str:
    return f"  {name:<{_WIDTH}}{text}"
