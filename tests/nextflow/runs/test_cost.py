"""What attempts cost: their machine's price by the share of it, Spot losses named."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from environments.machines.instance_types import InstanceType
from jobs.model.job import Attempt, Job
from jobs.model.place import Machine
from nextflow.prices.offers import Offers
from nextflow.runs.spent.cost import add_up
from nextflow.runs.spent.look import complete

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
OFFERS = Offers(
    "us-east-1", NOW, {"c5.2xlarge": InstanceType("c5.2xlarge", 8, 16384, ("x86_64",))}, {"c5.2xlarge": 0.34},
    {"c5.2xlarge": 0.12},
)  # fmt: skip
SPOT = Machine("i-1", "c5.2xlarge", spot=True, vcpus=8, memory=15434, known=True)


def job(*attempts: Attempt, vcpus: int = 4, memory: int = 1024) -> Job:
    return Job("a", "salmon", "q", "d", "FAILED", vcpus=vcpus, memory=memory, attempts=attempts)


def ended(reason: str = "Essential container in task exited", code: int | None = 0, machine: str = "m") -> Attempt:
    return Attempt(1, NOW - 2 * HOUR, NOW - HOUR, code, reason, machine=machine)


def test_a_share_of_a_spot_machine() -> None:
    cost = add_up([job(ended())], {"m": SPOT}, OFFERS, NOW)
    assert [cost.dollars, cost.spot, cost.on_demand] == pytest.approx([0.06, 0.06, 0])
    assert cost.attempts == 1
    whole = add_up([job(ended(), memory=15400)], {"m": SPOT}, OFFERS, NOW)
    assert whole.dollars == pytest.approx(0.12 * 15400 / 15434)
    assert add_up([job(ended(), vcpus=16)], {"m": SPOT}, OFFERS, NOW).dollars == pytest.approx(0.12)


def test_spot_losses_and_failures_are_named() -> None:
    lost = ended("Host EC2 (instance i-1) terminated.", None)
    cost = add_up([job(lost, ended(code=1), ended())], {"m": SPOT}, OFFERS, NOW)
    assert (cost.attempts, cost.lost, cost.failed) == (3, 1, 1)
    assert [cost.lost_dollars, cost.failed_dollars] == pytest.approx([0.06, 0.06])


def test_a_machine_that_is_not_spot_is_no_spot_loss() -> None:
    gone = job(ended("Host EC2 (instance i-1) terminated.", None))
    cost = add_up([gone], {"m": replace(SPOT, spot=False)}, OFFERS, NOW)
    assert (cost.lost, cost.lost_dollars, cost.failed) == (0, 0, 1)
    assert cost.failed_dollars == pytest.approx(0.17)
    assert add_up([gone], {}, OFFERS, NOW).lost == 1, "nobody knows, and Spot is the rule"


def test_what_runs_counts_until_now_whatever_the_clock_says() -> None:
    running = Attempt(1, NOW - HOUR / 2, machine="m", over=False)
    assert add_up([job(running)], {"m": SPOT}, OFFERS, NOW).dollars == pytest.approx(0.03)
    assert add_up([job(running)], {"m": SPOT}, OFFERS, NOW - HOUR).dollars == 0


def test_what_never_started_costs_nothing_and_what_nobody_knows_is_counted() -> None:
    assert add_up([job(Attempt(1, machine="m"))], {"m": SPOT}, OFFERS, NOW).attempts == 0
    for machine in ({}, {"m": Machine(type="x9.large", spot=True)}, {"m": Machine(type="c5.2xlarge")}):
        cost = add_up([job(ended())], machine, OFFERS, NOW)
        assert (cost.attempts, cost.unpriced, cost.dollars) == (1, 1, 0)


def test_a_forgotten_machine_has_the_type_of_its_environment_where_that_has_only_one() -> None:
    forgotten = Machine(environment="workers", spot=False)

    def told(*types: str) -> str:
        described = {"computeEnvironmentName": "workers", "computeResources": {"instanceTypes": list(types)}}
        return complete(forgotten, [described]).type

    assert told("c5.2xlarge") == "c5.2xlarge"
    assert told("c5.2xlarge", "c5.4xlarge") == told("optimal") == told("c5") == ""
    known = add_up([job(ended())], {"m": Machine(type="c5.2xlarge", spot=False)}, OFFERS, NOW)
    assert known.on_demand == pytest.approx(0.17)
