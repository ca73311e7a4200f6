"""Apply, roll-out and tear-down killed at every change they make: the next run finishes."""

from pathlib import Path

import pytest

from cloud.session import Cloud
from environments.rollout.options import Options
from environments.teardown import bystanders
from environments.teardown import destroy as teardown
from environments.teardown.destroy import Named
from kiln.screen import Screen
from sandbox.inprocess import Sandbox
from tests.support import environments as tools
from tests.support.images import MakeAmi
from tests.support.kill import killed
from tests.support.removal import elsewhere, make_group, wide

MOST = 100  # rounds, which end by themselves long before
# The next run comes when people type it: by then IAM knows what it was told.
LATER = 10.0


@pytest.fixture(autouse=True)
def one_region(monkeypatch: pytest.MonkeyPatch) -> None:
    """Other regions are only asked, and making clients for all of them is most of the time that a tear-down takes."""
    monkeypatch.setattr(bystanders, "list_elsewhere", lambda cloud, environment: [])


def destroy(cloud: Cloud) -> None:
    teardown.destroy(cloud, "small", Named(), Screen(quiet=True))


def is_whole(sandbox: Sandbox, cloud: Cloud, env: str, ami: str, when: str) -> None:
    """VALID with this AMI, in one compute environment, in both queues, and nothing left to do."""
    sandbox.clock.advance(LATER)
    found = tools.compute(cloud)
    assert [(each["status"], tools.ami_of(each)) for each in found.values()] == [("VALID", ami)], when
    assert set(map(tuple, tools.orders(cloud).values())) == {tuple(found)}, when
    assert tools.steps(env, ami, cloud=cloud) == {}, when


def test_killed_at_every_change(
    sandbox: Sandbox, cloud: Cloud, tmp_path: Path, stock: str, make_ami: MakeAmi, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One round: register, roll out blue/green, tear down, each killed at its nth change and done again."""
    env = tools.define(tmp_path, compute=tools.BEST_FIT)
    tried = {"apply": 0, "blue/green": 0, "tear-down": 0}
    for number in range(1, MOST):
        sandbox.reset()
        at = {"apply": killed(number, lambda: tools.register(env, cloud=cloud), monkeypatch)}
        sandbox.clock.advance(LATER)
        tools.register(env, cloud=cloud)
        if at["apply"]:
            is_whole(sandbox, cloud, env, stock, f"apply killed before change {number}, {at['apply']}")
        if number == tried["blue/green"] + 1:
            at["blue/green"] = _roll_out(sandbox, cloud, env, make_ami("new"), number, monkeypatch)
        at["tear-down"] = killed(number, lambda: destroy(cloud), monkeypatch)
        destroy(cloud)
        assert tools.left(cloud) == {}, f"tear-down killed before change {number}, {at['tear-down']}"
        for verb, call in at.items():
            tried[verb] += bool(call)
        if not at["apply"] and not at["tear-down"]:
            break
    print("kill points:", tried)
    assert tried["apply"] >= 15
    assert tried["blue/green"] >= 5
    assert tried["tear-down"] >= 15


def _roll_out(sandbox: Sandbox, cloud: Cloud, env: str, ami: str, number: int, monkeypatch: pytest.MonkeyPatch) -> str:
    """Killed before its nth change, and done again; the change."""
    call = killed(number, lambda: tools.register(env, ami, cloud=cloud), monkeypatch)
    tools.register(env, ami, cloud=cloud)
    is_whole(sandbox, cloud, env, ami, f"roll-out killed before change {number}, {call}")
    return call


def test_a_roll_out_in_place_killed_at_every_change(
    sandbox: Sandbox, cloud: Cloud, tmp_path: Path, make_ami: MakeAmi, monkeypatch: pytest.MonkeyPatch
) -> None:
    env = tools.define(tmp_path)
    amis = [make_ami("one"), make_ami("two")]
    tools.register(env, amis[0], cloud=cloud)
    for number in range(1, MOST):
        ami = amis[number % 2]
        if not _roll_out(sandbox, cloud, env, ami, number, monkeypatch):
            break
    print("kill points:", number - 1)
    assert number > 2


def test_a_tear_down_half_way_through_an_apply(
    sandbox: Sandbox, cloud: Cloud, tmp_path: Path, stock: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What an apply that was killed has made goes too, wherever it was."""
    env = tools.define(tmp_path)
    for number in (3, 9, 14, 17):
        assert killed(number, lambda: tools.register(env, cloud=cloud), monkeypatch)
        sandbox.clock.advance(LATER)
        destroy(cloud)
        assert tools.left(cloud) == {}, number


def test_a_tear_down_beside_another_environment_killed_at_every_change(
    sandbox: Sandbox, cloud: Cloud, tmp_path: Path, stock: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    small, other = tools.define(tmp_path), tools.define(tmp_path, "other")
    tools.register(other, cloud=cloud)
    alone = tools.left(cloud)
    for number in range(1, MOST):
        tools.register(small, cloud=cloud)
        call = killed(number, lambda: destroy(cloud), monkeypatch)
        destroy(cloud)
        when = f"tear-down killed before change {number}, {call}"
        assert tools.left(cloud) == alone, when
        assert tools.steps(other, cloud=cloud) == {}, when
        assert {each["status"] for each in tools.compute(cloud).values()} == {"VALID"}, when
        if not call:
            break
    print("kill points:", number - 1)
    assert number > 12


def test_what_is_no_longer_in_the_definition_killed_at_every_change(
    sandbox: Sandbox, cloud: Cloud, tmp_path: Path, stock: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One round: all of it comes back, with a job in the queue that goes, and goes again."""
    ending = Options(terminate_jobs=True)
    make_group(sandbox, "ours")
    for number in range(1, MOST):
        tools.register(wide(tmp_path), cloud=cloud)
        tools.run_job(sandbox, "small-gone", "small-task")
        env = tools.define(tmp_path)
        elsewhere(env)
        call = killed(number, lambda: tools.register(env, options=ending, cloud=cloud), monkeypatch)  # noqa: B023
        tools.register(env, options=ending, cloud=cloud)
        is_whole(sandbox, cloud, env, stock, f"killed before change {number}, {call}")
        left = tools.left(cloud)
        assert set(tools.orders(cloud)) == {"small-low", "small-high"}, call
        assert {each.rpartition("/")[2].partition(":")[0] for each in left["job definitions"]} == {"small-task"}, call
        assert (left["templates"], left["groups"]) == (["genomics-workflow-template"], ["ours"]), call
        if not call:
            break
    print("kill points:", number - 1)
    assert number > 12
