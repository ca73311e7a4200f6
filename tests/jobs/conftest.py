"""An environment of the offline AWS whose queues jobs are sent to."""

from pathlib import Path

import pytest

from sandbox.inprocess import Sandbox
from tests.support import environments as tools


@pytest.fixture
def small(sandbox: Sandbox, tmp_path: Path) -> str:
    """The small environment, registered: the path of its definition."""
    env = tools.define(tmp_path)
    tools.register(env)
    return env
