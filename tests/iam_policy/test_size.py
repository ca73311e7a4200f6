"""Prices under exactly the printed policy, and without the right to see those of Spot."""

from pathlib import Path

import pytest

from cloud.policy import Permission, Scope
from environments.commands import operator_policy
from environments.spec import definitions
from nextflow.needs import needs
from nextflow.prices.load import load
from sandbox.inprocess import Sandbox
from tests.support.denied import Become

NAMES = ("c5",)


def permissions() -> tuple[Permission, ...]:
    return operator_policy.list_permissions([definitions.load("salmon")], Scope(), others=[needs])


def test_the_policy_is_enough(
    sandbox: Sandbox, become: Become, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    become(permissions())
    offers = load("us-east-1", NAMES)
    assert offers.why == ""
    assert offers.on_demand.keys() == offers.spot.keys() >= {"c5.2xlarge"}


def test_without_a_right_the_rest_is_known(
    sandbox: Sandbox, become: Become, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    become([permission for permission in permissions() if permission.sid != "NextflowPrices"])
    offers = load("us-east-1", NAMES)
    assert "Spot prices" in offers.why
    assert offers.on_demand
    assert not offers.spot
    become(permissions())
    assert load("us-east-1", NAMES).spot  # what was incomplete was not kept
