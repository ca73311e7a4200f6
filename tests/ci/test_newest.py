"""The weekly job against the newest moto and boto3: it may do nothing but read, and it runs the fast tests."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
WORKFLOW = ROOT / ".github" / "workflows" / "newest.yml"
SCRIPT = ROOT / "scripts" / "ci" / "newest.sh"


@pytest.fixture(scope="module")
def workflow() -> dict[str, Any]:
    document: dict[str, Any] = yaml.load(WORKFLOW.read_text(), Loader=yaml.BaseLoader)
    return document


def test_it_runs_by_the_clock_and_by_hand_and_may_only_read(workflow: dict[str, Any]) -> None:
    assert set(workflow["on"]) == {"schedule", "workflow_dispatch"}
    assert workflow["permissions"] == {}
    assert workflow["jobs"]["newest"]["permissions"] == {"contents": "read"}
    assert "secrets." not in WORKFLOW.read_text()


def test_its_actions_are_pinned_and_its_step_is_the_script(workflow: dict[str, Any]) -> None:
    text = WORKFLOW.read_text()
    commits = re.findall(r"uses: \S+@([0-9a-f]{40}) # \S+", text)
    assert len(commits) == text.count("uses:")
    steps = [step["run"] for step in workflow["jobs"]["newest"]["steps"] if "run" in step]
    assert steps == ["./scripts/ci/newest.sh"]


def test_every_test_that_the_script_names_is_there() -> None:
    named = re.findall(r"\btests/[\w/.]+", SCRIPT.read_text())
    assert named
    assert all((ROOT / name).exists() for name in named)
    assert '-m "not e2e"' in SCRIPT.read_text()


@pytest.mark.skipif(not shutil.which("actionlint"), reason="actionlint is a Go program: see CONTRIBUTING.md")
def test_actionlint_finds_nothing() -> None:
    done = subprocess.run(["actionlint", str(WORKFLOW)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
