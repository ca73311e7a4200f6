"""Texts of a planned build (pure)."""

from datetime import UTC, datetime
from typing import Any

from cloud.session import Cloud
from images.plan.plan import Plan, find_end_of_support
from images.spec import rules
from kiln import typed, words
from userdata import refusals


def render_header(cloud: Cloud, plan: Plan) -> str:
    """What is about to be built, why, and what it takes."""
    origin = plan.boot.spec.base.ssm or "by its id or name"
    lines = [
        "",
        f"{plan.boot.spec.name} in {cloud.region:<40}  key {plan.boot.key[:8]}",
        f"  base   {plan.base.id}  {plan.base.name} ({origin}, {words.format_age(plan.base.created)})",
        f"  why    {plan.why}",
        f"  about  {render_cost(plan)}, ends with a tested AMI",
    ]
    ended = find_end_of_support(plan.boot.spec)
    if ended:
        lines.append(f"  ! support for this base ended on {ended}: build on ecs/al2023 where you can")
    if plan.base.deprecated and plan.base.deprecated < datetime.now(UTC):
        lines.append(f"  ! {plan.base.id} is deprecated since {plan.base.deprecated:%Y-%m-%d}")
    for warning in refusals.list_warnings(rules.examine(plan.boot.spec)):
        lines += [f"  ! {warning.what}", f"    {warning.why}", f"    {warning.hint}"]
    lines += [f"  ! {typed.pasteable(note)}" for note in plan.role.notes]
    lines += [f"  ? {unchecked}" for unchecked in plan.role.unchecked]
    return "\n".join([*lines, ""])


def render_cost(plan: Plan) -> str:
    """Minutes and dollars, as far as they are known."""
    text = f"{plan.estimate.minutes:.0f} min"
    if plan.estimate.dollars is not None and plan.estimate.monthly is not None:
        text += (
            f", ${max(plan.estimate.dollars, 0.01):.2f} to build, at most ${plan.estimate.monthly:.2f} a month to keep"
        )
    return text


def render_preflight(plan: Plan) -> str:
    """Say in a line what the preflight found in order."""
    first = plan.boot.placements[0].instance_type
    subnets = len({place.subnet.id for place in plan.boot.placements if place.instance_type == first})
    return f"base found, name free, calls allowed, {first} offered in {words.count(subnets, 'subnet')}"


def render_plan(plan: Plan) -> str:
    """What `--plan` prints: volumes, files, steps and checks."""
    lines = [f"would build {plan.ami_name}", "  volumes"]
    for mapping in plan.mappings:
        ebs = mapping["Ebs"]
        sealed = "encrypted" if ebs["Encrypted"] else "NOT encrypted"
        lines.append(f"    {mapping['DeviceName']:<12} {ebs['VolumeSize']:>5} GiB  {ebs['VolumeType']}  {sealed}")
    recipe = plan.boot.recipe
    parts = (
        ("files", [file.path for file in recipe.files]),
        ("steps", [step.name for step in recipe.steps]),
        ("checks", [check.name for check in recipe.checks]),
        ("before imaging", [step.name for step in recipe.sealing]),
    )
    for title, names in parts:
        lines += [f"  {title}", *(f"    {name}" for name in names)] if names else []
    return "\n".join([*lines, "Build it with: " + typed.command(f"build-ami --image {plan.boot.spec.name}")])


def make_document(cloud: Cloud, plan: Plan, *, up_to_date: bool) -> dict[str, Any]:
    """Make the JSON document of a planned build."""
    boot = plan.boot
    return {
        "image": boot.spec.name, "region": cloud.region, "key": boot.key, "why": plan.why, "base": plan.base.id,
        "ami_name": plan.ami_name, "up_to_date": up_to_date, "existing": plan.existing.id if plan.existing else None,
        "minutes": plan.estimate.minutes, "dollars": plan.estimate.dollars, "dollars_per_month": plan.estimate.monthly,
        "volumes": plan.mappings, "steps": [step.name for step in boot.recipe.steps],
        "checks": [check.name for check in boot.recipe.checks],
        "notes": [typed.pasteable(note) for note in plan.role.notes],
        "not_checked": [vars(unchecked) for unchecked in plan.role.unchecked],
    }  # fmt: skip


def render_up_to_date(plan: Plan) -> str:
    """Say that an AMI of the same key exists; `plan.existing` is that AMI."""
    entry = plan.existing
    assert entry is not None
    return (
        f"✓ {entry.id} is up to date: same base, recipe and definition"
        f" (key {plan.boot.key[:8]}, {words.format_age(entry.created)}). --force builds it again."
    )
