"""The decisions of an environment, without AWS."""

from dataclasses import replace
from typing import Any

import botocore.loaders
import pytest

from environments.kinds import order
from environments.kinds.batch import compute_environments
from environments.kinds.ec2 import security_groups
from environments.kinds.iam import service_linked
from environments.model import resource
from environments.model.resource import Desired, Difference, Existing, Ref
from environments.plan.comparison import compare
from environments.plan.plan import Plan, notes
from environments.plan.steps import Step, step
from environments.rollout import options as rollout
from environments.rollout.decision import UPDATABLE
from environments.rollout.options import Options
from environments.rollout.situation import Situation
from environments.screens import plan as show
from environments.screens.rollout import describe_decision
from kiln.errors import UserError
from tests.support.inputs import found_like, inputs
from tests.support.stock import STOCK


def planned(desired: Desired, existing: Existing | None, environment: str) -> Step:
    """The step for one resource where no job runs."""
    return step(compare(desired, existing, environment), Options(), Situation(environment), 0.0)


@pytest.mark.parametrize("name", ["genomics", "salmon", "genomics-2019", "reference"])
def test_everything_that_is_made_carries_the_environments_tag(name: str) -> None:
    there = inputs(name)
    desired = [resource for kind in order.KINDS for resource in kind.desired(there)]
    tagged = [each for each in desired if each.kind != service_linked.KIND and not each.foreign]
    assert len(tagged) > 8
    for each in tagged:
        assert f"kiln:env:{name}" in each.tags, each
    kinds = [kind.KIND for kind in order.KINDS]
    assert [each.kind for each in desired] == sorted((each.kind for each in desired), key=kinds.index)


@pytest.mark.parametrize(
    ("env", "changes", "action", "why"),
    [
        ("genomics", {}, "unchanged", ""),
        ("genomics", {"maxvCpus": 16}, "update", ""),
        ("genomics", {"state": "DISABLED"}, "update", ""),
        ("genomics", {"imageIdOverride": "ami-0"}, "update", "in place: service-linked role"),
        ("genomics", {"imageIdOverride": "ami-0", "allocationStrategy": "BEST_FIT"}, "replace", "BEST_FIT cannot"),
        ("genomics", {"imageIdOverride": "ami-0", "allocationStrategy": "BEST_FIT_TOMORROW"}, "replace",
         "the strategy BEST_FIT_TOMORROW cannot"),
        ("genomics", {"spotIamFleetRole": "arn:x"}, "replace", "its Spot fleet role cannot"),
        ("genomics-2019", {"imageIdOverride": "ami-0"}, "replace", "not the service-linked one"),
        ("genomics-2019", {"minvCpus": 4}, "update", ""),
    ],
)  # fmt: skip
def test_in_place_or_blue_green(env: str, changes: dict[str, Any], action: str, why: str) -> None:
    [first, *_] = compute_environments.desired(inputs(env))
    done = planned(first, found_like(first, **changes), env)
    assert done.action == action
    assert why in describe_decision(done.decision)
    assert (done.decision is not None) == bool(why)


def test_every_strategy_that_is_updated_in_place_is_one_that_aws_batch_takes_for_an_update() -> None:
    shapes = botocore.loaders.Loader().load_service_model("batch", "service-2")["shapes"]
    assert set(shapes["CRUpdateAllocationStrategy"]["enum"]) >= UPDATABLE
    assert "BEST_FIT" not in UPDATABLE


def test_what_is_to_be_done_for_a_resource() -> None:
    desired = Desired("log group", "/jobs", {"retention": "30 days"}, {"kiln:env:a": "now"})
    there = Existing("log group", "/jobs", "arn", {"retention": "30 days"}, {"kiln:env:a": "then"})
    assert planned(desired, None, "a").action == "create"
    assert planned(desired, there, "a") == Step("unchanged", desired, there)
    other = replace(there, fields={"retention": "7 days"})
    assert planned(desired, other, "a").changes == (Difference("retention", "7 days", "30 days"),)
    shared = planned(desired, replace(there, tags={"kiln:env:b": "then"}), "a")
    assert (shared.action, shared.joins, shared.something_to_do) == ("unchanged", True, True)
    foreign = planned(desired, replace(other, tags={}), "a")
    assert (foreign.action, foreign.something_to_do) == ("foreign", False)
    assert "is not Kiln's and stays as it is; it differs: retention" in notes(inputs("salmon"), [foreign])[0]
    with pytest.raises(UserError, match="belongs to the environment b"):
        planned(replace(desired, exclusive=True), replace(there, tags={"kiln:env:b": "then"}), "a")
    with pytest.raises(UserError, match="there is no log group"):
        planned(replace(desired, foreign=True), None, "a")


def test_ids_take_the_place_of_what_is_made_meanwhile() -> None:
    ref = Ref(security_groups.KIND, "g", "(new) g")
    ids = {("security group", "g"): "sg-1"}
    assert resource.resolved({"a": (ref, "x"), "b": {"c": [ref]}}, ids) == {"a": ("sg-1", "x"), "b": {"c": ["sg-1"]}}


def test_drain_timeouts_that_make_no_sense() -> None:
    assert rollout.check_options(30, terminate_jobs=False) == rollout.Options(30, False)
    for minutes in (0, -1):
        with pytest.raises(UserError, match="drain-timeout"):
            rollout.check_options(minutes, terminate_jobs=False)


def test_the_plan_in_words() -> None:
    there = inputs("genomics-2019")
    desired = compute_environments.desired(there)
    steps = [planned(each, found_like(each, imageIdOverride="ami-0"), "genomics-2019") for each in desired]
    log = Desired("log group", "/jobs", {}, {"kiln:env:genomics-2019": "now"})
    steps.append(planned(log, Existing("log group", "/jobs", "arn", {}, log.tags), "genomics-2019"))
    plan = Plan(there, tuple(steps), ("ami-0",), {"spot": "at most 256 vCPUs of optimal"}, Situation("genomics-2019"))
    text = show.plan_text(plan, "register-env --env genomics-2019", verbose=False)
    assert "=  1 unchanged" in text
    assert "±  compute env          ondemand   blue/green: its service role" in text
    assert f"imageIdOverride: ami-0 → {STOCK.id}" in text
    assert "0 to create, 0 to update, 2 to replace" in text
    assert "/jobs" in show.plan_text(plan, "x", verbose=True)
    assert f"{STOCK.id} (was ami-0)" in show.header(plan)
    assert "at most 256 vCPUs" in show.header(plan)
    created = tuple(planned(each, None, "genomics-2019") for each in desired)
    new = Plan(there, created, (), {"ondemand": "x", "spot": "y"}, Situation("genomics-2019"))
    text = show.plan_text(new, "x", verbose=False)
    assert f"SPOT, BEST_FIT, optimal, 0 to 256 vCPUs, genomics-workflow-template v1, {STOCK.id}" in text
