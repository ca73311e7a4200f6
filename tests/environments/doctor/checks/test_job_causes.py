"""Why a job does not start: its queue, its own reason, or machines that do not come."""

from dataclasses import replace
from typing import Any

import pytest

from environments.doctor.checks.jobs import check_job, check_stuck_jobs
from environments.doctor.facts.machines import Agents, Machine
from environments.doctor.facts.picture import Picture
from tests.support.doctor_pictures import job, picture

CAPACITY = "CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY"
JOINED = Agents((Machine("i-1", "c5.2xlarge", "1.99.0", True, 15434, "c"),))


def seen(queue: dict[str, Any] | None = None, environment: dict[str, Any] | None = None, **parts: Any) -> Picture:
    """The picture with other values in its queue and its compute environment."""
    resources = parts.pop("resources", None)
    plain = picture("c5.2xlarge", resources=resources, **parts)
    environments = [{**plain.scope.environments[0], **(environment or {})}]
    queues = [{**plain.scope.queues[0], **(queue or {})}]
    scope = replace(plain.scope, queues=queues, environments=environments, region_environments=environments)
    return replace(plain, scope=scope)


def what(picture_: Picture, reason: str = "") -> str:
    finding = check_job(job(reason=reason), picture_)
    return f"{finding.what} | {finding.why} | {finding.fix}" if finding else ""


def test_a_queue_that_is_off() -> None:
    assert "its queue q is DISABLED" in what(seen({"state": "DISABLED"}))


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({"status": "INVALID"}, "one is INVALID"),
        ({"status": "UPDATING"}, "one is ENABLED, UPDATING"),
        ({"state": "DISABLED"}, "one is DISABLED, VALID"),
    ],
)
def test_compute_environments_that_cannot_be_used(environment: dict[str, str], words: str) -> None:
    assert words in what(seen(environment=environment))


def test_its_own_reason_is_explained() -> None:
    said = what(seen(), CAPACITY)
    assert "EC2 has no capacity" in said
    assert "11 min 40 s at the front of q" in said


def test_a_queue_matters_more_than_a_reason_and_the_size_more_than_both() -> None:
    assert "DISABLED" in what(seen({"state": "DISABLED"}), CAPACITY)
    large = check_job(job(vcpus=300), seen({"state": "DISABLED"}))
    assert large
    assert "300 vCPUs" in large.what


def test_a_job_that_stands_behind_another_waits_for_its_turn() -> None:
    assert check_job(replace(job(), place=1), seen()) is None
    assert check_job(job(), seen())


@pytest.mark.parametrize(("running", "stuck"), [(255, True), (256, False)])
def test_a_job_waits_for_others_where_its_compute_environments_are_full(running: int, stuck: bool) -> None:
    """Of 256 vCPUs, 255 in use leave room for a job of one."""
    full = seen(resources={"desiredvCpus": running}, agents=JOINED)
    assert bool(check_job(job(), full)) is stuck


def test_machines_that_were_wanted_and_have_not_joined() -> None:
    assert "none has joined" in what(seen(resources={"desiredvCpus": 8}))
    assert "none has joined" not in what(seen(resources={"desiredvCpus": 8}, agents=JOINED))
    assert "none has joined" not in what(seen(resources={"desiredvCpus": 0}))
    assert "none has joined" not in what(seen(resources={}))
    cut_off = replace(JOINED.machines[0], connected=False)
    assert "none has joined" in what(seen(resources={"desiredvCpus": 8}, agents=Agents((cut_off,))))


def test_what_was_not_seen_is_not_said() -> None:
    assert "none has joined" not in what(seen(resources={"desiredvCpus": 8}, unseen={"agents": "denied"}))


def test_spot_alone_may_lack_capacity() -> None:
    assert "Spot capacity" in what(seen(resources={"type": "SPOT"}))
    assert "Spot capacity" not in what(seen(resources={"type": "EC2"}))


def test_jobs_with_the_same_cause_are_told_once() -> None:
    one = job(reason=CAPACITY)
    many = seen(jobs=(one, replace(one, id="2"), replace(one, id="3"), job(vcpus=300)))
    first, other = check_stuck_jobs(many)
    assert first.what.endswith("(and 2 other jobs for the same reason)")
    assert "300 vCPUs" in other.what
    assert "other job" not in other.what
