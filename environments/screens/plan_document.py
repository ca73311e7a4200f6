"""The plan of registering an environment as a document for programs (pure)."""

from typing import Any

from environments.plan.plan import Plan
from environments.plan.steps import Step
from environments.screens.masked import mask
from environments.screens.rollout import describe_decision
from environments.teardown import steps as teardown_steps
from kiln import typed


def make_document(plan: Plan, *, applied: bool) -> dict[str, Any]:
    """Give the plan as a document for programs."""
    return {
        "environment": plan.spec.name, "region": plan.inputs.region, "account": plan.inputs.account,
        "ami": plan.inputs.chosen.image.id, "why": plan.inputs.chosen.why, "running": plan.running,
        "something_to_do": plan.something_to_do and not applied, "applied": applied,
        "at_most": plan.most, "notes": [typed.pasteable(note) for note in plan.notes],
        "not_checked": [vars(unchecked) for unchecked in plan.unchecked],
        "resources": [*map(_resource, plan.steps), *map(_removed, plan.removals.steps)],
        "jobs": [vars(job) for job in plan.removals.jobs],
    }  # fmt: skip


def _resource(step: Step) -> dict[str, Any]:
    return {
        "kind": step.desired.kind, "name": step.desired.name, "action": step.action,
        "why": describe_decision(step.decision), "id": step.existing.id if step.existing else None, "joins": step.joins,
        "changes": [vars(mask(change)) for change in step.changes],
        "leftovers": [leftover.aws_name for leftover in step.leftovers],
    }  # fmt: skip


def _removed(step: teardown_steps.Step) -> dict[str, Any]:
    return {
        "kind": step.existing.kind, "name": step.existing.name, "action": step.action, "why": step.why,
        "id": step.existing.id, "joins": False, "changes": [], "leftovers": [],
    }  # fmt: skip
