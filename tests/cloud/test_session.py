"""The boundary to AWS: one region, counted calls, no host but the one that was named."""

from types import SimpleNamespace
from typing import Any

import pytest

from cloud.session import Cloud
from kiln.errors import UserError


class Session:
    """A session of boto3 whose clients go to `endpoint`; `made` are the clients' services, regions and configs."""

    def __init__(self, region: str | None = "eu-west-1", endpoint: str = "http://127.0.0.1:5000") -> None:
        self.region_name, self.endpoint = region, endpoint
        self.made: list[tuple[str, str, Any]] = []
        self.handlers: dict[str, Any] = {}

    def client(self, service: str, region_name: str, config: Any) -> Any:
        self.made.append((service, region_name, config))
        events = SimpleNamespace(register=self.handlers.__setitem__)
        return SimpleNamespace(meta=SimpleNamespace(endpoint_url=self.endpoint, events=events))

    def call(self, operation: str, **body: str) -> None:
        """As botocore tells it before each call."""
        self.handlers["before-call"](model=SimpleNamespace(name=operation), params={"body": body})


@pytest.fixture(autouse=True)
def _no_endpoint(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)


def test_the_region_is_the_one_that_was_given_or_the_configurations() -> None:
    assert Cloud("us-east-1", session=Session()).region == "us-east-1"
    assert Cloud(session=Session()).region == "eu-west-1"
    with pytest.raises(UserError, match="no AWS region is set"):
        Cloud(session=Session(None))


def test_a_client_is_made_once_for_each_service_region_and_number_of_attempts() -> None:
    session = Session()
    cloud = Cloud(session=session)
    assert cloud.client("ec2") is cloud.ec2
    assert cloud.client("ec2", "us-east-1") is not cloud.ec2
    assert cloud.client_without_retries("ec2") is not cloud.ec2
    assert cloud.client_without_retries("ec2") is cloud.client_without_retries("ec2")
    assert [(service, region) for service, region, _ in session.made] == [
        ("ec2", "eu-west-1"), ("ec2", "us-east-1"), ("ec2", "eu-west-1"),
    ]  # fmt: skip


def test_calls_are_tried_eight_times_or_once_and_wait_for_seconds_not_minutes() -> None:
    session = Session()
    cloud = Cloud(session=session)
    cloud.client("ec2")
    cloud.client_without_retries("ec2")
    many, once = (config for _, _, config in session.made)
    assert many.retries == {"mode": "standard", "total_max_attempts": 8}
    assert once.retries == {"mode": "standard", "total_max_attempts": 1}
    assert (many.connect_timeout, many.read_timeout, many.user_agent_extra) == (10, 60, "kiln")


def test_calls_are_counted_by_what_they_did() -> None:
    session = Session()
    cloud = Cloud(session=session)
    cloud.client("ec2")
    session.call("RunInstances")
    session.call("RunInstances", DryRun="true")
    session.call("RunInstances", DryRun="false")
    session.call("DescribeInstances")
    session.handlers["before-call"](model=SimpleNamespace(name="PutObject"), params={"body": b"bytes"})
    assert cloud.calls == {"RunInstances": 2, "DryRun": 1, "DescribeInstances": 1, "PutObject": 1}
    assert cloud.work_calls() == 3


def test_a_client_that_would_leave_the_offline_aws_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:5000/")
    Cloud(session=Session()).client("ec2")
    with pytest.raises(UserError, match=r"ec2 would go to https://ec2.eu-west-1.amazonaws.com") as caught:
        Cloud(session=Session(endpoint="https://ec2.eu-west-1.amazonaws.com")).client("ec2")
    assert "AWS_ENDPOINT_URL is http://127.0.0.1:5000/" in caught.value.why


def test_the_account() -> None:
    cloud = Cloud(session=Session())
    sts = cloud.client("sts")
    sts.get_caller_identity = lambda: {"Account": "123456789012"}
    assert cloud.account() == "123456789012"
