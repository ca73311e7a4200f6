"""What registering environments costs: `python -m benchmarks.environments`, in an offline AWS without machines.

genomics alone: AWS calls of the first apply and of an apply that finds nothing to do, and the time of a plan, as a user
types it. Then the same of a small environment while 1 to 50 of them stand in one account; the offline AWS's clock runs
60 times as fast there, and is in this process.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

from cloud.session import Cloud
from environments.apply import apply
from environments.plan.prepare import prepare
from environments.rollout.options import Options
from environments.spec import definitions
from kiln.screen import Screen
from sandbox.command import client, state, variables
from sandbox.inprocess import Sandbox

ROOT = Path(__file__).parent.parent
NUMBERS = (1, 10, 20, 30, 40, 50)
QUOTAS = {"L-144F0CA5": 100.0, "L-4CEA37AD": 100.0}  # compute environments and job queues; AWS grants 50 at first
SHARED_BY = 25  # environments: each is a tag on what they share, and AWS allows 50 tags
POLLS = ("DescribeComputeEnvironments", "DescribeJobQueues")
SMALL = """\
name: {name}
image: nextflow-al2023
ami: ecs-optimized
launch_template: {folder}/{shared}.yaml
log_group: {{name: /bench/{shared}}}
roles: {{instance: {name}-machine, bucket_policy: {name}-buckets, storage_policy: null}}
buckets: {{work: {{expire: work/}}}}
compute_environments: {{{name}: {{instance_types: [c5.2xlarge], max_vcpus: 100}}}}
queues: {{{name}: {{compute_environments: [{name}]}}}}
"""


@dataclass(frozen=True)
class Cost:
    """AWS calls and seconds of an apply that found nothing to do, with `number` environments in the account."""

    number: int
    calls: int
    seconds: float


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        genomics(Path(folder))
        growth(Path(folder))
    return 0


def genomics(home: Path) -> None:
    running = client.start(home, machines=False, report=print)
    try:
        with mock.patch.dict(os.environ):
            variables.turn_process_to(running)
            first = invoked(running, "--yes")
            plans = [invoked(running, "--plan") for _ in range(5)]
            nothing = invoked(running, "--yes")
    finally:
        client.stop(home)
    asked = sum(first.calls[name] for name in POLLS)
    print("\ngenomics on the stock AMI, in the offline AWS")
    row("AWS calls of the first apply", sum(first.calls.values()), f"         {asked} of them ask for the state")
    row("AWS calls of an apply with nothing to do", sum(nothing.calls.values()), "         goal 30")
    row("a plan with nothing to do, median of 5", statistics.median(each.seconds for each in plans), "s        goal 2")


@dataclass(frozen=True)
class Invoked:
    seconds: float
    calls: Counter[str]


def invoked(running: state.State, *options: str) -> Invoked:
    """`invoke register-env` as a user types it: its seconds, and the calls that the offline AWS counted."""
    before, began = counted(running), time.monotonic()
    command = [sys.executable, "-m", "invoke", "register-env", "--ami", "ecs-optimized", *options]
    subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
    return Invoked(time.monotonic() - began, counted(running) - before)


def counted(running: state.State) -> Counter[str]:
    return Counter({name: int(n) for name, n in state.get(running.endpoint, "calls")["actions"].items()})


def growth(folder: Path) -> None:
    with Sandbox(rate=60) as sandbox, turned_to(sandbox):
        quotas = sandbox.client("service-quotas")
        for code, wanted in QUOTAS.items():
            quotas.request_service_quota_increase(ServiceCode="batch", QuotaCode=code, DesiredValue=wanted)
        sandbox.clock.advance(61)
        costs, began = [], 0
        for number in NUMBERS:
            for n in range(began, number):
                register(folder, n)
            began = number
            costs.append(min((cost_of_nothing(folder, number) for _ in range(3)), key=lambda cost: cost.seconds))
    print("\none small environment, with nothing to do")
    print(f"{'environments in the account':>28} {'AWS calls':>10} {'seconds':>8}")
    for cost in costs:
        print(f"{cost.number:>28} {cost.calls:>10} {cost.seconds:>8.2f}")
    print(f"{'slope, for each more':>28} {slope(costs, 'calls'):>10.2f} {slope(costs, 'seconds'):>8.4f}")


@contextmanager
def turned_to(sandbox: Sandbox) -> Iterator[None]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    with mock.patch.dict(os.environ, kept | sandbox.env(), clear=True):
        yield


def definition(folder: Path, n: int) -> str:
    path, shared = folder / f"bench{n:02d}.yaml", f"shared{n // SHARED_BY}"
    template = (ROOT / "launch_templates" / "nextflow-al2023.yaml").read_text()
    (folder / f"{shared}.yaml").write_text(template.replace("name: nextflow-al2023", f"name: {shared}", 1))
    path.write_text(SMALL.format(name=path.stem, folder=folder, shared=shared))
    return str(path)


def register(folder: Path, n: int) -> None:
    cloud = Cloud()
    planned = prepare(cloud, definitions.load(definition(folder, n)))
    with open(os.devnull, "w") as nowhere:
        apply.apply(cloud, planned, Options(), Screen(nowhere))


def cost_of_nothing(folder: Path, number: int) -> Cost:
    cloud, began = Cloud(), time.monotonic()
    planned = prepare(cloud, definitions.load(definition(folder, 0)))
    if planned.something_to_do:
        raise SystemExit(f"there is something to do: {[step for step in planned.steps if step.something_to_do]}")
    return Cost(number, sum(cloud.calls.values()), time.monotonic() - began)


def slope(costs: list[Cost], what: str) -> float:
    """By least squares, for each environment more."""
    return statistics.linear_regression([cost.number for cost in costs], [getattr(cost, what) for cost in costs]).slope


def row(name: str, value: float, unit: str) -> None:
    print(f"{name:<44} {value:8.1f} {unit}".rstrip())


if __name__ == "__main__":
    sys.exit(main())
