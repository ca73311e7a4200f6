"""The tasks as a person types them, in a process of their own."""

import json
from pathlib import Path

from kiln.errors import Exit
from sandbox.inprocess import Sandbox
from tests.support.cli import Cli


def test_a_launch_template_from_the_command_line(sandbox: Sandbox, tmp_path: Path) -> None:
    invoke = Cli(tmp_path, sandbox.env())
    planned = invoke("register-launch-template", "--plan", "--json", code=Exit.SOMETHING_TO_DO)
    assert json.loads(planned.stdout)["template"] == "genomics-workflow-template"
    assert "version=1" in invoke("register-launch-template", "--set-default").stdout
    assert "up to date" in invoke("register-launch-template", "--plan").stdout
    failed = invoke("register-launch-template", "--ami", "latest", code=Exit.USER_ERROR)
    assert "✗ nextflow-al2023 has no tested AMI in us-east-1" in failed.stderr
    assert "Try    Build one: invoke build-ami --image nextflow-al2023" in failed.stderr


def test_user_data_from_the_command_line(tmp_path: Path) -> None:
    shown = Cli(tmp_path, {"AWS_CONFIG_FILE": str(tmp_path / "none")})("show-user-data", "--template", "reference")
    assert "── 00-time-zone   cloud-config" in shown.stdout
    assert "── 01-kiln-boot   shell-script" in shown.stdout
