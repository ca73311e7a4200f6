"""A key pair and a security group, and what undoes them."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from botocore.exceptions import ClientError

from cloud import wait
from cloud.session import Cloud
from images.builder.order import Order
from images.builder.ssh_access import delete_group, make_key_pair, make_security_group
from kiln.errors import UserError
from kiln.undo import Undo
from tests.support.booting import order


class Ec2:
    """An EC2 that records its calls; `codes` are what DeleteSecurityGroup answers with, one after the other."""

    def __init__(self, *codes: str) -> None:
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.codes = list(codes)

    def __getattr__(self, operation: str) -> Any:
        def call(**query: Any) -> dict[str, str]:
            self.calls.append((operation, query))
            if operation == "delete_security_group" and self.codes:
                raise ClientError({"Error": {"Code": self.codes.pop(0), "Message": ""}}, operation)
            return {"GroupId": "sg-1"}

        return call

    @property
    def cloud(self) -> Cloud:
        return cast("Cloud", SimpleNamespace(ec2=self))

    @property
    def names(self) -> list[str]:
        return [operation for operation, _ in self.calls]


@pytest.fixture(autouse=True)
def _no_time_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = SimpleNamespace(now=0.0)

    def sleep(seconds: float) -> None:
        clock.now += seconds

    monkeypatch.setattr(wait, "time", SimpleNamespace(monotonic=lambda: clock.now, sleep=sleep))


@pytest.fixture
def asked(tmp_path: Path) -> Order:
    return order(tmp_path)


def test_a_key_pair_of_the_build_and_its_undo(asked: Order) -> None:
    ec2 = Ec2()
    with Undo() as undo:
        name = make_key_pair(ec2.cloud, undo, asked)
    assert name == f"kiln-x-{asked.boot.build_id}-builder"
    assert ec2.calls[0][1]["PublicKeyMaterial"] == asked.keys.public.encode()
    assert ec2.calls[1:] == [("delete_key_pair", {"KeyName": name})]


@pytest.mark.parametrize(
    ("ssh_from", "ranges"),
    [
        ("203.0.113.7/32", {"IpRanges": [{"CidrIp": "203.0.113.7/32", "Description": "Kiln"}]}),
        ("2001:db8::1/128", {"Ipv6Ranges": [{"CidrIpv6": "2001:db8::1/128", "Description": "Kiln"}]}),
    ],
)
def test_port_22_for_one_address_range(asked: Order, ssh_from: str, ranges: dict[str, Any]) -> None:
    ec2 = Ec2()
    object.__setattr__(asked.boot, "ssh_from", ssh_from)
    with Undo() as undo:
        assert make_security_group(ec2.cloud, undo, asked) == "sg-1"
    assert ec2.names == ["create_security_group", "authorize_security_group_ingress", "delete_security_group"]
    assert ec2.calls[0][1]["VpcId"] == "vpc-1"
    rule = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22} | ranges
    assert ec2.calls[1][1] == {"GroupId": "sg-1", "IpPermissions": [rule]}


def test_with_a_tunnel_no_port_is_opened(asked: Order) -> None:
    ec2 = Ec2()
    object.__setattr__(asked.boot, "ssh_from", None)
    with Undo() as undo:
        make_security_group(ec2.cloud, undo, asked)
    assert ec2.names == ["create_security_group", "delete_security_group"]


@pytest.mark.parametrize(
    "codes", [[], ["DependencyViolation"], ["DependencyViolation", "DependencyViolation", "InvalidGroup.NotFound"]]
)
def test_a_group_in_use_is_tried_again_and_one_that_is_gone_is_done(codes: list[str]) -> None:
    ec2 = Ec2(*codes)
    delete_group(ec2.cloud, "sg-1")
    assert len(ec2.names) == len([code for code in codes if code == "DependencyViolation"]) + 1


def test_a_group_that_cannot_be_deleted() -> None:
    with pytest.raises(ClientError):
        delete_group(Ec2("UnauthorizedOperation").cloud, "sg-1")
    with pytest.raises(UserError, match="the deletion of security group sg-1"):
        delete_group(Ec2(*["DependencyViolation"] * 999).cloud, "sg-1")
