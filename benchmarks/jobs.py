"""What jobs cost the offline Batch: `python -m benchmarks.jobs`, without machines.

Jobs are submitted to a queue whose machines are absent, so that all of them wait: what SubmitJob, ListJobs and
DescribeJobs take for each, and what a look of the scheduler takes, must not grow with the number that waits. Calls go
by boto3 over HTTP to an offline AWS in this process; its clock is moved on so that SubmitJob's quota is not met.
"""

import statistics
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from sandbox.batch.model import records
from sandbox.batch.placing import scheduler
from sandbox.inprocess import REGION, Sandbox

NUMBERS = (1_000, 10_000)
ARRAY = 50
AT_ONCE = 40  # jobs submitted between two seconds of the clock: the quota is 50
ROLES = (("ecsInstanceRole", "ec2.amazonaws.com"), ("AWSBatchServiceRole", "batch.amazonaws.com"))
TRUST = (
    '{{"Version": "2012-10-17", "Statement": [{{"Effect": "Allow", "Principal": {{"Service": "{}"}}, '
    '"Action": "sts:AssumeRole"}}]}}'
)


@dataclass(frozen=True)
class Cost:
    """Milliseconds of a call for a job, and of a look of the scheduler, with `number` jobs that wait."""

    number: int
    submit: float
    list_jobs: float
    describe: float
    look: float


def main() -> int:
    costs = [measure(number) for number in NUMBERS]
    print("\njobs that wait in a queue whose machines are absent: milliseconds")
    print(
        f"{'jobs':>8} {'SubmitJob':>10} {'ListJobs':>9} {'DescribeJobs':>13}  for a job; {'a look':>7} of the scheduler"
    )
    for cost in costs:
        print(f"{cost.number:>8} {cost.submit:>10.2f} {cost.list_jobs:>9.3f} {cost.describe:>13.3f} {cost.look:>19.1f}")
    submitted, listed = measure_array()
    print(f"\nan array of {ARRAY}: SubmitJob {submitted:.0f} ms, ListJobs of its children {listed:.0f} ms")
    return 0


def measure(number: int) -> Cost:
    with Sandbox() as sandbox:
        definition = make_queue(sandbox)
        batch = sandbox.client("batch")
        submitting = 0.0
        for done in range(number):
            if done % AT_ONCE == 0:
                sandbox.clock.advance(1)
            began = time.perf_counter()
            batch.submit_job(jobName=f"job-{done}", jobQueue="queue", jobDefinition=definition)
            submitting += time.perf_counter() - began
        sandbox.clock.advance(5)
        ids: list[str] = []
        listing = measure_seconds(lambda: ids.extend(list_ids(batch, jobQueue="queue", jobStatus="RUNNABLE")))
        if len(ids) != number:
            raise SystemExit(f"{len(ids)} of {number} jobs are RUNNABLE")
        hundreds = [ids[begin : begin + 100] for begin in range(0, number, 100)]
        describing = measure_seconds(lambda: [batch.describe_jobs(jobs=hundred) for hundred in hundreds])
        submit, listed, described = (1000 * seconds / number for seconds in (submitting, listing, describing))
        return Cost(number, submit, listed, described, measure_looks(sandbox))


def make_queue(sandbox: Sandbox) -> str:
    """Make a queue whose environment gets no machine; a job definition's ARN."""
    iam, ec2, batch = (sandbox.client(name) for name in ("iam", "ec2", "batch"))
    for name, service in ROLES:
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=TRUST.format(service))
    iam.create_instance_profile(InstanceProfileName="ecsInstanceRole")
    iam.add_role_to_instance_profile(InstanceProfileName="ecsInstanceRole", RoleName="ecsInstanceRole")
    sandbox.faults.add("RunInstances", "InsufficientInstanceCapacity", times=None)
    resources = {
        "type": "EC2", "allocationStrategy": "BEST_FIT_PROGRESSIVE", "minvCpus": 0, "maxvCpus": 10_000,
        "instanceTypes": ["optimal"], "instanceRole": "ecsInstanceRole",
        "subnets": [subnet["SubnetId"] for subnet in ec2.describe_subnets()["Subnets"]],
        "securityGroupIds": [ec2.describe_security_groups()["SecurityGroups"][0]["GroupId"]],
    }  # fmt: skip
    sandbox.clock.advance(10)
    made = batch.create_compute_environment(computeEnvironmentName="one", type="MANAGED", computeResources=resources)
    sandbox.clock.advance(10)
    order = [{"order": 1, "computeEnvironment": made["computeEnvironmentArn"]}]
    batch.create_job_queue(jobQueueName="queue", priority=1, computeEnvironmentOrder=order)
    sandbox.clock.advance(10)
    container = {"image": "x", "vcpus": 1, "memory": 512, "command": ["true"]}
    answer = batch.register_job_definition(jobDefinitionName="work", type="container", containerProperties=container)
    return str(answer["jobDefinitionArn"])


def list_ids(batch: Any, **request: Any) -> Iterator[str]:
    for page in batch.get_paginator("list_jobs").paginate(**request, PaginationConfig={"PageSize": 1000}):
        yield from (job["jobId"] for job in page["jobSummaryList"])


def measure_looks(sandbox: Sandbox) -> float:
    """Milliseconds of a look of the scheduler, the median of ten."""
    with sandbox.world.lock:
        table = records.of(REGION)
        return 1000 * statistics.median(measure_seconds(lambda: scheduler.look(table)) for _ in range(10))


def measure_array() -> tuple[float, float]:
    """Milliseconds of submitting an array, and of listing its children."""
    with Sandbox() as sandbox:
        definition, batch = make_queue(sandbox), sandbox.client("batch")
        sandbox.clock.advance(1)
        request = {"jobName": "array", "jobQueue": "queue", "jobDefinition": definition}
        ids: list[str] = []
        submitted = measure_seconds(
            lambda: ids.append(batch.submit_job(**request, arrayProperties={"size": ARRAY})["jobId"])
        )
        sandbox.clock.advance(5)
        children: list[str] = []
        listed = measure_seconds(lambda: children.extend(list_ids(batch, arrayJobId=ids[0], jobStatus="RUNNABLE")))
        if len(children) != ARRAY:
            raise SystemExit(f"{len(children)} of {ARRAY} children are RUNNABLE")
        return 1000 * submitted, 1000 * listed


def measure_seconds(act: Callable[[], Any]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


if __name__ == "__main__":
    sys.exit(main())
