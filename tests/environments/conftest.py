"""Environments against the offline AWS in this process."""

import json
from pathlib import Path
from typing import Any

import pytest

from environments.commands import environment as commands
from environments.rollout.options import Options
from tests.support.environments import Define, Register, Registered

SMALL = """
name: small
image: nextflow-al2023
ami: ecs-optimized
launch_template: nextflow-al2023
buckets: {work: {expire: work/}}
compute_environments:
  one: {instance_types: [c5.2xlarge], max_vcpus: 100, tags: {Name: batch-one-worker}}
queues:
  one: {compute_environments: [one]}
"""


@pytest.fixture
def register() -> Register:
    """`invoke register-env --yes` with its ordinary options, any of which can be given."""
    ordinary: dict[str, Any] = {"plan": False, "yes": True, "verbose": False, "as_json": False}

    def run(env: str, ami: str = "", **options: Any) -> int:
        return commands.register(env, ami, None, options.pop("options", Options()), **(ordinary | options))

    return run


@pytest.fixture
def registered(register: Register, capsys: pytest.CaptureFixture[str]) -> Registered:
    """The same with --json: its exit code (as `code`) and its document."""

    def run(env: str, ami: str = "", **options: Any) -> dict[str, Any]:
        capsys.readouterr()
        code = register(env, ami, as_json=True, **options)
        return {"code": code, **json.loads(capsys.readouterr().out)}

    return run


@pytest.fixture
def define(tmp_path: Path) -> Define:
    """An environment's definition: SMALL with texts in it replaced, and more lines; its path."""

    def write(more: str = "", **changes: str) -> str:
        text = SMALL + more
        for old, new in changes.items():
            assert f"{old}: " in text, old
            lines = [f"{old}: {new}" if line.startswith(f"{old}: ") else line for line in text.splitlines()]
            text = "\n".join(lines) + "\n"
        path = tmp_path / "small.yaml"
        path.write_text(text)
        return str(path)

    return write
