"""KMS keys are looked at before a machine is launched with them."""

from types import SimpleNamespace
from typing import Any, cast

import pytest
from botocore.exceptions import ClientError

from cloud.ebs import Volume
from cloud.kms import check_usable
from cloud.session import Cloud
from kiln.errors import UserError


class Kms:
    """Keys by their state; a state that ends with Exception is the code of an error."""

    def __init__(self, **states: str) -> None:
        self.states, self.calls = states, list[str]()

    def describe_key(self, KeyId: str) -> dict[str, Any]:  # noqa: N803  # AWS's name
        self.calls.append(KeyId)
        state = self.states[KeyId]
        if state.endswith("Exception"):
            raise ClientError({"Error": {"Code": state, "Message": "no"}}, "DescribeKey")
        return {"KeyMetadata": {"KeyState": state}}


def look(kms: Kms, *keys: str | None) -> None:
    volumes = [Volume(kms_key=key) for key in keys]
    check_usable(cast("Cloud", SimpleNamespace(client={"kms": kms}.__getitem__, region="eu-west-1")), [None, *volumes])


def test_every_key_is_looked_at_once() -> None:
    kms = Kms(b="Enabled", a="Enabled")
    look(kms, "b", None, "a", "b")
    assert kms.calls == ["a", "b"]


def test_a_key_that_is_not_there() -> None:
    with pytest.raises(UserError, match="no KMS key a in eu-west-1"):
        look(Kms(a="NotFoundException"), "a")


def test_a_key_that_is_disabled() -> None:
    with pytest.raises(UserError, match="the KMS key a cannot be used") as caught:
        look(Kms(a="Disabled"), "a")
    assert caught.value.why == "its state is Disabled"


def test_a_key_that_may_not_be_described_passes_and_the_next_is_looked_at() -> None:
    kms = Kms(a="AccessDeniedException", b="PendingDeletion")
    with pytest.raises(UserError, match="the KMS key b"):
        look(kms, "a", "b")


def test_other_errors_pass() -> None:
    with pytest.raises(ClientError):
        look(Kms(a="KMSInternalException"), "a")
