"""An environment whose definition names less than it did: what is registered is wide, the definition is narrow."""

from pathlib import Path
from typing import Any

from sandbox.inprocess import Sandbox
from tests.support import environments as tools


def wide(folder: Path, compute: str = tools.IN_PLACE) -> str:
    """The small environment with a compute environment, a queue and a job definition more, and that one in a queue."""
    path = Path(tools.define(folder, compute=compute))
    queue = "  small-gone: {compute_environments: [small-two]}\n"
    text = path.read_text().replace("queues:\n", f"  small-two: {compute}\nqueues:\n{queue}")
    text = text.replace("small-low: {compute_environments: [", "small-low: {compute_environments: [small-two, ")
    path.write_text(text + '  small-done: {image: "busybox:1", vcpus: 1, memory: 512 MiB}\n')
    return str(path)


def narrowed(folder: Path, compute: str = tools.IN_PLACE, **options: Any) -> str:
    """It is registered wide; then its definition is the small one again, at the same place."""
    tools.register(wide(folder, compute), **options)
    return tools.define(folder, compute=compute)


def make_group(sandbox: Sandbox, name: str) -> None:
    """A security group that is not Kiln's, in the default VPC."""
    ec2 = sandbox.client("ec2")
    ec2.create_security_group(GroupName=name, Description="of old", VpcId=ec2.describe_vpcs()["Vpcs"][0]["VpcId"])


def elsewhere(env: str) -> None:
    """The definition with another launch template, and the security group `ours` in place of its own."""
    text = Path(env).read_text().replace("template: nextflow-al2023", "template: genomics-workflow-template")
    Path(env).write_text(text + "network: {security_groups: [ours]}\n")


def is_narrow(aws: tools.Clients) -> None:
    found = tools.compute(aws)
    assert [(name, each["status"]) for name, each in found.items()] == [("small-one", "VALID")]
    assert tools.orders(aws) == {"small-low": ["small-one"], "small-high": ["small-one"]}
