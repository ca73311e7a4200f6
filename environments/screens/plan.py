"""Texts of registering an environment (pure)."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from environments.kinds.batch.compute_request import DesiredEnvironment
from environments.model.resource import Difference
from environments.plan.plan import Plan
from environments.plan.steps import Step
from environments.screens import teardown as show_teardown
from environments.screens.masked import mask
from environments.screens.rollout import describe_decision
from kiln import typed

_MARK = {"create": "+", "update": "~", "replace": "±", "unchanged": "=", "foreign": "=", "delete": "-", "untag": "~"}
_NOISE = ("statement ",)  # fields whose content is too long for a line


def render_header(plan: Plan) -> str:
    """Say which environment, which AMI and why, and how many machines there can be."""
    image = plan.inputs.chosen.image
    was = ", ".join(ami for ami in plan.running if ami != image.id)
    lines = [
        f"{plan.spec.name} in {plan.inputs.region:<40}  {image.id}" + (f" (was {was})" if was else ""),
        f"  {'why':<14}  {plan.inputs.chosen.why}",
        *(f"  {name:<14}  {most}" for name, most in plan.most.items()),
        *(f"  {'!':<14}  {typed.pasteable(note)}" for note in plan.notes),
        *(f"  {'?':<14}  {unchecked}" for unchecked in plan.unchecked),
        "",
    ]
    return "\n".join(lines) + "\n"


def render_plan(plan: Plan, command: str, *, verbose: bool) -> str:
    """Show the plan, a line for every change; `command` is what carries it out."""
    same = [step for step in plan.steps if not step.something_to_do]
    lines = [] if verbose or not same else [f"  =  {len(same)} unchanged" + " " * 43 + "--verbose names them"]
    for step in plan.steps:
        if step.something_to_do or verbose:
            lines += _lines(step)
    for removal in plan.removals.steps:
        lines.append(f"  {_MARK[removal.action]}  {removal.existing.kind:<20} {removal.existing.name}   {removal.why}")
    lines += show_teardown.render_jobs(plan.removals.jobs)
    count: Counter[str] = Counter(step.action for step in plan.steps if step.something_to_do)
    count.update(step.action for step in plan.removals.steps)
    joins = sum(step.joins and step.action == "unchanged" for step in plan.steps)
    parts = [f"{count['create']} to create", f"{count['update']} to update", f"{count['replace']} to replace"]
    parts += [f"{joins} to share"] if joins else []
    parts += [f"{count['delete']} to delete"]
    parts += [f"{count['untag']} to leave to others"] if count["untag"] else []
    lines.append(f"{', '.join(parts)}. Apply with: {typed.command(command)}")
    return "\n".join(lines)


def _lines(step: Step) -> list[str]:
    """Show a resource, and a line for every field that differs."""
    kind, name = step.desired.kind, step.desired.name
    head = f"  {_mark(step)}  {kind:<20} {name}"
    lines = [head + (f"   {text}" if (text := _head_text(step)) else "")]
    lines += [f"         {_difference(mask(change))}" for change in step.changes]
    if isinstance(step.desired, DesiredEnvironment) and step.action == "create":
        lines.append(f"         {_compute(step.desired.fields)}")
    return lines


def _compute(fields: Mapping[str, Any]) -> str:
    """A new compute environment in a line."""
    what = f"{fields['type']}, {fields['allocationStrategy']}, {_value(fields['instanceTypes'])}"
    sizes = f"{fields['minvCpus']} to {fields['maxvCpus']} vCPUs"
    return (
        f"{what}, {sizes}, {fields['launchTemplate']} v{fields['launchTemplateVersion']}, {fields['imageIdOverride']}"
    )


def _mark(step: Step) -> str:
    return "~" if step.joins and step.action == "unchanged" else _MARK[step.action]


def _head_text(step: Step) -> str:
    texts = [text] if (text := describe_decision(step.decision)) else []
    if step.action == "foreign":
        texts.append("exists already and is not Kiln's: used as it is")
    if step.joins:
        texts.append("shared: it gets this environment's tag")
    texts += [f"an earlier roll-out left {leftover.aws_name}" for leftover in step.leftovers]
    return "; ".join(texts)


def _difference(change: Difference) -> str:
    if change.field.startswith(_NOISE):
        what = "added" if change.before is None else "removed" if change.after is None else "changed"
        return f"{change.field} {what}"
    return f"{change.field}: {_value(change.before)} → {_value(change.after)}"


def _value(value: Any) -> str:
    if value is None or value == "":
        return "none"
    if isinstance(value, tuple | list):
        return ", ".join(_value(item) for item in value) or "none"
    if isinstance(value, dict):
        return ", ".join(f"{key}={_value(item)}" for key, item in value.items()) or "none"
    return str(value)


def render_up_to_date(plan: Plan) -> str:
    """Say that there is nothing to do."""
    mark = "?" if plan.unchecked else "✓"  # what was not looked at is not called well
    lines = [
        f"{mark} {plan.spec.name} is up to date: {len(plan.steps)} resources are as they should be, "
        f"on {plan.inputs.chosen.image.id}.",
        *(f"! {typed.pasteable(note)}" for note in plan.notes),
        *(f"? {unchecked}" for unchecked in plan.unchecked),
    ]
    return "\n".join(lines)


def render_applied(plan: Plan, seconds: str, calls: int) -> str:
    """Say what an apply that went well has done."""
    done = [step for step in plan.steps if step.something_to_do]
    queues = ", ".join(plan.spec.queues)
    changed = f"{len(done)} of {len(plan.steps)} resources changed"
    count = Counter(step.action for step in plan.removals.steps)
    changed += f", {count['delete']} deleted" if count["delete"] else ""
    changed += f", {count['untag']} left to others" if count["untag"] else ""
    return "\n".join([
        f"✓ {plan.spec.name}   {changed}   {seconds}, {calls} AWS calls",
        f"  ami     {plan.inputs.chosen.image.id}",
        f"  queues  {queues}",
        f"  next    {typed.command('show-env --env ' + plan.spec.name)}",
    ])  # fmt: skip
