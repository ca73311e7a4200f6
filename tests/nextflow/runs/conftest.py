"""An environment of the offline AWS with a queue for heads and a job definition of Nextflow's, and a project."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.inprocess import Sandbox
from tests.support import environments as tools
from tests.support.agents import AgentDouble
from tests.support.runs import BUCKET, define


@pytest.fixture
def lab(sandbox: Sandbox, tmp_path: Path) -> str:
    """The environment, registered: the path of its definition."""
    env = define(tmp_path)
    tools.register(env)
    sandbox.client("s3").head_bucket(Bucket=BUCKET)
    sandbox.client("s3").create_bucket(Bucket="lab-out")
    return env


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A pipeline's folder, with a blank in its name."""
    folder = tmp_path / "salmon nf"
    (folder / "bin").mkdir(parents=True)
    (folder / "main.nf").write_text("params.outputDir = 'results'\nworkflow { }\n")
    (folder / "nextflow.config").write_text("process.container = 'quay.io/lab/salmon:1.10'\n")
    (folder / "bin" / "count.sh").write_text("#!/bin/sh\necho 1\n")
    return folder


@pytest.fixture
def agents(sandbox: Sandbox) -> Iterator[AgentDouble]:
    with AgentDouble(sandbox) as agents:
        yield agents
