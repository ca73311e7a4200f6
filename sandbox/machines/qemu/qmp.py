"""A client of QEMU's machine protocol (QMP): commands, answers, and events to wait for."""

import json
import socket
import threading
import time
from pathlib import Path
from typing import Any

from sandbox.world.hypervisor import MachineError

OPENS_WITHIN = 10.0  # seconds


class Qmp:
    """One connection to one QEMU. Safe to use from several threads; MachineError when QEMU refuses or has `ended`."""

    def __init__(self, path: Path, ended: threading.Event) -> None:
        self._socket = _connect(path, ended)
        self._file = self._socket.makefile("rwb")
        self._changed = threading.Condition()
        self._one_at_a_time = threading.Lock()
        self._answer: dict[str, Any] | None = None
        self._events: list[dict[str, Any]] = []
        self._gone = False
        self._file.readline()  # the greeting
        threading.Thread(target=self._read, daemon=True).start()
        self.command("qmp_capabilities")

    def command(self, name: str, **arguments: Any) -> Any:
        """What QEMU returns."""
        request = {"execute": name, "arguments": {key.replace("_", "-"): value for key, value in arguments.items()}}
        with self._one_at_a_time:
            try:
                self._file.write(json.dumps(request).encode() + b"\n")
                self._file.flush()
            except OSError as error:
                raise MachineError(f"the machine is gone ({name})") from error
            with self._changed:
                self._changed.wait_for(lambda: self._answer is not None or self._gone, timeout=60)
                answer, self._answer = self._answer, None
        if answer is None:
            raise MachineError(f"the machine gave no answer to {name}")
        if "error" in answer:
            raise MachineError(f"{name}: {answer['error'].get('desc', answer['error'])}")
        return answer.get("return")

    def monitor(self, line: str) -> str:
        """A command of the human monitor, for what QMP itself cannot do."""
        return str(self.command("human-monitor-command", command_line=line))

    def events_seen(self) -> int:
        """A mark for `wait_event`: events after it count."""
        with self._changed:
            return len(self._events)

    def wait_event(self, name: str, seconds: float, since: int, **data: Any) -> bool:
        """Whether an event of that name, with that data, came within the time. False at once when QEMU ends."""

        def seen() -> bool:
            later = [event for event in self._events[since:] if event["event"] == name]
            return any(data.items() <= event.get("data", {}).items() for event in later)

        with self._changed:
            self._changed.wait_for(lambda: seen() or self._gone, timeout=seconds)
            return seen()

    def close(self) -> None:
        """Let go of the connection; QEMU runs on."""
        # shutdown wakes the reader; close alone would leave it waiting.
        try:
            self._socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            return
        finally:
            self._socket.close()

    def _read(self) -> None:
        try:
            for line in self._file:
                message = json.loads(line)
                with self._changed:
                    if "event" in message:
                        self._events.append(message)
                    else:
                        self._answer = message
                    self._changed.notify_all()
        except (OSError, ValueError):
            pass  # the connection ended in the middle of a line: the same as its end
        with self._changed:
            self._gone = True
            self._changed.notify_all()


def _connect(path: Path, ended: threading.Event) -> socket.socket:
    last = time.monotonic() + OPENS_WITHIN
    while True:
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            connection.connect(str(path))
            return connection
        except OSError as error:
            connection.close()
            if ended.wait(0.02) or time.monotonic() > last:
                raise MachineError(f"QEMU did not open {path}") from error
