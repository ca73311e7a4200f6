"""Job queues: on, with something behind them that is on, and head jobs where they are not interrupted."""

from dataclasses import replace
from typing import Any

import pytest

from environments.doctor.checks.queues import check_head_jobs, check_states
from environments.doctor.facts.picture import Picture
from tests.support.doctor_pictures import ARN, picture

OTHER = ARN.replace("/one", "/two")


def members(*arns: str) -> list[dict[str, Any]]:
    return [{"order": place, "computeEnvironment": arn} for place, arn in enumerate(arns, 1)]


def changed(queue: dict[str, Any] | None = None, *environments: dict[str, Any]) -> Picture:
    """The picture with other values in its queue, and its compute environment in these variants."""
    plain = picture("c5.2xlarge")
    [one] = plain.scope.environments
    variants = [{**one, **variant} for variant in environments or ({},)]
    queues = [{**plain.scope.queues[0], **(queue or {})}]
    scope = replace(plain.scope, queues=queues, environments=variants, region_environments=variants)
    return replace(plain, scope=scope)


@pytest.mark.parametrize("name", ["head", "Head", "nf-head", "head_jobs", "my_HEAD-queue"])
def test_head_jobs_do_not_go_to_spot(name: str) -> None:
    spot = {"computeResources": {"type": "SPOT"}}
    [finding] = check_head_jobs(changed({"jobQueueName": name}, spot))
    assert (finding.severity, finding.resource) == ("error", name)
    assert "one" in finding.what
    assert list(check_head_jobs(changed({"jobQueueName": name}, {"computeResources": {"type": "EC2"}}))) == []


@pytest.mark.parametrize("name", ["default", "ahead", "headless"])
def test_other_jobs_may_go_to_spot(name: str) -> None:
    assert list(check_head_jobs(changed({"jobQueueName": name}, {"computeResources": {"type": "SPOT"}}))) == []


def test_a_queue_that_is_on_and_valid_is_well() -> None:
    assert list(check_states(changed({"state": "ENABLED", "status": "VALID"}))) == []


@pytest.mark.parametrize("status", ["CREATING", "UPDATING", "VALID", "ZZZ", None])
def test_a_queue_is_invalid_only_where_aws_says_so(status: str | None) -> None:
    assert list(check_states(changed({"status": status}))) == []


def test_an_invalid_queue_says_why() -> None:
    [finding] = check_states(changed({"status": "INVALID", "statusReason": "no compute environment"}))
    assert (finding.severity, finding.resource, finding.why) == ("error", "q", "no compute environment")
    [silent] = check_states(changed({"status": "INVALID"}))
    assert silent.why == ""


def test_a_queue_that_is_off() -> None:
    [finding] = check_states(changed({"state": "DISABLED"}))
    assert finding.fix == "aws batch update-job-queue --job-queue q --state ENABLED"


def test_a_compute_environment_that_is_off_leaves_its_queue_with_nothing() -> None:
    [finding] = check_states(changed({}, {"state": "DISABLED"}))
    assert (finding.severity, finding.resource) == ("error", "one")
    assert "q" in finding.why
    assert finding.fix == "aws batch update-compute-environment --compute-environment one --state ENABLED"


def test_beside_another_that_is_on_it_is_a_warning() -> None:
    two = {"computeEnvironmentName": "two", "computeEnvironmentArn": OTHER}
    order = {"computeEnvironmentOrder": members(ARN, OTHER)}
    [finding] = check_states(changed(order, {"state": "DISABLED"}, two))
    assert (finding.severity, finding.resource) == ("warning", "one")
    both = list(check_states(changed(order, {"state": "DISABLED"}, two | {"state": "DISABLED"})))
    assert [(each.severity, each.resource) for each in both] == [("error", "one"), ("error", "two")]


def test_a_compute_environment_of_no_queue_may_be_off() -> None:
    assert list(check_states(changed({"computeEnvironmentOrder": members(OTHER)}, {"state": "DISABLED"}))) == []
