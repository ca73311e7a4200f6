"""A plan in words, without AWS."""

from environments.kinds.batch import compute_environments, job_definitions
from environments.model.resource import Desired, Existing
from environments.plan.plan import Plan
from environments.plan.steps import Step
from environments.rollout.situation import Situation
from environments.screens import plan as show
from environments.screens import plan_document
from tests.support.inputs import found_like, inputs, plan_idle
from tests.support.stock import STOCK


def test_the_plan_in_words() -> None:
    there = inputs("genomics-2019")
    desired = compute_environments.desired(there)
    steps = [plan_idle(each, found_like(each, imageIdOverride="ami-0"), "genomics-2019") for each in desired]
    log = Desired("log group", "/jobs", {}, {"kiln:env:genomics-2019": "now"})
    steps.append(plan_idle(log, Existing("log group", "/jobs", "arn", {}, log.tags), "genomics-2019"))
    plan = Plan(there, tuple(steps), ("ami-0",), {"spot": "at most 256 vCPUs of optimal"}, Situation("genomics-2019"))
    text = show.render_plan(plan, "register-env --env genomics-2019", verbose=False)
    assert "=  1 unchanged" in text
    assert "±  compute env          ondemand   blue/green: its service role" in text
    assert f"imageIdOverride: ami-0 → {STOCK.id}" in text
    assert "0 to create, 0 to update, 2 to replace" in text
    assert "/jobs" in show.render_plan(plan, "x", verbose=True)
    assert f"{STOCK.id} (was ami-0)" in show.render_header(plan)
    assert "at most 256 vCPUs" in show.render_header(plan)
    created = tuple(plan_idle(each, None, "genomics-2019") for each in desired)
    new = Plan(there, created, (), {"ondemand": "x", "spot": "y"}, Situation("genomics-2019"))
    text = show.render_plan(new, "x", verbose=False)
    assert f"SPOT, BEST_FIT, optimal, 0 to 256 vCPUs, genomics-workflow-template v1, {STOCK.id}" in text


def test_what_a_compute_environment_is_made_of_is_said_of_new_ones_alone() -> None:
    there = inputs("genomics-2019")
    desired = compute_environments.desired(there)[0]
    summary = "EC2, BEST_FIT, optimal"
    for existing, is_said in ((None, True), (found_like(desired, maxvCpus=1), False), (found_like(desired), False)):
        step = plan_idle(desired, existing, "genomics-2019")
        plan = Plan(there, (step,), (), {}, Situation("genomics-2019"))
        assert (summary in show.render_plan(plan, "x", verbose=True)) is is_said, step.action


def test_secrets_that_somebody_else_registered_are_not_shown() -> None:
    fields = {"environment": {"A": "1"}, "command": ("run",)}
    others = {"environment": {"DB_PASSWORD": "hunter2", "A": "2"}, "command": ("run", "--token", "k-12345")}
    desired = Desired("job definition", "task", fields, {})
    existing = Existing("job definition", "task", "arn", others, {})
    step = Step("update", desired, existing, job_definitions.diff(desired, existing))
    plan = Plan(inputs("genomics-2019"), (step,), (), {}, Situation("genomics-2019"))
    text = show.render_plan(plan, "x", verbose=True)
    assert "environment: DB_PASSWORD=•••, A=2 → A=1" in text
    assert "command: run, --token, ••• → run" in text
    assert not [
        secret for secret in ("hunter2", "k-12345") if secret in str(plan_document.make_document(plan, applied=False))
    ]
