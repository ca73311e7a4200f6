"""Heads in front of the offline AWS: a bucket, two queues, a project."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sandbox.inprocess import Sandbox
from sandbox.world.hypervisor import MachineError
from tests.support import environments
from tests.support.aws_program import find_aws
from tests.support.heads import BUCKET, Heads


@pytest.fixture(scope="session")
def aws_program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    try:
        return find_aws(tmp_path_factory.mktemp("aws"))
    except MachineError as error:
        pytest.skip(f"no real AWS CLI can be had here: {error}")


@pytest.fixture
def s3(sandbox: Sandbox) -> Any:
    client = sandbox.client("s3")
    client.create_bucket(Bucket=BUCKET)
    return client


@pytest.fixture
def heads(sandbox: Sandbox, s3: Any, tmp_path: Path, aws_program: Path) -> Iterator[Heads]:
    """Processes of their own, which wait by the wall's clock: so the sandbox's goes with it."""
    sandbox.clock.run(1)
    made = Heads(sandbox, tmp_path, aws_program)
    yield made
    for head in made.started:
        head.kill()


@pytest.fixture
def project(s3: Any) -> str:
    """The address of a project in S3."""
    for name, text in {
        "main.nf": "workflow {}",
        "runs/old.txt": "old",
        ".git/config": "",
        "bin/tool": "#!/bin/sh",
        "sub/.x": "",
    }.items():
        s3.put_object(Bucket=BUCKET, Key=f"project/{name}", Body=text.encode())
    return f"s3://{BUCKET}/project"


@pytest.fixture
def small(sandbox: Sandbox, tmp_path: Path) -> str:
    """The small environment, registered: its queues are small-low and small-high."""
    env = environments.define(tmp_path)
    environments.register(env)
    return env
