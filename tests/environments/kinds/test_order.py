"""The one list of kinds: each can do all that a kind must, and what is made of it goes with its environment."""

import inspect
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from cloud.session import Cloud
from environments import kinds
from environments.kinds import order
from environments.kinds.iam import service_linked
from environments.model.kind import Kind
from environments.model.region import Region
from environments.teardown import destroy as teardown
from kiln.screen import Screen
from sandbox.inprocess import Sandbox
from tests.support import environments as tools
from tests.support.inputs import inputs

_FUNCTIONS = {name: value for name, value in vars(Kind).items() if inspect.isfunction(value) and name[0] != "_"}
_VALUES = ("KIND", "ACCOUNT_WIDE")


def lacks(kind: Any) -> list[str]:
    """What a kind lacks of the protocol: a function, one of its parameters, or a value."""
    missing = sorted(name for name in _VALUES if not hasattr(kind, name))
    for name, expected in _FUNCTIONS.items():
        parameters = list(inspect.signature(expected).parameters)[1:]
        if list(inspect.signature(getattr(kind, name, lambda: None)).parameters) != parameters:
            missing.append(name)
    return missing


@pytest.mark.parametrize("kind", order.KINDS, ids=lambda kind: kind.KIND)
def test_a_kind_can_do_all_that_a_kind_must(kind: Any) -> None:
    assert lacks(kind) == []


@pytest.mark.parametrize("name", [*_FUNCTIONS, *_VALUES])
def test_a_kind_without_one_of_them_is_noticed(name: str) -> None:
    members = {member: getattr(order.KINDS[0], member) for member in (*_FUNCTIONS, *_VALUES)}
    assert lacks(SimpleNamespace(**members)) == []
    assert lacks(SimpleNamespace(**{key: value for key, value in members.items() if key != name})) == [name]


def test_a_module_that_is_a_kind_stands_in_the_list() -> None:
    folder = Path(kinds.__file__).parent
    modules = {path.stem for path in folder.rglob("*.py") if "\nKIND, " in path.read_text()}
    assert modules == {kind.__name__.rpartition(".")[2] for kind in order.KINDS}  # type: ignore[attr-defined]


def test_what_register_env_makes_destroy_env_takes_away(sandbox: Sandbox, tmp_path: Path) -> None:
    tools.register(tools.define(tmp_path, storage_policy="ebs-autoscale-policy"))
    cloud = Cloud()
    for kind in order.KINDS:
        made = order.used_by(Region(cloud), kind, "small")
        assert made or kind is service_linked, kind.KIND  # which belongs to the account
    teardown.destroy(cloud, "small", teardown.NOTHING, Screen(quiet=True))
    assert {kind.KIND: left for kind in order.KINDS if (left := order.used_by(Region(cloud), kind, "small"))} == {}


@pytest.mark.parametrize("name", ["genomics", "salmon", "genomics-2019", "reference"])
def test_everything_that_is_made_carries_the_environments_tag(name: str) -> None:
    there = inputs(name)
    desired = [resource for kind in order.KINDS for resource in kind.desired(there)]
    tagged = [each for each in desired if each.kind != service_linked.KIND and not each.foreign]
    assert len(tagged) > 8
    for each in tagged:
        assert f"kiln:env:{name}" in each.tags, each
    kinds = [kind.KIND for kind in order.KINDS]
    assert [each.kind for each in desired] == sorted((each.kind for each in desired), key=kinds.index)
