"""Draining on a Spot notice."""

from collections.abc import Iterator
from contextlib import closing
from typing import Any, cast

import pytest

from sandbox.machines.ecs_agent.control.registration import Instance
from sandbox.machines.ecs_agent.control.spot import drain_on_notice
from sandbox.machines.ecs_agent.wire.calls import Aws, AwsError
from sandbox.machines.ecs_agent.wire.http import Address
from sandbox.machines.ecs_agent.wire.imds import Imds, NoCredentials, RoleCredentials
from sandbox.machines.guest.imds import Imds as Service
from tests.support.guest_agent import CallsOfAws

INSTANCE = Instance("kiln", "arn:instance", "us-east-1a")
NOTICE = "meta-data/spot/instance-action"


@pytest.fixture
def tree() -> dict[str, bytes]:
    return {"meta-data/instance-id": b"i-1"}


@pytest.fixture
def imds(tree: dict[str, bytes]) -> Iterator[Imds]:
    with closing(Service(lambda: tree)) as service:
        yield Imds(Address("127.0.0.1", service.port))


def drain(imds: Imds, aws: CallsOfAws) -> bool:
    return drain_on_notice(imds, cast(Aws, aws), INSTANCE)


def test_without_a_notice_nothing_is_said(imds: Imds) -> None:
    aws = CallsOfAws()
    assert not drain(imds, aws)
    assert aws.calls == []


def test_with_one_the_instance_drains(imds: Imds, tree: dict[str, bytes]) -> None:
    aws = CallsOfAws()
    tree[NOTICE] = b'{"action": "terminate", "time": "2026-11-28T08:22:00Z"}'
    assert drain(imds, aws)
    body = {"cluster": "kiln", "containerInstances": ["arn:instance"], "status": "DRAINING"}
    assert aws.calls == [("UpdateContainerInstancesState", body)]


@pytest.mark.parametrize("notice", [b"no JSON", b'{"action": "dance"}', b"[]"])
def test_an_odd_notice_is_none(imds: Imds, tree: dict[str, bytes], notice: bytes) -> None:
    tree[NOTICE] = notice
    assert not drain(imds, CallsOfAws())


def test_it_is_said_again_until_ecs_knows(imds: Imds, tree: dict[str, bytes]) -> None:
    aws = CallsOfAws()
    tree[NOTICE] = b'{"action": "stop", "time": "2026-11-28T08:22:00Z"}'
    aws.errors = [AwsError("AccessDeniedException", "no")]
    assert not drain(imds, aws)
    assert drain(imds, aws)


def test_credentials_of_the_instances_role(imds: Imds, tree: dict[str, bytes]) -> None:
    credentials = RoleCredentials(imds, {})
    with pytest.raises(NoCredentials, match="the instance has no role"):
        credentials.take()
    place = "meta-data/iam/security-credentials/machines"
    keys: Any = '{"AccessKeyId": "%s", "SecretAccessKey": "s", "Token": "t", "Expiration": "%s"}'
    tree[place] = (keys % ("ASIA1", "2020-01-01T00:00:00Z")).encode()
    assert credentials.take().key == "ASIA1"
    tree[place] = (keys % ("ASIA2", "2999-01-01T00:00:00Z")).encode()
    assert credentials.take().key == "ASIA2"  # the others were over
    tree[place] = (keys % ("ASIA3", "2999-01-01T00:00:00Z")).encode()
    assert credentials.take().key == "ASIA2"
    credentials.forget()
    assert credentials.take().key == "ASIA3"
