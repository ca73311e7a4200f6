"""Builds against the offline AWS in this process, with a fake machine behind its addresses."""

import os
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from cloud import wait
from cloud.session import Cloud
from images import commands
from sandbox.inprocess import Sandbox
from tests.support.fake_remote import FakeRemote

Build = Callable[..., int]
ORDINARY: dict[str, Any] = {"plan": False, "force": False, "on_error": "cleanup", "test": True, "as_json": False}
DEFINITION = """
name: small
base: {ssm: ecs/al2023}
docker_storage: {driver: overlay2}
"""


@pytest.fixture
def definition(tmp_path: Path) -> str:
    """The path of a small image definition."""
    path = tmp_path / "small.yaml"
    path.write_text(DEFINITION)
    return str(path)


@pytest.fixture
def build() -> Build:
    """`invoke build-ami` with its ordinary options, any of which can be given."""
    return lambda image, **options: commands.build(image, None, **(ORDINARY | options))


@pytest.fixture
def sandbox(one_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Sandbox:
    """An empty account; this process is turned to it, and waiting moves its clock instead of taking time."""
    one_sandbox.reset()
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name, value in one_sandbox.env().items():
        monkeypatch.setenv(name, value)
    site = tmp_path / "site.yaml"
    site.write_text("builder: {ssh_from: 127.0.0.1/32}\n")
    monkeypatch.setenv("KILN_SITE", str(site))
    monkeypatch.chdir(tmp_path)
    clock = one_sandbox.clock
    monkeypatch.setattr(wait, "time", SimpleNamespace(monotonic=clock.now, sleep=clock.advance))
    return one_sandbox


@pytest.fixture
def cloud(sandbox: Sandbox) -> Cloud:
    return Cloud()


@pytest.fixture
def remote(monkeypatch: pytest.MonkeyPatch) -> type[FakeRemote]:
    """The fake machine in place of the real connection; tests script its class."""
    fake = type("Scripted", (FakeRemote,), {"failing": {}, "connected": []})
    monkeypatch.setattr("provision.remote.Remote", fake)
    return fake
