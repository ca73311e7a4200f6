"""Texts of builds, AMIs and leftovers (pure)."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from cloud.session import Cloud
from images.amis.catalogue import Entry
from images.build import Built
from images.clean import Leftover
from images.plan.plan import Plan
from images.record.report import Report
from kiln import typed, words


def render_built(cloud: Cloud, plan: Plan, done: Built, seconds: float) -> str:
    """The end of a good build."""
    effort = f"{words.format_seconds(seconds)}, {cloud.work_calls()} AWS calls"
    lines = [f"✓ {done.ami}   {done.status}   {plan.ami_name}   {effort}"]
    checks = done.manifest["checks"]
    if checks["image"] is not None:
        total = len(checks["builder"]) + len(checks["image"])
        lines.append(f"  checks    {total} of {total}: {len(checks['builder'])} on the builder, "
                     f"{len(checks['image'])} on a machine booted from the AMI")  # fmt: skip
    added = done.manifest["added_bytes"]
    used, written = words.format_size(added["used"]), words.format_size(added["written"])
    lines.append(f"  added     {used} to the root file system; {written} written to disk")
    lines.append(f"  manifest  {plan.boot.folder}/manifest.json · timeline.svg")
    following = "list-amis" if done.status == "tested" else f"test-ami {done.ami}"
    lines.append(f"  next      {typed.command(following)}")
    return "\n".join(lines)


def render_left(report: Report, log: Path) -> str:
    """What a failed build left behind, and where its log is."""
    if report.left:
        what = "\n".join(f"{outcome.what}: {outcome.by_hand}" for outcome in report.left)
    elif report.kept:
        what = f"{report.kept}, kept on request: {typed.command('clean --apply')} removes it."
    else:
        what = "nothing: what this build made is gone."
    return f"{what}\nLog: {log}"


def render_table(entries: Sequence[Entry], now: datetime) -> str:
    """The catalogue, newest first."""
    rows = [("NAME", "ID", "BASE", "KEY", "STATUS", "AGE", "SIZE")]
    for entry in entries:
        state = "" if entry.state == "available" else f" ({entry.state})"
        row = (
            entry.image,
            entry.id,
            entry.base,
            entry.key[:8],
            entry.status + state,
            words.format_age(entry.created, now),
            f"{entry.size} GiB",
        )
        rows.append(row)
    widths = [max(len(row[n]) for row in rows) for n in range(len(rows[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )


def render_leftovers(listed: Sequence[Leftover], failed: Sequence[tuple[Leftover, str]], *, applied: bool) -> str:
    """Show what builds left behind; with `applied`, what was deleted and what could not be."""
    if not listed:
        return "✓ nothing is left behind"
    errors = {(leftover.kind, leftover.id): why for leftover, why in failed}
    lines = []
    for leftover in listed:
        error = errors.get((leftover.kind, leftover.id))
        mark = ("✗" if error else "✓") if applied else "-"
        lines.append(
            f"{mark} {leftover.kind:<15} {leftover.id:<28} build {leftover.build}: {leftover.why}"
            + (f"\n    {error}" if error else "")
        )
    if not applied:
        delete = typed.command("clean --apply")
        lines.append(f"{words.count(len(listed), 'thing')} left behind. Delete with: {delete}")
    return "\n".join(lines)
