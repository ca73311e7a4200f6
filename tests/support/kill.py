"""A process that is gone at a given call to AWS: nothing of it runs any more, no undo either."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from cloud.session import Cloud

QUESTIONS = ("Describe", "Get", "List", "Simulate", "Head")


class Killed(BaseException):
    """Not an Exception: what handles failures does not see it."""


@contextmanager
def before_call(number: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Killed before the nth call that is not a question, so behind the one before; yields the calls made until then.

    Between two changes there are questions alone, which leave nothing.
    """
    seen: list[str] = []
    clients: list[Any] = []
    made = Cloud._made

    def hooked(self: Cloud, service: str, region: str, attempts: int) -> Any:
        client = made(self, service, region, attempts)
        if client not in clients:
            clients.append(client)
            client.meta.events.register("before-call", strike)
        return client

    def strike(model: Any, **_: Any) -> None:
        if model.name.startswith(QUESTIONS):
            return
        seen.append(model.name)
        if len(seen) == number:
            raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(Cloud, "_made", hooked)
        try:
            yield seen
        finally:
            for client in clients:
                client.meta.events.unregister("before-call", strike)


def killed(number: int, work: Callable[[], object], monkeypatch: pytest.MonkeyPatch) -> str:
    """Run `work`, killed at its nth change; the change that did not happen, "" where it ended before."""
    with before_call(number, monkeypatch) as seen:
        try:
            work()
        except Killed:
            return seen[-1]
    return ""
