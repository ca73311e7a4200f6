"""Launch templates of the offline AWS, as tests make and look at them."""

from collections.abc import Callable
from typing import Any

from sandbox.inprocess import Sandbox

Register = Callable[..., int]
Registered = Callable[..., dict[str, Any]]
Define = Callable[..., str]
BATCH = "DescribeComputeEnvironments"
GENOMICS = "genomics-workflow-template"


def versions(sandbox: Sandbox, name: str = "small") -> dict[int, dict[str, Any]]:
    """A launch template's versions by number, as EC2 has them."""
    ec2 = sandbox.client("ec2")
    answer = ec2.describe_launch_template_versions(LaunchTemplateName=name)["LaunchTemplateVersions"]
    return {version["VersionNumber"]: version for version in answer}
