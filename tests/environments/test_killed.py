"""Killed at any AWS call that changes something, before it and behind it: the next run finishes."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

from kiln.errors import Exit
from sandbox.inprocess import Sandbox
from tests.images.test_killed import Killed, at_call
from tests.support.environments import Define, Registered

MORE = "job_definitions: {hello: {image: 'quay.io/nextflow/bash:latest', memory: 512 MiB}}\n"


def killed() -> None:
    raise Killed


@pytest.mark.parametrize("moment", ["before-call", "after-call"])
def test_the_next_run_finishes_what_was_killed_at_any_call(
    sandbox: Sandbox, registered: Registered, define: Define, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    env, tried = define(MORE), 0
    for number in range(1, 100):
        sandbox.reset()
        with at_call(number, moment, killed, monkeypatch) as seen, suppress(Killed):
            registered(env)
        if len(seen) < number:
            break
        tried += 1
        assert registered(env)["code"] == Exit.DONE, seen
        again = registered(env, plan=True)
        assert again["code"] == Exit.DONE, (seen, changed(again))
        assert {each["action"] for each in again["resources"]} == {"unchanged"}, seen
    assert tried > 20
    print(f"{tried} kill points {moment}")


def changed(document: dict[str, Any]) -> list[Any]:
    return [each for each in document["resources"] if each["action"] != "unchanged" or each["joins"]]


def test_a_roll_out_in_place_that_was_killed_is_finished(
    sandbox: Sandbox,
    registered: Registered,
    define: Define,
    make_ami: Callable[..., str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first, second = make_ami("first"), make_ami("second")
    env = define()
    registered(env, first)
    for moment in ("before-call", "after-call"):
        for number in (1, 2):
            with at_call(number, moment, killed, monkeypatch) as seen, suppress(Killed):
                registered(env, second)
            assert len(seen) == number
            assert registered(env, second)["code"] == Exit.DONE
            [one] = sandbox.client("batch").describe_compute_environments()["computeEnvironments"]
            assert one["tags"]["kiln:env:small"] == f"ami={second} previous={first}"
            assert registered(env, "previous")["ami"] == first
