"""head-up killed at any call: head-down removes what is left, and another head-up goes on with it."""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cloud.session import Cloud
from nextflow.head import commands
from nextflow.head.asked import Asked
from nextflow.head.names import HEAD, Head
from sandbox.inprocess import Sandbox
from tests.support import environments as tools

NODE = Head("genomics")
PLAIN = Asked("genomics", ami="ecs/al2023", ssh_from="203.0.113.7/32", nextflow="none")


class Killed(BaseException):
    """Nothing is cleaned up any more."""


@pytest.fixture
def genomics(sandbox: Sandbox, answering_hosts: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Sandbox:
    monkeypatch.chdir(tmp_path)
    tools.register("genomics")
    return sandbox


@contextlib.contextmanager
def killed_at(number: int, moment: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Kill head-up before or behind its nth call that changes something; yields the calls."""
    seen, made = list[str](), Cloud._made

    def strike(model: Any, **_: Any) -> None:
        if model.name.startswith(("Describe", "Get", "List")):
            return
        seen.append(model.name)
        if len(seen) == number:
            raise Killed

    def hooked(self: Cloud, *given: Any, **more: Any) -> Any:
        client = made(self, *given, **more)
        if not getattr(client, "hooked_by_test", False):
            client.hooked_by_test = True
            client.meta.events.register(moment, strike)
        return client

    with monkeypatch.context() as patch, contextlib.suppress(Killed):
        patch.setattr(Cloud, "_made", hooked)
        yield seen


def up() -> int:
    return commands.head_up(PLAIN, None, as_json=False)


def list_machines(sandbox: Sandbox) -> list[str]:
    filters = [{"Name": f"tag:{HEAD}", "Values": ["genomics"]},
               {"Name": "instance-state-name", "Values": ["pending", "running"]}]  # fmt: skip
    listed = sandbox.client("ec2").describe_instances(Filters=filters)["Reservations"]
    return [machine["InstanceId"] for reservation in listed for machine in reservation["Instances"]]


def left(sandbox: Sandbox) -> list[str]:
    iam, named = sandbox.client("iam"), [{"Name": "group-name", "Values": [NODE.name]}]
    roles = [role["RoleName"] for role in iam.list_roles()["Roles"]]
    profiles = [profile["InstanceProfileName"] for profile in iam.list_instance_profiles()["InstanceProfiles"]]
    groups = sandbox.client("ec2").describe_security_groups(Filters=named)["SecurityGroups"]
    own = [name for name in (*roles, *profiles) if name == NODE.name]
    return [*own, *(group["GroupId"] for group in groups), *list_machines(sandbox)]


@pytest.mark.parametrize("moment", ["before-call", "after-call"])
def test_head_down_removes_what_is_left_at_once(
    genomics: Sandbox, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    for number in range(1, 100):
        with killed_at(number, moment, monkeypatch) as seen:
            up()
        commands.head_down("genomics", None, as_json=False)
        genomics.clock.advance(60)
        assert left(genomics) == [], f"killed {moment} {seen[-1]} (call {number})"
        if len(seen) < number:
            break
    assert number > 7


def test_another_head_up_goes_on_with_what_is_left(genomics: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """Behind a pause in which EC2 comes to know its own machines: nobody looks that fast."""
    for number in range(1, 100):
        with killed_at(number, "after-call", monkeypatch) as seen:
            up()
        genomics.clock.advance(60)
        up()
        assert len(list_machines(genomics)) == 1, f"killed behind {seen[-1]} (call {number})"
        assert len(left(genomics)) == 4
        commands.head_down("genomics", None, as_json=False)
        if len(seen) < number:
            break
    assert number > 7
