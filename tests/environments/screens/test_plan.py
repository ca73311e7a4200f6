"""A plan in words, without AWS."""

from environments.kinds.batch import compute_environments
from environments.model.resource import Desired, Existing
from environments.plan.plan import Plan
from environments.rollout.situation import Situation
from environments.screens import plan as show
from tests.support.inputs import found_like, inputs, plan_idle
from tests.support.stock import STOCK


def test_the_plan_in_words() -> None:
    there = inputs("genomics-2019")
    desired = compute_environments.desired(there)
    steps = [plan_idle(each, found_like(each, imageIdOverride="ami-0"), "genomics-2019") for each in desired]
    log = Desired("log group", "/jobs", {}, {"kiln:env:genomics-2019": "now"})
    steps.append(plan_idle(log, Existing("log group", "/jobs", "arn", {}, log.tags), "genomics-2019"))
    plan = Plan(there, tuple(steps), ("ami-0",), {"spot": "at most 256 vCPUs of optimal"}, Situation("genomics-2019"))
    text = show.plan_text(plan, "register-env --env genomics-2019", verbose=False)
    assert "=  1 unchanged" in text
    assert "±  compute env          ondemand   blue/green: its service role" in text
    assert f"imageIdOverride: ami-0 → {STOCK.id}" in text
    assert "0 to create, 0 to update, 2 to replace" in text
    assert "/jobs" in show.plan_text(plan, "x", verbose=True)
    assert f"{STOCK.id} (was ami-0)" in show.header(plan)
    assert "at most 256 vCPUs" in show.header(plan)
    created = tuple(plan_idle(each, None, "genomics-2019") for each in desired)
    new = Plan(there, created, (), {"ondemand": "x", "spot": "y"}, Situation("genomics-2019"))
    text = show.plan_text(new, "x", verbose=False)
    assert f"SPOT, BEST_FIT, optimal, 0 to 256 vCPUs, genomics-workflow-template v1, {STOCK.id}" in text
