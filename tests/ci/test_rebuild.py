"""The scheduled rebuild: what the workflow may and must say, and its shell steps run in the offline AWS, twice."""

import json
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from kiln.errors import Exit
from sandbox.inprocess import Sandbox
from tests.support.aws_state import work
from tests.support.fake_remote import FakeRemote
from tests.support.images import Build

ROOT = Path(__file__).parents[2]
WORKFLOW = ROOT / ".github" / "workflows" / "rebuild.yml"


@pytest.fixture(scope="module")
def workflow() -> dict[str, Any]:
    found: dict[str, Any] = yaml.load(WORKFLOW.read_text(), Loader=yaml.BaseLoader)
    return found


def steps(workflow: dict[str, Any], job: str) -> list[str]:
    return [step["run"] for step in workflow["jobs"][job]["steps"] if "run" in step]


def test_it_runs_by_the_clock_and_by_hand_one_at_a_time(workflow: dict[str, Any]) -> None:
    assert set(workflow["on"]) == {"schedule", "workflow_dispatch"}
    assert workflow["concurrency"] == {"group": "rebuild", "cancel-in-progress": "false"}


def test_its_role_comes_from_github_and_no_key_is_kept(workflow: dict[str, Any]) -> None:
    text = WORKFLOW.read_text()
    assert "secrets." not in text
    assert "aws-access-key" not in text
    assert workflow["permissions"] == {}
    for job in workflow["jobs"].values():
        assert job["permissions"] == {"contents": "read", "id-token": "write"}


def test_nothing_is_applied_without_the_other_environments_approval(workflow: dict[str, Any]) -> None:
    plan, apply = workflow["jobs"]["plan"], workflow["jobs"]["apply"]
    assert (plan["environment"], apply["environment"]) == ("plan", "apply")
    assert (apply["needs"], apply["if"]) == ("plan", "needs.plan.outputs.changed == 'true'")
    assert steps(workflow, "plan") == ["make setup", "./scripts/ci/build.sh", "./scripts/ci/plan.sh"]
    assert steps(workflow, "apply") == ["make setup", "./scripts/ci/apply.sh"]
    [artefacts] = [each for each in plan["steps"] if "upload-artifact" in each.get("uses", "")]
    assert artefacts["with"]["path"].split() == ["builds/**/manifest.json", "builds/**/timeline.svg"]


def test_actions_are_pinned_to_a_commit() -> None:
    used = re.findall(r"uses: (\S+)@(\S+) # (\S+)", WORKFLOW.read_text())
    assert len(used) == WORKFLOW.read_text().count("uses:")
    assert all(re.fullmatch(r"[0-9a-f]{40}", commit) for _, commit, _ in used)


def test_its_scripts_pass_shellcheck() -> None:
    found = sorted((ROOT / "scripts" / "ci").glob("*.sh"))
    assert [each.name for each in found] == ["apply.sh", "build.sh", "newest.sh", "plan.sh"]
    shellcheck = Path(sys.executable).with_name("shellcheck")
    done = subprocess.run([shellcheck, *found], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.skipif(not shutil.which("actionlint"), reason="actionlint is a Go program: see CONTRIBUTING.md")
def test_actionlint_finds_nothing() -> None:
    done = subprocess.run(["actionlint", str(WORKFLOW)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.fixture
def passing_time(sandbox: Sandbox) -> Iterator[None]:
    """The sandbox's clock goes on by itself: other processes wait for it."""
    over = threading.Event()

    def tick() -> None:
        while not over.wait(0.1):
            sandbox.clock.advance(2)

    thread = threading.Thread(target=tick)
    thread.start()
    yield
    over.set()
    thread.join()


def run(script: str, folder: Path) -> tuple[str, str]:
    """stdout of a step, and what it wrote to its outputs; both files are GitHub's."""
    summary, output = folder / "summary.md", folder / "output"
    output.unlink(missing_ok=True)
    variables = {
        "KILN_INVOKE": f"{sys.executable} -m invoke --search-root {ROOT}",
        "KILN_IMAGE": "nextflow-al2023", "KILN_ENV": "genomics",
        "GITHUB_STEP_SUMMARY": str(summary), "GITHUB_OUTPUT": str(output),
    }  # fmt: skip
    done = subprocess.run(
        [ROOT / script], cwd=folder, env=os.environ | variables, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout, output.read_text() if output.exists() else ""


def test_the_second_time_nothing_is_built_and_nothing_changes(
    workflow: dict[str, Any],
    sandbox: Sandbox,
    remote: type[FakeRemote],
    build: Build,
    passing_time: None,
    tmp_path: Path,
) -> None:
    assert build("nextflow-al2023") == Exit.DONE  # with the fake machine; the script finds it built
    scripts = [step for job in ("plan", "apply") for step in steps(workflow, job) if step.startswith("./scripts")]
    told, outputs = zip(*(run(script, tmp_path) for script in scripts), strict=True)
    assert outputs[1] == "changed=true\n"
    before = work(sandbox)
    assert "CreateComputeEnvironment" in before
    told, outputs = zip(*(run(script, tmp_path) for script in scripts), strict=True)
    assert json.loads(told[0])["built"] is False
    assert outputs[1] == "changed=false\n"
    assert work(sandbox) == before
    assert "register-env --ami latest --plan" in (tmp_path / "summary.md").read_text()
