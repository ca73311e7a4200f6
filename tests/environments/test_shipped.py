"""The shipped environments through their lives: registered, unchanged, on a new AMI, side by side."""

import pytest

from environments.screens.rollout import describe_decision
from sandbox.inprocess import Sandbox
from tests.support import environments as tools
from tests.support.images import MakeAmi


@pytest.mark.parametrize("name", ["genomics", "salmon"])
def test_latest_is_registered_unchanged_and_followed_in_place(sandbox: Sandbox, make_ami: MakeAmi, name: str) -> None:
    first = make_ami("first")
    tools.register(name, "latest")
    assert tools.steps(name, "latest") == {}
    names = set(tools.compute(sandbox))
    second = make_ami("second")
    assert {step.action for step in tools.steps(name, "latest").values()} == {"update"}
    tools.register(name, "latest")
    assert tools.steps(name, "latest") == {}
    found = tools.compute(sandbox)
    assert {tools.ami_of(each) for each in found.values()} == {second}
    tools.register(name, "previous")
    found = tools.compute(sandbox)
    assert {tools.ami_of(each) for each in found.values()} == {first}
    assert {each["status"] for each in found.values()} == {"VALID"}
    assert set(found) == names


def test_genomics_2019_is_replaced_by_blue_green_in_every_queue(sandbox: Sandbox, make_ami: MakeAmi) -> None:
    first = make_ami("first")
    tools.register("genomics-2019", "latest")
    before = tools.orders(sandbox)
    assert before == {"default": ["spot", "ondemand"], "highpriority": ["ondemand", "spot"]}
    second = make_ami("second")
    planned = tools.steps("genomics-2019", "latest")
    assert {name: step.action for name, step in planned.items()} == {"spot": "replace", "ondemand": "replace"}
    assert "replaces spot in default (1st) and highpriority (2nd)" in describe_decision(planned["spot"].decision)
    tools.register("genomics-2019", "latest")
    found = tools.compute(sandbox)
    assert {tools.ami_of(each) for each in found.values()} == {second}
    assert len(found) == 2
    assert set(found).isdisjoint({"spot", "ondemand"})
    after = tools.orders(sandbox)
    kinds = {name: each["tags"]["kiln:compute-environment"] for name, each in found.items()}
    assert {queue: [kinds[name] for name in order] for queue, order in after.items()} == before
    assert tools.steps("genomics-2019", "latest") == {}
    assert tools.steps("genomics-2019", "previous").keys() == {"spot", "ondemand"}
    assert first != second
