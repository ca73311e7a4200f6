"""A recommendation as a document for programs (--json).

What was used is in bytes and seconds, the scratch volume in GiB, prices in US dollars an hour.
"""

from typing import Any

from nextflow.recommendation.recommend import Asks, Recommendation
from nextflow.sizing.asks import Ask
from nextflow.sizing.costs import Cost
from nextflow.sizing.machines import Machine
from nextflow.sizing.samples import Sample
from nextflow.sizing.scratch import Scratch
from nextflow.sizing.usage import Usage


def make_document(advised: Recommendation, picture: str, written: list[str], diff: str) -> dict[str, Any]:
    """Make the document. `written` are the files that were written, `diff` what was or would be changed in them."""
    sized, pair, offers, scratch = advised.sized, advised.pair, advised.offers, advised.scratch
    return {
        "runs": sized.runs,
        "percentile": sized.percent,
        "notes": [*sized.notes, *advised.notes],
        "processes": list_processes(sized, advised),
        "region": offers.region,
        "asked": offers.asked.isoformat() if offers.asked else None,
        "why_not_asked": offers.why,
        "max_vcpus": advised.max_vcpus,
        "machines": pair.count_machines(advised.max_vcpus),
        "workload": _describe_machine(pair.workload),
        "excess": _describe_machine(pair.excess) if pair.excess else None,
        "overflow": advised.alone.overflow,
        "overflow_of_asks": sized.above,
        "alone": _describe_cost(advised.alone),
        "packed": _describe_cost(advised.packed) if advised.packed else None,
        "scratch": _describe_scratch(scratch),
        "packed_scratch": _describe_scratch(advised.packed_scratch) if advised.packed_scratch else None,
        "picture": picture,
        "written": written,
        "diff": diff,
    }  # fmt: skip


def list_processes(sized: Asks, advised: Recommendation) -> list[dict[str, Any]]:
    excess = {advice.name: advice.excess_memory_mib for advice in advised.advice}
    pairs = zip(sized.usages, sized.asks, strict=True)
    return [_describe_process(usage, ask, sized.percent, excess.get(usage.process)) for usage, ask in pairs]


def _describe_process(usage: Usage, ask: Ask, percent: float, excess: int | None) -> dict[str, Any]:
    line = usage.line
    return {
        "process": usage.process,
        "tasks": usage.tasks,
        "attempts": usage.attempts,
        "completed": usage.finished,
        "exits": [{"why": end.value, "exit_code": code, "attempts": number}
                  for (end, code), number in usage.exits.most_common()],
        "asked": {"cpus": usage.cpus_asked, "memory_bytes": usage.memory_asked, "time_seconds": usage.time_asked},
        "used": {
            "cpus": _describe(usage.cpus, percent), "memory": _describe(usage.memory, percent),
            "time": _describe(usage.time, percent), "read": _describe(usage.read, percent),
            "written": _describe(usage.written, percent),
        },
        "ask": {"cpus": ask.cpus, "memory_mib": ask.memory, "excess_memory_mib": excess, "time_seconds": ask.time},
        "fit": {"base": line.base, "slope": line.slope, "r_squared": line.r_squared} if line else None,
        "why": list(ask.why),
    }  # fmt: skip


def _describe(sample: Sample, percent: float) -> dict[str, Any] | None:
    if not sample:
        return None
    return {
        "least": sample.values[0], "median": sample.percentile(50), "mean": sample.mean,
        "percentile": sample.percentile(percent), "most": sample.largest, "known": len(sample.values),
        "unknown": sample.unknown,
    }  # fmt: skip


def _describe_machine(machine: Machine) -> dict[str, Any]:
    return {
        "type": machine.name, "vcpus": machine.vcpus, "memory_mib": machine.memory, "measured": machine.is_measured,
        "price": machine.price, "spot_price": machine.spot_price,
    }  # fmt: skip


def _describe_scratch(scratch: Scratch) -> dict[str, Any]:
    return {"size": scratch.size, "first": scratch.first, "ceiling": scratch.ceiling, "unknown": list(scratch.unknown)}


def _describe_cost(cost: Cost) -> dict[str, Any]:
    return {
        "type": cost.machine.name, "tasks": cost.tasks, "hours": cost.hours, "on_demand": cost.on_demand,
        "spot": cost.spot, "lost": cost.lost, "lost_on_spot": cost.lost_on_spot,
    }  # fmt: skip
