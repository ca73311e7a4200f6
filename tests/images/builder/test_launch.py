"""RunInstances: in the first placement with room, and until the machine has an address."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from botocore.exceptions import ClientError

from cloud import wait
from cloud.session import Cloud
from images.builder.launch import Launched, run
from kiln.errors import UserError
from kiln.undo import Undo
from tests.support.booting import FIRST, SECOND, order


class Ec2:
    """An EC2 that answers RunInstances with `codes`, then starts i-1, which goes through `states`."""

    def __init__(self, *codes: str, states: tuple[str, ...] = ("running",)) -> None:
        self.codes, self.states = list(codes), list(states)
        self.launches: list[dict[str, Any]] = []
        self.ended: list[str] = []

    def run_instances(self, **request: Any) -> dict[str, Any]:
        self.launches.append(request)
        if self.codes and (code := self.codes.pop(0)):
            raise ClientError({"Error": {"Code": code, "Message": ""}}, "RunInstances")
        return {"Instances": [{"InstanceId": "i-1"}]}

    def describe_instances(self, **query: Any) -> dict[str, Any]:
        assert query == {"InstanceIds": ["i-1"]}
        state = self.states.pop(0) if len(self.states) > 1 else self.states[0]
        described = {"State": {"Name": "terminated" if self.ended else state}, "PrivateIpAddress": "10.0.0.9"}
        if state == "running":
            described["PublicIpAddress"] = "203.0.113.9"
        if state == "terminated":
            described["StateReason"] = {"Message": "Client.InternalError"}
        return {"Reservations": [{"Instances": [described]}] if state else []}

    def terminate_instances(self, **query: Any) -> None:
        self.ended += query["InstanceIds"]

    @property
    def cloud(self) -> Cloud:
        return cast("Cloud", SimpleNamespace(ec2=self, client_without_retries=lambda service: self))


@pytest.fixture(autouse=True)
def _no_time_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = SimpleNamespace(now=0.0)

    def sleep(seconds: float) -> None:
        clock.now += seconds

    monkeypatch.setattr(wait, "time", SimpleNamespace(monotonic=lambda: clock.now, sleep=sleep))


def launch(ec2: Ec2, folder: Path, **builder: Any) -> Launched:
    with Undo() as undo:
        return run(ec2.cloud, undo, order(folder, builder=builder), "key", "sg-1")


def test_a_machine_in_the_first_placement_and_its_undo(tmp_path: Path) -> None:
    ec2 = Ec2(states=("", "pending", "running"))
    launched = launch(ec2, tmp_path)
    assert (launched.instance_id, launched.placement, launched.host) == ("i-1", FIRST, "203.0.113.9")
    left = launched.ends_at - datetime.now(UTC)
    assert timedelta(seconds=5390) < left <= timedelta(seconds=5400)
    assert ec2.ended == ["i-1"]


def test_a_private_address(tmp_path: Path) -> None:
    assert launch(Ec2(), tmp_path, connect={"via": "private"}).host == "10.0.0.9"


def test_without_room_the_next_placement_is_tried(tmp_path: Path) -> None:
    ec2 = Ec2("InsufficientInstanceCapacity")
    assert launch(ec2, tmp_path).placement == SECOND
    assert [request["NetworkInterfaces"][0]["SubnetId"] for request in ec2.launches] == [
        FIRST.subnet.id,
        SECOND.subnet.id,
    ]


def test_without_room_anywhere_every_try_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="AWS has no room for the builder") as caught:
        launch(Ec2("InsufficientInstanceCapacity", "Unsupported"), tmp_path)
    assert caught.value.why == "m6i.large in a: InsufficientInstanceCapacity\nm6i.large in b: Unsupported"


def test_throttling_is_waited_out_with_the_same_token(tmp_path: Path) -> None:
    ec2 = Ec2("RequestLimitExceeded", "InternalError")
    launch(ec2, tmp_path)
    assert len({request["ClientToken"] for request in ec2.launches}) == 1
    assert len(ec2.launches) == 3
    with pytest.raises(UserError, match="RunInstances") as caught:
        launch(Ec2(*["RequestLimitExceeded"] * 999), tmp_path)
    assert "throttles" in caught.value.hint


def test_another_refusal_passes(tmp_path: Path) -> None:
    ec2 = Ec2("UnauthorizedOperation")
    with pytest.raises(ClientError):
        launch(ec2, tmp_path)
    assert ec2.ended == []


@pytest.mark.parametrize("state", ["shutting-down", "terminated", "stopping", "stopped"])
def test_a_machine_that_ends_before_it_ran(tmp_path: Path, state: str) -> None:
    ec2 = Ec2(states=("pending", state))
    with pytest.raises(UserError, match="i-1 ended before it ran") as caught:
        launch(ec2, tmp_path)
    assert caught.value.why == ("Client.InternalError" if state == "terminated" else "no reason given")
    assert ec2.ended == ["i-1"]
