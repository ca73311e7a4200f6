"""Texts of show-env and list-envs (pure)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from cloud.machine_images import MachineImage
from environments.model.resource import Existing
from environments.plan.instance_types import InstanceType
from environments.screens.catalogue import STATES, Entry
from kiln import typed, words


def environment(
    entry: Entry,
    instances: Mapping[str, int],
    jobs: Mapping[str, Mapping[str, int]],
    images: Mapping[str, MachineImage | None],
    types: Mapping[str, InstanceType],
) -> str:
    """One environment: its AMI, its compute environments, its queues."""
    lines = [*(_ami(ami, image) for ami, image in images.items())]
    if entry.previous:
        lines.append(f"  before  {', '.join(entry.previous)} (--ami previous)")
    rows: list[tuple[str, ...]] = [("COMPUTE ENV", "STATUS", "STATE", "vCPUs MIN/DESIRED/MAX", "INSTANCES", "MACHINES")]
    for each in entry.compute:
        fields = each.fields
        sizes = f"{fields['minvCpus']} / {each.desired_vcpus} / {fields['maxvCpus']}"
        joined = str(instances.get(each.aws_name, 0))
        rows.append((each.aws_name, each.status, str(fields["state"]), sizes, joined, most(each, types)))
    lines += ["", table(rows), *_reasons(entry)]
    rows = [("QUEUE", "STATUS", "STATE", "PRIORITY", "COMPUTE ENVS", *STATES)]
    for queue in entry.queues:
        fields, counts = queue.fields, jobs.get(queue.name, {})
        order = ", ".join(fields["computeEnvironments"])
        numbers = tuple(str(counts.get(state, 0)) for state in STATES)
        rows.append((queue.name, queue.status, str(fields["state"]), str(fields["priority"]), order, *numbers))
    return "\n".join([*lines, "", table(rows)])


def _ami(ami: str, image: MachineImage | None) -> str:
    if image is None:
        return f"  ami     {ami}   ! EC2 knows it no more: machines cannot start"
    return f"  ami     {ami}   {image.name}, {words.age(image.created)}"


def _reasons(entry: Entry) -> list[str]:
    found = [each for each in entry.compute if each.status != "VALID"]
    return [f"  {each.aws_name}: {each.reason}" for each in found]


def most(each: Existing, types: Mapping[str, InstanceType]) -> str:
    """How many machines there can be, as the plan says it."""
    named = each.fields["instanceTypes"]
    known = [types[name] for name in named if name in types]
    if len(known) < len(named):
        return f"at most {each.fields['maxvCpus']} vCPUs of {', '.join(named)}"
    return "at most " + " or ".join(f"{each.fields['maxvCpus'] // one.vcpus} × {one.name}" for one in known)


def listing(found: Sequence[Entry], region: str) -> str:
    """Every environment of the region, a line for each."""
    if not found:
        return f"No environment is registered in {region} yet. Try {typed.command('register-env')}."
    rows = [("NAME", "HEALTH", "COMPUTE ENVS", "QUEUES", "AMI")]
    for each in found:
        health = "VALID" if each.healthy else "look: " + typed.command(f"show-env --env {each.name}")
        amis = ", ".join(each.amis)
        rows.append((each.name, health, str(len(each.compute)), str(len(each.queues)), amis))
    return table(rows)


def table(rows: Sequence[Sequence[str]]) -> str:
    """Columns as wide as they need to be."""
    widths = [max(len(row[n]) for row in rows) for n in range(len(rows[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )


def document(
    entry: Entry,
    instances: Mapping[str, int],
    jobs: Mapping[str, Mapping[str, int]],
    images: Mapping[str, MachineImage | None],
    types: Mapping[str, InstanceType],
    now: datetime,
) -> dict[str, Any]:
    """One environment for programs."""
    return {
        "environment": entry.name,
        "amis": [
            {"id": ami, "name": image.name if image else None, "created": image.created if image else None,
             "age_days": (now - image.created).days if image else None, "exists": image is not None}
            for ami, image in images.items()
        ],
        "previous": entry.previous,
        "compute_environments": [
            {"name": each.aws_name, "definition": each.name, "status": each.status,
             "reason": each.reason, "state": each.fields["state"], "min_vcpus": each.fields["minvCpus"],
             "desired_vcpus": each.desired_vcpus, "max_vcpus": each.fields["maxvCpus"],
             "instances": instances.get(each.aws_name, 0), "at_most": most(each, types),
             "ami": each.fields["imageIdOverride"]}
            for each in entry.compute
        ],
        "queues": [
            {"name": each.name, "status": each.status, "state": each.fields["state"],
             "priority": each.fields["priority"], "compute_environments": each.fields["computeEnvironments"],
             "jobs": jobs.get(each.name, {})}
            for each in entry.queues
        ],
    }  # fmt: skip
