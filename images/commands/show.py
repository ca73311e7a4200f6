"""Texts of the image tasks (pure)."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cloud.session import Cloud
from images.amis.catalogue import Entry
from images.build import Built
from images.clean import Leftover
from images.plan import plan as plans
from images.plan.plan import Plan
from images.record.report import Report
from kiln import typed, words


def header(cloud: Cloud, plan: Plan) -> str:
    """What is about to be built, why, and what it takes."""
    origin = plan.spec.base.ssm or "by its id or name"
    lines = [
        "",
        f"{plan.spec.name} in {cloud.region:<40}  key {plan.key[:8]}",
        f"  base   {plan.base.id}  {plan.base.name} ({origin}, {words.age(plan.base.created)})",
        f"  why    {plan.why}",
        f"  about  {cost(plan)}, ends with a tested AMI",
    ]
    ended = plans.ended(plan.spec)
    if ended:
        lines.append(f"  ! support for this base ended on {ended}: build on ecs/al2023 where you can")
    if plan.base.deprecated and plan.base.deprecated < datetime.now(UTC):
        lines.append(f"  ! {plan.base.id} is deprecated since {plan.base.deprecated:%Y-%m-%d}")
    return "\n".join([*lines, ""])


def cost(plan: Plan) -> str:
    """Minutes and dollars, as far as they are known."""
    text = f"{plan.estimate.minutes:.0f} min"
    if plan.estimate.dollars is not None and plan.estimate.monthly is not None:
        text += (
            f", ${max(plan.estimate.dollars, 0.01):.2f} to build, at most ${plan.estimate.monthly:.2f} a month to keep"
        )
    return text


def preflight_note(plan: Plan) -> str:
    first = plan.placements[0].instance_type
    subnets = len({place.subnet.id for place in plan.placements if place.instance_type == first})
    return f"base found, name free, calls allowed, {first} offered in {words.count(subnets, 'subnet')}"


def plan_text(plan: Plan) -> str:
    """What `--plan` prints: volumes, files, steps and checks."""
    lines = [f"would build {plan.ami_name}", "  volumes"]
    for mapping in plan.mappings:
        ebs = mapping["Ebs"]
        sealed = "encrypted" if ebs["Encrypted"] else "NOT encrypted"
        lines.append(f"    {mapping['DeviceName']:<12} {ebs['VolumeSize']:>5} GiB  {ebs['VolumeType']}  {sealed}")
    recipe = plan.recipe
    parts = (
        ("files", [file.path for file in recipe.files]),
        ("steps", [step.name for step in recipe.steps]),
        ("checks", [check.name for check in recipe.checks]),
        ("before imaging", [step.name for step in recipe.sealing]),
    )
    for title, names in parts:
        lines += [f"  {title}", *(f"    {name}" for name in names)] if names else []
    return "\n".join([*lines, "Build it with: " + typed.command(f"build-ami --image {plan.spec.name}")])


def plan_document(cloud: Cloud, plan: Plan, *, up_to_date: bool) -> dict[str, Any]:
    return {
        "image": plan.spec.name, "region": cloud.region, "key": plan.key, "why": plan.why, "base": plan.base.id,
        "ami_name": plan.ami_name, "up_to_date": up_to_date, "existing": plan.existing.id if plan.existing else None,
        "minutes": plan.estimate.minutes, "dollars": plan.estimate.dollars, "dollars_per_month": plan.estimate.monthly,
        "volumes": plan.mappings, "steps": [step.name for step in plan.recipe.steps],
        "checks": [check.name for check in plan.recipe.checks],
    }  # fmt: skip


def up_to_date(plan: Plan) -> str:
    entry = plan.existing
    assert entry is not None
    return (
        f"✓ {entry.id} is up to date: same base, recipe and definition"
        f" (key {plan.key[:8]}, {words.age(entry.created)}). --force builds it again."
    )


def built(cloud: Cloud, plan: Plan, done: Built, seconds: float) -> str:
    """The end of a good build."""
    lines = [
        f"✓ {done.ami}   {done.status}   {plan.ami_name}   {words.seconds(seconds)}, {cloud.work_calls()} AWS calls"
    ]
    checks = done.manifest["checks"]
    if checks["image"] is not None:
        total = len(checks["builder"]) + len(checks["image"])
        lines.append(f"  checks    {total} of {total}: {len(checks['builder'])} on the builder, "
                     f"{len(checks['image'])} on a machine booted from the AMI")  # fmt: skip
    added = done.manifest["added_bytes"]
    used, written = words.size(added["used"]), words.size(added["written"])
    lines.append(f"  added     {used} to the root file system; {written} written to disk")
    lines.append(f"  manifest  {plan.folder}/manifest.json · timeline.svg")
    following = "list-amis" if done.status == "tested" else f"test-ami {done.ami}"
    lines.append(f"  next      {typed.command(following)}")
    return "\n".join(lines)


def left(report: Report, log: Path) -> str:
    """What a failed build left behind, and where its log is."""
    if report.left:
        what = "\n".join(f"{each.what}: {each.by_hand}" for each in report.left)
    elif report.kept:
        what = f"{report.kept}, kept on request: {typed.command('clean --apply')} removes it."
    else:
        what = "nothing: what this build made is gone."
    return f"{what}\nLog: {log}"


def table(found: Sequence[Entry], now: datetime) -> str:
    """The catalogue, newest first."""
    rows = [("NAME", "ID", "BASE", "KEY", "STATUS", "AGE", "SIZE")]
    for entry in found:
        state = "" if entry.state == "available" else f" ({entry.state})"
        row = (
            entry.image,
            entry.id,
            entry.base,
            entry.key[:8],
            entry.status + state,
            words.age(entry.created, now),
            f"{entry.size} GiB",
        )
        rows.append(row)
    widths = [max(len(row[n]) for row in rows) for n in range(len(rows[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )


def leftovers(found: Sequence[Leftover], failed: Sequence[tuple[Leftover, str]], *, applied: bool) -> str:
    if not found:
        return "✓ nothing is left behind"
    errors = {(each.kind, each.id): why for each, why in failed}
    lines = []
    for each in found:
        error = errors.get((each.kind, each.id))
        mark = ("✗" if error else "✓") if applied else "-"
        lines.append(
            f"{mark} {each.kind:<15} {each.id:<28} build {each.build}: {each.why}" + (f"\n    {error}" if error else "")
        )
    if not applied:
        delete = typed.command("clean --apply")
        lines.append(f"{words.count(len(found), 'thing')} left behind. Delete with: {delete}")
    return "\n".join(lines)


def ssh_command(folder: Path, kept: dict[str, Any]) -> list[str]:
    """ssh(1) with the kept key, the pinned host key, and nobody else's settings."""
    known = folder / "known_hosts"
    known.write_text(f"{kept['host']} {kept['host_key']}\n")
    options = (
        "IdentitiesOnly=yes",
        "IdentityAgent=none",
        f"UserKnownHostsFile={known}",
        "GlobalKnownHostsFile=none",
        "StrictHostKeyChecking=yes",
    )
    words_ = ["ssh", "-F", "none", "-i", str(folder / "key")]
    for option in options:
        words_ += ["-o", option]
    if kept.get("proxy_command"):
        words_ += ["-o", "ProxyCommand=" + kept["proxy_command"].replace("%i", kept["instance"])]
    return [*words_, f"{kept['user']}@{kept['host']}"]
