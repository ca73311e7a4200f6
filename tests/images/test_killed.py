"""Interrupted or killed at any moment: every AWS call of a build is such a moment, before it and behind it."""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest

from cloud import tags
from cloud.session import Cloud
from images.commands import amis as commands
from kiln import signals
from kiln.errors import Exit, Interrupted
from kiln.undo import Undo
from sandbox.inprocess import Sandbox
from tests.support.aws_state import left_behind, own_images
from tests.support.fake_remote import FakeRemote
from tests.support.images import Build


class Killed(BaseException):
    """The process is gone: nothing of it runs any more."""


@contextmanager
def at_call(number: int, moment: str, act: Callable[[], None], monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Have `act` done at the nth AWS call that is not a question; yields the names of the calls made."""
    seen: list[str] = []
    made = Cloud._made

    def hooked(self: Cloud, service: str, region: str, attempts: int) -> Any:
        client = made(self, service, region, attempts)
        if not getattr(client, "hooked_by_test", False):
            client.hooked_by_test = True
            client.meta.events.register(moment, strike)
        return client

    def strike(model: Any, **_: Any) -> None:
        if model.name.startswith(("Describe", "Get")):
            return
        seen.append(model.name)
        if len(seen) == number:
            act()

    with monkeypatch.context() as patch:
        patch.setattr(Cloud, "_made", hooked)
        yield seen


MOMENTS = ("before-call", "after-call")


@pytest.mark.parametrize("moment", MOMENTS)
def test_ctrl_c_at_every_call_leaves_nothing(
    sandbox: Sandbox,
    remote: type[FakeRemote],
    definition: str,
    build: Build,
    monkeypatch: pytest.MonkeyPatch,
    moment: str,
) -> None:
    tried = 0
    for number in range(1, 100):
        sandbox.reset()
        remote.connected = []
        with (
            at_call(number, moment, lambda: os.kill(os.getpid(), signal.SIGINT), monkeypatch) as seen,
            signals.handle(),
        ):
            try:
                build(definition, force=True)
            except Interrupted:
                tried += 1
        state = left_behind(sandbox)
        assert state == {}, f"interrupted {moment} {seen[number - 1]} (call {number})"
        if len(seen) < number:
            break
        assert all(tags.as_dict(i["Tags"]).get(tags.STATUS) == "tested" for i in own_images(sandbox)), seen
    assert tried > 15


@pytest.mark.parametrize("moment", MOMENTS)
def test_kill_9_at_every_call_is_swept_by_clean(
    sandbox: Sandbox,
    remote: type[FakeRemote],
    definition: str,
    build: Build,
    monkeypatch: pytest.MonkeyPatch,
    moment: str,
) -> None:
    def kill() -> None:
        raise Killed

    for number in range(1, 100):
        sandbox.reset()
        remote.connected = []
        with at_call(number, moment, kill, monkeypatch) as seen, monkeypatch.context() as dead:
            dead.setattr(Undo, "run_until", lambda self, depth=0: None)
            dead.setattr("kiln.journal.os.getpid", lambda: 2**22 + 1)
            with suppress(Killed):
                build(definition, force=True)
        if len(seen) < number:
            break
        sandbox.clock.advance(10)  # nobody types `invoke clean` before AWS knows its own ids
        assert commands.clean(None, apply=True, as_json=False) == Exit.DONE
        assert left_behind(sandbox) == {}, f"killed {moment} {seen[number - 1]} (call {number})"
    assert number > 15


def test_sigterm_is_an_interrupt_too() -> None:
    with pytest.raises(Interrupted, match="SIGTERM"), signals.handle():
        os.kill(os.getpid(), signal.SIGTERM)


def test_an_interrupt_between_a_creation_and_its_undo_waits() -> None:
    undone = []
    with pytest.raises(Interrupted), signals.handle(), Undo() as undo:
        with signals.hold():
            os.kill(os.getpid(), signal.SIGINT)  # the resource exists by now
            undo.push("it", lambda: undone.append("it"))
        raise AssertionError("the interrupt was lost")
    assert undone == ["it"]
