"""Texts of show-env and list-envs (pure)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from cloud.machine_images import MachineImage
from environments.kinds.batch.existing_environment import ExistingEnvironment
from environments.machines.instance_types import InstanceType
from environments.model.resource import Existing
from environments.screens.catalogue import STATES, Entry
from kiln import typed, words


def render_environment(
    entry: Entry,
    instances: Mapping[str, int],
    jobs: Mapping[str, Mapping[str, int]],
    images: Mapping[str, MachineImage | None],
    types: Mapping[str, InstanceType],
) -> str:
    """Show an environment: its AMI, its compute environments, its queues."""
    lines = [*(_ami(ami, image) for ami, image in images.items())]
    if entry.previous:
        lines.append(f"  before  {', '.join(entry.previous)} (--ami previous)")
    rows: list[tuple[str, ...]] = [("COMPUTE ENV", "STATUS", "STATE", "vCPUs MIN/DESIRED/MAX", "INSTANCES", "MACHINES")]
    for compute in entry.compute:
        name, fields = compute.aws_name, compute.fields
        sizes = f"{fields['minvCpus']} / {compute.desired_vcpus} / {fields['maxvCpus']}"
        joined = str(instances.get(name, 0))
        rows.append((name, compute.status, str(fields["state"]), sizes, joined, render_most(compute, types)))
    lines += ["", render_table(rows), *_reasons(entry)]
    rows = [("QUEUE", "STATUS", "STATE", "PRIORITY", "COMPUTE ENVS", *STATES)]
    for queue in entry.queues:
        fields, counts = queue.fields, jobs.get(queue.name, {})
        order = ", ".join(fields["computeEnvironments"])
        numbers = tuple(str(counts.get(state, 0)) for state in STATES)
        rows.append((queue.name, queue.status, str(fields["state"]), str(fields["priority"]), order, *numbers))
    return "\n".join([*lines, "", render_table(rows)])


def _ami(ami: str, image: MachineImage | None) -> str:
    if image is None:
        return f"  ami     {ami}   ! this AMI no longer exists: machines cannot start"
    return f"  ami     {ami}   {image.name}, {words.format_age(image.created)}"


def _reasons(entry: Entry) -> list[str]:
    ailing = [compute for compute in entry.compute if compute.status != "VALID"]
    return [f"  {compute.aws_name}: {compute.reason}" for compute in ailing]


def render_most(compute: Existing, types: Mapping[str, InstanceType]) -> str:
    """Say how many machines a compute environment can have, in the plan's words."""
    names, vcpus = compute.fields["instanceTypes"], compute.fields["maxvCpus"]
    known = [types[name] for name in names if name in types]
    if len(known) < len(names):
        return f"at most {vcpus} vCPUs of {', '.join(names)}"
    return "at most " + " or ".join(f"{vcpus // machine.vcpus} × {machine.name}" for machine in known)


def render_list(entries: Sequence[Entry], region: str) -> str:
    """List the environments of the region, a line for every environment."""
    if not entries:
        return f"No environment is registered in {region} yet. Try {typed.command('register-env')}."
    rows = [("NAME", "HEALTH", "COMPUTE ENVS", "QUEUES", "AMI")]
    for entry in entries:
        health = "VALID" if entry.healthy else "see " + typed.command(f"show-env --env {entry.name}")
        rows.append((entry.name, health, str(len(entry.compute)), str(len(entry.queues)), ", ".join(entry.amis)))
    return render_table(rows)


def make_entry_document(entry: Entry) -> dict[str, Any]:
    """Give an environment of a list as a document for programs."""
    return {
        "environment": entry.name, "healthy": entry.healthy, "amis": entry.amis, "previous": entry.previous,
        "compute_environments": [compute.aws_name for compute in entry.compute],
        "queues": [queue.name for queue in entry.queues],
    }  # fmt: skip


def render_table(rows: Sequence[Sequence[str]]) -> str:
    """Lay out rows in columns that are as wide as they need to be."""
    widths = [max(len(row[n]) for row in rows) for n in range(len(rows[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )


def make_document(
    entry: Entry,
    instances: Mapping[str, int],
    jobs: Mapping[str, Mapping[str, int]],
    images: Mapping[str, MachineImage | None],
    types: Mapping[str, InstanceType],
    now: datetime,
) -> dict[str, Any]:
    """Give an environment as a document for programs."""
    return {
        "environment": entry.name,
        "amis": [
            {"id": ami, "name": image.name if image else None, "created": image.created if image else None,
             "age_days": (now - image.created).days if image else None, "exists": image is not None}
            for ami, image in images.items()
        ],
        "previous": entry.previous,
        "compute_environments": [
            _make_compute_document(compute, instances.get(compute.aws_name, 0), types) for compute in entry.compute
        ],
        "queues": [
            {"name": queue.name, "status": queue.status, "state": queue.fields["state"],
             "priority": queue.fields["priority"], "compute_environments": queue.fields["computeEnvironments"],
             "jobs": jobs.get(queue.name, {})}
            for queue in entry.queues
        ],
    }  # fmt: skip


def _make_compute_document(
    compute: ExistingEnvironment, instances: int, types: Mapping[str, InstanceType]
) -> dict[str, Any]:  # fmt: skip
    return {
        "name": compute.aws_name, "definition": compute.name, "status": compute.status,
        "reason": compute.reason, "state": compute.fields["state"], "min_vcpus": compute.fields["minvCpus"],
        "desired_vcpus": compute.desired_vcpus, "max_vcpus": compute.fields["maxvCpus"],
        "instances": instances, "at_most": render_most(compute, types), "ami": compute.fields["imageIdOverride"],
    }  # fmt: skip
