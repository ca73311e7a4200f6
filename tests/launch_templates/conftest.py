"""Launch templates against the offline AWS in this process."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cloud import tags
from images import choose
from launch_templates import commands
from sandbox.inprocess import Sandbox
from tests.images.conftest import build, cloud, remote, sandbox

__all__ = ["build", "cloud", "remote", "sandbox"]  # fixtures

Register = Callable[..., int]
Registered = Callable[..., dict[str, Any]]
MakeAmi = Callable[..., str]
Define = Callable[..., str]
BATCH = "DescribeComputeEnvironments"
GENOMICS = "genomics-workflow-template"


def versions(sandbox: Sandbox, name: str = "small") -> dict[int, dict[str, Any]]:
    """A launch template's versions by number, as EC2 has them."""
    ec2 = sandbox.client("ec2")
    found = ec2.describe_launch_template_versions(LaunchTemplateName=name)["LaunchTemplateVersions"]
    return {each["VersionNumber"]: each for each in found}


@pytest.fixture
def register() -> Register:
    """`invoke register-launch-template` with its ordinary options, any of which can be given."""
    ordinary: dict[str, Any] = {"plan": False, "set_default": False, "as_json": False}
    return lambda template, ami="", **options: commands.register(template, ami, None, choose, **(ordinary | options))


@pytest.fixture
def registered(register: Register, capsys: pytest.CaptureFixture[str]) -> Registered:
    """The same with --json: its exit code (as `code`) and its document."""

    def run(template: str, ami: str = "", **options: Any) -> dict[str, Any]:
        capsys.readouterr()
        code = register(template, ami, as_json=True, **options)
        return {"code": code, **json.loads(capsys.readouterr().out)}

    return run


@pytest.fixture
def stock(sandbox: Sandbox) -> str:
    """The id of the stock ECS-optimized AMI of Amazon Linux 2023."""
    parameter = "/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended"
    return str(json.loads(sandbox.client("ssm").get_parameter(Name=parameter)["Parameter"]["Value"])["image_id"])


@pytest.fixture
def make_ami(sandbox: Sandbox, stock: str) -> MakeAmi:
    """An AMI of this account with Kiln's tags; later ones are newer."""
    ec2 = sandbox.client("ec2")

    def make(name: str, **more: str) -> str:
        launched = ec2.run_instances(ImageId=stock, InstanceType="m6i.large", MinCount=1, MaxCount=1)
        instance = launched["Instances"][0]["InstanceId"]
        sandbox.clock.advance(60)
        labels = {tags.IMAGE: "nextflow-al2023", tags.STATUS: "tested", tags.FAMILY: "al2023", tags.KEY: "3f9c1a77" * 8}
        found = ec2.create_image(
            InstanceId=instance,
            Name=name,
            TagSpecifications=tags.specifications(labels | more, "image"),
        )
        sandbox.clock.advance(120)
        return str(found["ImageId"])

    return make


@pytest.fixture
def definition(tmp_path: Path) -> Define:
    """A launch template definition named `small` with more lines; its path."""

    def write(more: str = "") -> str:
        path = tmp_path / "small.yaml"
        path.write_text(f"name: small\nimage: nextflow-al2023\ntask_credentials: job-role\n{more}")
        return str(path)

    return write
