"""The shipped environments with the AMI that build-ami made, as a user types them."""

import json
import os
import subprocess
from collections.abc import Sequence
from typing import Any

import boto3
import pytest

from kiln.errors import Exit
from tests.support.aws_state import left_in
from tests.support.cli import ROOT, Cli

pytestmark = pytest.mark.e2e


def compute_environments() -> list[dict[str, Any]]:
    return list(boto3.client("batch").describe_compute_environments()["computeEnvironments"])


def registered(cli: Cli, name: str, ami: str) -> None:
    """Register it with the latest AMI, which is `ami`; planned again, it is unchanged, and the doctor finds nothing."""
    command = ("sandbox", "register-env", "--env", name)
    assert ami in cli(*command, "--plan", code=Exit.SOMETHING_TO_DO).stdout
    assert ami in cli(*command, "--yes").stdout
    assert f"{name} is up to date" in cli(*command, "--plan").stdout
    assert f"{name}: healthy" in cli("sandbox", "doctor", "--env", name).stdout


def runs_only(ami: str) -> bool:
    used = {each["computeResources"]["ec2Configuration"][0]["imageIdOverride"] for each in compute_environments()}
    return used == {ami}


def workflow_steps(cli: Cli, scripts: Sequence[str]) -> list[str]:
    """What the scheduled rebuild's shell steps print, turned to the offline AWS."""
    variables = {"KILN_INVOKE": " ".join((*cli.command(), "sandbox")), "KILN_ENV": "genomics"}
    return [
        subprocess.run(
            [ROOT / "scripts" / "ci" / each], cwd=cli.folder, env=os.environ | variables, stdout=subprocess.PIPE,
            text=True, check=True,
        ).stdout
        for each in scripts
    ]  # fmt: skip


def test_environments_of_one_account_run_what_was_built(built: dict[str, Any], cli: Cli) -> None:
    ami = built["manifest"]["ami"]["id"]
    registered(cli, "genomics", ami)
    registered(cli, "salmon", ami)
    assert len(compute_environments()) == 4
    assert runs_only(ami)
    build, plan = workflow_steps(cli, ("build.sh", "plan.sh"))
    assert json.loads(build)["built"] is False
    assert "changed=false" in plan


def test_one_goes_and_the_other_stays(built: dict[str, Any], cli: Cli) -> None:
    cli("sandbox", "destroy-env", "--env", "salmon", "--plan", code=Exit.SOMETHING_TO_DO)
    cli("sandbox", "destroy-env", "--env", "salmon", "--yes")
    assert [each["status"] for each in compute_environments()] == ["VALID", "VALID"]
    assert "genomics: healthy" in cli("sandbox", "doctor").stdout


def test_the_guide_of_2019_works_to_the_letter(built: dict[str, Any], cli: Cli, ec2: Any) -> None:
    cli("sandbox", "destroy-env", "--env", "genomics", "--yes")
    registered(cli, "genomics-2019", built["manifest"]["ami"]["id"])
    assert {each["computeResources"]["allocationStrategy"] for each in compute_environments()} == {"BEST_FIT"}
    cli("sandbox", "destroy-env", "--env", "genomics-2019", "--yes")
    assert compute_environments() == []
    assert left_in(ec2) == {}
    own = boto3.client("iam").list_roles(PathPrefix="/")["Roles"]
    assert not [each["RoleName"] for each in own if each["RoleName"] in ("ecsInstanceRole", "AWSBatchServiceRole")]
