"""From a builder to an AMI: what is asked of EC2, and when it is taken for an answer."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from cloud import wait
from cloud.session import Cloud
from images.builder import imaging
from kiln.errors import UserError


class Ec2:
    """An EC2 whose instance goes through `states`; it stays in the last."""

    def __init__(self, *states: str) -> None:
        self.states = list(states)
        self.calls: list[str] = []

    def stop_instances(self, **query: Any) -> None:
        assert query == {"InstanceIds": ["i-1"]}
        self.calls.append("stop")

    def describe_instances(self, **query: Any) -> dict[str, Any]:
        assert query == {"InstanceIds": ["i-1"]}
        state = self.states.pop(0) if len(self.states) > 1 else self.states[0]
        self.calls.append(state)
        return {"Reservations": [{"Instances": [{"State": {"Name": state}}]}] if state else []}


@pytest.fixture(autouse=True)
def _no_time_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = SimpleNamespace(now=0.0)

    def sleep(seconds: float) -> None:
        clock.now += seconds

    monkeypatch.setattr(wait, "time", SimpleNamespace(monotonic=lambda: clock.now, sleep=sleep))


def stop(ec2: Ec2) -> None:
    imaging.stop(cast("Cloud", SimpleNamespace(ec2=ec2)), "i-1")


def test_a_builder_is_stopped_and_awaited() -> None:
    ec2 = Ec2("running", "stopping", "stopped")
    stop(ec2)
    assert ec2.calls == ["stop", "running", "stopping", "stopped"]


@pytest.mark.parametrize("state", ["shutting-down", "terminated", ""])
def test_a_builder_that_ends_instead_is_not_waited_for(state: str) -> None:
    """Its end has begun with shutting-down: it will never be stopped. An id that EC2 forgot ("") is ended too."""
    ec2 = Ec2("stopping", state, "never asked")
    with pytest.raises(UserError, match="i-1 ended instead of stopping") as caught:
        stop(ec2)
    assert ec2.calls == ["stop", "stopping", state]
    assert caught.value.hint == "Raise builder.time_limit."


def test_a_builder_that_never_stops() -> None:
    with pytest.raises(UserError, match="the stop of i-1 did not happen within 900 s"):
        stop(Ec2("stopping"))
