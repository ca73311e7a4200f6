"""A machine that is not there: it does what the test scripted, and refuses any command that nobody did."""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar, Self

from provision.ssh.bundle import Bundle
from provision.ssh.events import Began, Ended, Event, Output
from provision.ssh.remote import Address, Outcome, Result

ANSWERS = {
    'echo "$(cat /etc/machine-id': "0123456789abcdef0123456789abcdef\n/dev/root 100 4096 96 5% /\n"
    " 259 0 nvme0n1 1 0 8 0 1 0 16 0 0 0 0\n",
    "sudo -n bash -c": "kernel=6.1\ndocker=25.0\npackage=bash 5 x86_64\nroot_bytes=1234\n",
}


class FakeRemote:
    """`failing` maps a step's or check's name to its exit code; `raising` a method's name to the error it raises.

    `failing_at` restricts the failures to the nth machine (0 the builder, 1 the acceptance boot).
    """

    failing: ClassVar[dict[str, int]] = {}
    raising: ClassVar[dict[str, Exception]] = {}
    failing_at: ClassVar[int] = 0
    connected: ClassVar[list[Address]] = []

    def __init__(self, address: Address, private_key: Any, host_key: Any) -> None:
        self.address = address

    def __enter__(self) -> Self:
        self.number = len(self.connected)
        self.connected.append(self.address)
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def _raise(self, method: str) -> None:
        if method in self.raising and self.number == self.failing_at:
            raise self.raising[method]

    def connect(self, deadline_s: float) -> float:
        self._raise("connect")
        return 0.1

    def wait_for_cloud_init(self, deadline_s: float) -> None:
        self._raise("wait_for_cloud_init")

    def run(self, command: str, *, timeout: float = 60.0) -> Result:
        for beginning, answer in ANSWERS.items():
            if command.startswith(beginning):
                return Result(0, answer, "")
        raise AssertionError(f"nobody scripted {command!r}")

    def perform(self, bundle: Bundle, on_event: Callable[[Event], None]) -> Outcome:
        self._raise("perform")
        results = []
        for task in bundle.tasks:
            code = self.failing.get(task.name, 0) if self.number == self.failing_at else 0
            on_event(Began(task))
            on_event(Output(task, f"output of {task.name}"))
            ended = Ended(task, code, 0.5, "false" if code else "", (f"output of {task.name}",))
            on_event(ended)
            results.append(ended)
            if code and hasattr(task, "reboot"):
                break
        return Outcome(tuple(results))

    def remove(self, paths: Sequence[str] = ()) -> None:
        self._raise("remove")
