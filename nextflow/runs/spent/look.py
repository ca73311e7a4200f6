"""Where the attempts of a run were, and what those machines cost."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from cloud.looks import Looks
from cloud.session import Cloud
from environments.model.region import Region
from jobs.looks import machines
from jobs.model.job import Job
from jobs.model.place import Machine
from nextflow.prices import load
from nextflow.prices.offers import Offers
from nextflow.runs.spent.cost import Cost, add_up


@dataclass(frozen=True)
class Spent:
    """`asked` is when prices were asked for, None: never; `why` says what is missing of them."""

    cost: Cost = field(default_factory=Cost)
    asked: datetime | None = None
    why: str = ""
    machines: Mapping[str, Machine] = field(default_factory=dict)


def look(cloud: Cloud, jobs: Sequence[Job], now: datetime) -> Spent:
    """Look up the machines of all attempts, and price them; what may not be seen is said in `why`."""
    arns = sorted({attempt.machine for job in jobs for attempt in job.attempts if attempt.machine})
    if not arns:
        return Spent()
    looks = Looks()
    nobody: list[dict[str, Any]] = []
    environments = looks.at("compute environments", nobody, lambda: Region(cloud).compute_environments)
    nothing = dict[str, Machine]()
    known = looks.at("its machines", nothing, lambda: machines.describe(cloud, arns, environments))
    known = {arn: complete(machine, environments) for arn, machine in known.items()}
    types = sorted({machine.type for machine in known.values() if machine.type})
    offers = load.load(cloud.region, types) if types else Offers(cloud.region, None, {})
    unseen = [str(unchecked) for unchecked in looks.unchecked]
    cost = add_up(jobs, known, offers, now)
    return Spent(cost, offers.asked, "; ".join(filter(None, [offers.why, *unseen])), known)


def complete(machine: Machine, environments: Sequence[Mapping[str, Any]]) -> Machine:
    """Fill in the type of a machine that ECS has forgotten, where its compute environment has only one (pure)."""
    if machine.type:
        return machine
    for environment in environments:
        if environment["computeEnvironmentName"] == machine.environment:
            types = (environment.get("computeResources") or {}).get("instanceTypes") or []
            if len(types) == 1 and "." in types[0]:
                return replace(machine, type=types[0])
    return machine
