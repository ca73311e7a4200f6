"""Follows a bundle that runs on a machine, through lost connections, reboots and runners that die."""

import secrets
import shlex
from collections.abc import Callable
from dataclasses import dataclass

from kiln.errors import UserError
from provision.ssh.address import LOST_AFTER_S, ConnectionLostError
from provision.ssh.bundle import Bundle
from provision.ssh.connection import Connection
from provision.ssh.events import Began, Ended, Event, Rejoining
from provision.ssh.journal import JournalReader

OVERDUE_S = 90.0  # beyond a task's time limit: what even SIGKILL did not end by then hangs in the kernel
RUNNER_GONE, NOT_REBOOTED_YET = 74, 75  # exit codes of runner.sh

# Unpacks once, however often it is sent; then everything is up to the runner.
START = """\
set -eu; umask 077; state=${KILN_ROOT:-}/var/lib/kiln; dir=$state/$1 new=$dir.$$
if [ -d "$dir" ]; then cat >/dev/null; else
  mkdir -p "$new"; tar -xzf - --no-same-owner -C "$new"; mv -T "$new" "$dir"
fi
exec bash "$dir/runner.sh" start "$2" </dev/null"""


@dataclass(frozen=True)
class Outcome:
    """How every task that was started has ended, in order; steps stop at the first failure, checks do not."""

    results: tuple[Ended, ...]

    @property
    def failures(self) -> tuple[Ended, ...]:
        """The tasks that failed."""
        return tuple(result for result in self.results if not result.ok)

    def raise_for_failure(self) -> None:
        """Raises the UserError of the first task that failed."""
        for failure in self.failures:
            raise failure.error()


class Following:
    """A bundle that runs on a machine: what was read of its journal, and since when nothing came from the machine."""

    def __init__(self, connection: Connection, bundle: Bundle, on_event: Callable[[Event], None]) -> None:
        self._connection, self._bundle, self._on_event = connection, bundle, on_event
        self._timing = connection.timing
        self._run_id = secrets.token_hex(8)
        self._reader = JournalReader(bundle.tasks)
        self._results: list[Ended] = []
        self._heard = self._task_began = self._timing.now()

    def run(self) -> Outcome:
        """Follow the bundle to its end; raises UserError as `Remote.perform` does."""
        deaths = 0
        while not self._reader.finished:
            offset = self._reader.offset
            try:
                code, error = self._follow()
            except ConnectionLostError as lost:
                if not self._reader.rebooting:
                    self._on_event(Rejoining(lost.why))
                self._rejoin()
                continue
            if self._reader.finished:
                break
            if self._reader.rebooting and code in (0, NOT_REBOOTED_YET):
                self._rejoin()
            elif code != RUNNER_GONE or (deaths and self._reader.offset == offset):
                raise UserError("the runner on the machine does not work", error or f"exit code {code}")
            else:
                deaths += 1
        return Outcome(tuple(self._results))

    def _follow(self) -> tuple[int, str]:
        """Starts the runner, or finds it running, and reads its journal: (exit code, stderr) when that ends."""
        archive = b"" if self._reader.offset else self._bundle.archive
        with self._connection.execute(write_sudo(START, self._run_id, str(self._reader.offset)), archive) as channel:
            while not self._reader.finished:
                try:
                    data = channel.recv(65536)
                except TimeoutError as error:
                    raise self._connection.lost(TimeoutError(f"silent for {LOST_AFTER_S:.0f} s")) from error
                if not data:
                    return self._connection.end(channel)
                self._heard = self._timing.now()
                self._read(data)
        return 0, ""

    def _read(self, data: bytes) -> None:
        for event in self._reader.feed(data):
            if isinstance(event, Began):
                self._task_began = self._heard
            if isinstance(event, Ended):
                self._results.append(event)
            self._on_event(event)
        task = self._reader.current
        if task and self._heard - self._task_began > task.timeout + OVERDUE_S:
            raise UserError(
                f'"{task.name}" could not be ended after its time limit of {task.timeout} s',
                "a process that it started hangs in the machine's kernel",
            )

    def _rejoin(self) -> None:
        """Connects again; a machine that is just going down still answers, so a reboot is awaited by asking again."""
        self._connection.close()
        self._timing.sleep(0.5)
        left = self._timing.rejoin_s - (self._timing.now() - self._heard)
        if left <= 0:
            what = "did not reboot" if self._reader.rebooting else "could not be reached again"
            raise UserError(f"{self._connection.address} {what} within {self._timing.rejoin_s:.0f} s")
        self._connection.open(left, auth_grace_s=left)


def write_sudo(script: str, *arguments: str) -> str:
    """Write the command that runs a bash script as root, with `arguments` as its $1, $2 and so on."""
    return shlex.join(["sudo", "-n", "bash", "-c", script, "kiln", *arguments])
