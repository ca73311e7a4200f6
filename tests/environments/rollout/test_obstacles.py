"""Why AWS Batch cannot update a compute environment in place."""

from dataclasses import replace
from typing import Any

import pytest

from environments.kinds.batch import compute_environments
from environments.kinds.batch.jobs import Job
from environments.rollout.change import Change
from environments.rollout.obstacles import (
    FixedField,
    FixedStrategy,
    LongJobs,
    LongWait,
    Obstacle,
    OtherServiceRole,
    find_obstacle,
)
from environments.rollout.options import Options
from environments.rollout.situation import Situation
from tests.support.inputs import found_like, inputs

[COMPUTE, *_] = compute_environments.desired(inputs("genomics"))
CLUSTER = "arn:aws:ecs:us-east-1:123456789012:cluster/cluster"


def obstacle(options: Options = Options(), jobs: tuple[Job, ...] = (), **changes: Any) -> Obstacle | None:  # noqa: B008
    """What stands against a change of the AMI and of `changes`, which are as they are now."""
    existing = replace(found_like(COMPUTE, imageIdOverride="ami-0", **changes), cluster=CLUSTER)
    change = Change(COMPUTE, existing, compute_environments.diff(COMPUTE, existing))
    return find_obstacle(change, options, Situation("genomics", (), jobs), 1000.0)


def job(started: float, limit: int | None = None, cluster: str = "cluster") -> Job:
    """A job that runs; the present is 1000 s after the epoch."""
    return Job("7c1e", "fastqc", "RUNNING", cluster, started, limit)


def test_nothing_stands_against_a_new_ami() -> None:
    assert obstacle() is None


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"serviceRole": "arn:aws:iam::123456789012:role/own"}, OtherServiceRole()),
        ({"allocationStrategy": "BEST_FIT"}, FixedStrategy("BEST_FIT")),
        ({"spotIamFleetRole": "arn:x"}, FixedField("spotIamFleetRole")),
    ],
)
def test_what_aws_batch_does_not_update(changes: dict[str, Any], expected: Obstacle) -> None:
    assert obstacle(**changes) == expected


def test_a_longer_wait_than_an_update_lets_jobs_run() -> None:
    assert obstacle(Options(drain_minutes=7201)) == LongWait()
    assert obstacle(Options(drain_minutes=7201, terminate_jobs=True)) is None


def test_jobs_that_an_update_would_end() -> None:
    minute = Options(drain_minutes=1)
    long = job(900.0)
    assert obstacle(minute, (long, job(990.0))) == LongJobs((long,), 1)
    assert obstacle(minute, (job(950.0),)) is None, "50 s so far"
    assert obstacle(minute, (job(990.0, limit=60),)) is None, "over in 50 s"
    assert obstacle(minute, (job(990.0, limit=600),)) == LongJobs((job(990.0, limit=600),), 1)
    assert obstacle(minute, (job(900.0, cluster="another"),)) is None
    assert obstacle(Options(drain_minutes=1, terminate_jobs=True), (long,)) is None
