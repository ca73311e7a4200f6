"""What a run has cost: every attempt by its machine's price and the share of the machine that it asked for (pure).

A machine's idle time, its volumes and S3 are not in it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from jobs.model.job import Attempt, Job
from jobs.model.place import Machine
from nextflow.prices.offers import Offers

LOST = "Host EC2"  # how statusReason begins where the machine was taken away


@dataclass(frozen=True)
class Cost:
    """US dollars; attempts that are counted, those whose machine or price nobody knows any more among them.

    `lost` are attempts whose Spot machine was taken, `failed` those that ended badly otherwise, On-Demand machines that
    went away among them.
    """

    dollars: float = 0.0
    on_demand: float = 0.0
    spot: float = 0.0
    attempts: int = 0
    unpriced: int = 0
    lost: int = 0
    lost_dollars: float = 0.0
    failed: int = 0
    failed_dollars: float = 0.0

    def __add__(self, other: "Cost") -> "Cost":
        return Cost(*(getattr(self, name) + getattr(other, name) for name in self.__dataclass_fields__))


def add_up(
    jobs: Iterable[Job], machines: Mapping[str, Machine], offers: Offers, now: datetime
) -> Cost:  # fmt: skip
    """Add up the attempts of jobs, what still runs until `now`; `machines` are by the container instance's ARN."""
    whole = Cost()
    for job in jobs:
        for attempt in job.attempts:
            if attempt.started:
                whole += price(job, attempt, machines.get(attempt.machine, Machine()), offers, now)
    return whole


def price(job: Job, attempt: Attempt, machine: Machine, offers: Offers, now: datetime) -> Cost:
    """Price an attempt that has started."""
    hourly = (offers.spot if machine.spot else offers.on_demand).get(machine.type)
    share = find_share(job, machine, offers)
    lost = attempt.over and attempt.reason.startswith(LOST) and machine.spot is not False
    failed = attempt.over and not lost and attempt.exit_code != 0
    if hourly is None or share is None or machine.spot is None:
        return Cost(attempts=1, unpriced=1, lost=int(lost), failed=int(failed))
    begin = attempt.started or now
    dollars = max(0.0, ((attempt.stopped or now) - begin).total_seconds()) / 3600 * hourly * share
    return Cost(
        dollars, 0.0 if machine.spot else dollars, dollars if machine.spot else 0.0, 1, 0, int(lost),
        dollars if lost else 0.0, int(failed), dollars if failed else 0.0,
    )  # fmt: skip


def find_share(job: Job, machine: Machine, offers: Offers) -> float | None:
    """Find the share of a machine that a job keeps from others: of its vCPUs or of its memory, whichever is more.

    None for a machine of which nothing is known.
    """
    kind = offers.types.get(machine.type)
    vcpus = machine.vcpus or (kind.vcpus if kind else 0)
    memory = machine.memory or (kind.memory if kind else 0)
    if not vcpus or not memory:
        return None
    return min(1.0, max(job.vcpus / vcpus, job.memory / memory))
