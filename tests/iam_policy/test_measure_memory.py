"""Measuring memory under exactly the printed policy; and without the right to record what was measured."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from cloud.policy import Permission, Scope
from cloud.session import Cloud
from environments.commands import operator_policy
from environments.spec import definitions
from jobs.memory import measure
from jobs.needs import needs
from kiln.screen import Screen
from sandbox.inprocess import Sandbox
from tests.support import environments as tools
from tests.support.agents import AgentDouble
from tests.support.denied import Become, told

TWO = "{instance_types: [c5.2xlarge, c5.4xlarge]}"


@pytest.fixture
def agents(sandbox: Sandbox) -> Iterator[AgentDouble]:
    with AgentDouble(sandbox) as agents:
        yield agents


def permissions(env: str) -> tuple[Permission, ...]:
    return operator_policy.list_permissions([definitions.load(env)], Scope(), others=[needs])


@pytest.mark.parametrize("compute", [tools.IN_PLACE, TWO], ids=["raised", "copies"])
def test_the_policy_is_enough(
    sandbox: Sandbox, agents: AgentDouble, become: Become, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, compute: str
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    env = tools.define(tmp_path, compute=compute)
    tools.register(env)
    whole = permissions(env)
    become(whole)
    measured = measure.measure(Cloud(), definitions.load(env), Screen(quiet=True))
    assert {known.memory for known in measured} <= {15434, 31152}
    become([each for each in whole if each.sid != "MemoryRecord"])
    denied = told(lambda: measure.measure(Cloud(), definitions.load(env), Screen(quiet=True), types=["c5.2xlarge"]))
    assert "the credentials may not call CreateTags" in denied.what
    sandbox.clock.advance(600)
    [described] = tools.compute(sandbox).values()
    assert described["computeResources"]["minvCpus"] == 0
