"""What the tasks of the sandbox say."""

from collections.abc import Callable

import pytest

from sandbox.command import client, screens
from sandbox.command.client import SandboxError
from sandbox.command.state import State
from sandbox.inprocess import Sandbox


@pytest.fixture(autouse=True)
def started(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    found = State(1, 1, sandbox.endpoint, "a", "s", sandbox.region, 0.0, "/nowhere", machines=False)
    monkeypatch.setattr(client, "status", lambda: found)


def test_an_interruption_says_what_comes_when(running: Callable[..., str], capsys: pytest.CaptureFixture[str]) -> None:
    instance_id = running(InstanceMarketOptions={"MarketType": "spot"})
    screens.interrupt(instance_id)
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith(f"{instance_id} has its Spot interruption notice: terminate at ")


def test_what_is_not_interrupted_is_a_single_message(
    running: Callable[..., str], capsys: pytest.CaptureFixture[str]
) -> None:
    instance_id = running()
    with pytest.raises(SandboxError, match=f"^{instance_id} is an On-Demand Instance: AWS takes back Spot Instances"):
        screens.interrupt(instance_id)
    with pytest.raises(SandboxError, match=r"^there is no instance nonsense; invoke sandbox\.status"):
        screens.interrupt("nonsense")
    assert capsys.readouterr().out == ""
