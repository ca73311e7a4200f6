"""What is asked of one instance: its state, its console, its end."""

from types import SimpleNamespace
from typing import Any, cast

import pytest
from botocore.exceptions import ClientError

from cloud import wait
from cloud.session import Cloud
from images.builder import instances

UNKNOWN = ClientError({"Error": {"Code": "InvalidInstanceID.NotFound", "Message": ""}}, "TerminateInstances")
DENIED = ClientError({"Error": {"Code": "UnauthorizedOperation", "Message": ""}}, "TerminateInstances")


class Ec2:
    """An EC2 that answers TerminateInstances and DescribeInstances from lists; the last answer again and again."""

    def __init__(self, ends: list[Exception | None], states: list[str | Exception]) -> None:
        self.ends, self.states, self.calls = ends, states, list[str]()
        self.output: Any = {}

    def terminate_instances(self, **query: Any) -> None:
        assert query == {"InstanceIds": ["i-1"]}
        self.calls.append("terminate")
        if error := self.ends.pop(0) if len(self.ends) > 1 else self.ends[0]:
            raise error

    def describe_instances(self, **query: Any) -> dict[str, Any]:
        self.calls.append("describe")
        state = self.states.pop(0) if len(self.states) > 1 else self.states[0]
        if isinstance(state, Exception):
            raise state
        return {"Reservations": [{"Instances": [{"State": {"Name": state}}]}] if state else []}

    def get_console_output(self, **query: Any) -> dict[str, Any]:
        if isinstance(self.output, Exception):
            raise self.output
        return dict(self.output)

    @property
    def cloud(self) -> Cloud:
        return cast("Cloud", SimpleNamespace(ec2=self))


@pytest.fixture(autouse=True)
def _no_time_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = SimpleNamespace(now=0.0)

    def sleep(seconds: float) -> None:
        clock.now += seconds

    monkeypatch.setattr(wait, "time", SimpleNamespace(monotonic=lambda: clock.now, sleep=sleep))


@pytest.mark.parametrize("state", ["terminated", "", UNKNOWN])
def test_an_end_is_awaited(state: str | Exception) -> None:
    """A terminated instance is still listed for a while; then its id is not known any more."""
    ec2 = Ec2([None], ["running", "shutting-down", state])
    instances.terminate(ec2.cloud, "i-1")
    assert ec2.calls == ["terminate", "describe", "describe", "describe"]


def test_an_id_that_is_not_known_yet_is_asked_for_again() -> None:
    ec2 = Ec2([UNKNOWN, UNKNOWN, None], ["terminated"])
    instances.terminate(ec2.cloud, "i-1")
    assert ec2.calls == ["terminate"] * 3 + ["describe"]


def test_another_refusal_passes() -> None:
    ec2 = Ec2([DENIED], ["running"])
    with pytest.raises(ClientError):
        instances.terminate(ec2.cloud, "i-1")
    assert ec2.calls == ["terminate"]


def test_the_last_forty_lines_of_the_console() -> None:
    ec2 = Ec2([None], ["running"])
    ec2.output = {"Output": "\n".join(f"line {n}" for n in range(100))}
    assert instances.read_console(ec2.cloud, "i-1").splitlines() == [f"line {n}" for n in range(60, 100)]


@pytest.mark.parametrize("output", [{}, {"Output": None}, DENIED])
def test_no_console(output: Any) -> None:
    ec2 = Ec2([None], ["running"])
    ec2.output = output
    assert instances.read_console(ec2.cloud, "i-1") == ""
