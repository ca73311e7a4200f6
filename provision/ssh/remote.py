"""Runs recipes on a machine over SSH, and stays with them through lost connections and reboots."""

import secrets
import shlex
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from kiln.errors import UserError
from provision.ssh import cloud_init
from provision.ssh.bundle import Bundle
from provision.ssh.connection import DEFAULT_TIMING, LOST_AFTER_S, Address, Connection, ConnectionLostError, Timing
from provision.ssh.events import Began, Ended, Event, JournalReader, Rejoining

if TYPE_CHECKING:
    import paramiko

__all__ = ["Address", "ConnectionLostError", "Outcome", "Remote", "Result", "Timing"]

OVERDUE_S = 90.0  # beyond a task's time limit: what even SIGKILL did not end by then hangs in the kernel
RUNNER_GONE, NOT_REBOOTED_YET = 74, 75  # exit codes of runner.sh

# Unpacks once, however often it is sent; then everything is up to the runner.
START = """\
set -eu; umask 077; state=${KILN_ROOT:-}/var/lib/kiln; dir=$state/$1 new=$dir.$$
if [ -d "$dir" ]; then cat >/dev/null; else
  mkdir -p "$new"; tar -xzf - --no-same-owner -C "$new"; mv -T "$new" "$dir"
fi
exec bash "$dir/runner.sh" start "$2" </dev/null"""

# The keys go last: while they are there, a failure before them can still be looked at.
REMOVE = """\
set -e; umount -l "${KILN_ROOT:-}"/run/kiln/*/tmp 2>/dev/null || :
rm -rf -- "${KILN_ROOT:-}/var/lib/kiln" "${KILN_ROOT:-}/run/kiln"; rm -f -- "$@\""""


@dataclass(frozen=True)
class Result:
    exit_code: int
    stdout: str
    stderr: str


@dataclass(frozen=True)
class Outcome:
    """How every task that was started has ended, in order; steps stop at the first failure, checks do not."""

    results: tuple[Ended, ...]

    @property
    def failures(self) -> tuple[Ended, ...]:
        return tuple(result for result in self.results if not result.ok)

    def raise_for_failure(self) -> None:
        """Raises the UserError of the first task that failed."""
        for failure in self.failures:
            raise failure.error()


class Remote:
    """A machine under an `Address`. `host_key` is the key, or several of which it must show one."""

    def __init__(
        self,
        address: Address,
        private_key: "paramiko.PKey",
        host_key: "paramiko.PKey | Sequence[paramiko.PKey]",
        timing: Timing = DEFAULT_TIMING,
    ) -> None:
        keys = host_key if isinstance(host_key, Sequence) else [host_key]
        self._connection = Connection(address, private_key, keys, timing)
        self._timing = timing

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._connection.close()

    def connect(self, deadline_s: float) -> float:
        """Connects as soon as the port answers; returns the seconds that took. See `Connection.open` for errors."""
        return self._connection.open(deadline_s)

    def run(self, command: str, *, timeout: float = 60.0) -> Result:
        """Runs something small as the login user. Raises UserError after `timeout` s, ConnectionLostError on a loss."""
        channel = self._connection.execute(command)
        deadline, stdout = self._timing.now() + timeout, b""
        with channel:
            while True:
                channel.settimeout(max(deadline - self._timing.now(), 0.01))
                try:
                    data = channel.recv(65536)
                except TimeoutError:
                    raise UserError(f"{command!r} did not end within {timeout:.0f} s") from None
                if not data:
                    break
                stdout += data
            code, stderr = self._connection.end(channel)
        return Result(code, stdout.decode(errors="replace"), stderr)

    def wait_for_cloud_init(self, deadline_s: float) -> cloud_init.CloudInit:
        """Returns when cloud-init has finished; raises UserError, with the end of its log, when it failed."""
        deadline = self._timing.now() + deadline_s
        while True:
            left = max(deadline - self._timing.now(), 1.0)
            try:
                result = self.run(_sudo(cloud_init.WAIT, str(int(left))), timeout=left + LOST_AFTER_S)
            except ConnectionLostError:
                self._connection.close()
                self._connection.open(left)
                continue
            if result.exit_code == cloud_init.TOO_LATE:
                raise UserError(f"cloud-init did not finish within {deadline_s:.0f} s", output=result.stdout)
            if result.exit_code:
                raise UserError("cloud-init's state could not be read", result.stderr)
            return cloud_init.interpret(result.stdout)

    def perform(self, bundle: Bundle, on_event: Callable[[Event], None]) -> Outcome:
        """Runs the bundle on the machine and tells `on_event` of everything as it happens, nothing twice.

        Raises UserError when the machine stays out of reach, or when the runner on it cannot work.
        """
        return _Performance(self._connection, bundle, on_event).run() if bundle.tasks else Outcome(())

    def remove(self, paths: Sequence[str] = ()) -> None:
        """The last command: removes the runner's state, then `paths` (absolute), such as authorized keys.

        Nothing is rejoined: without the keys nobody could. Raises UserError when anything could not be removed.
        """
        result = self.run(_sudo(REMOVE, *paths))
        if result.exit_code:
            raise UserError("Kiln's traces could not be removed from the machine", result.stderr)


class _Performance:
    """One bundle on its way: what was read of its journal, and since when the machine is silent."""

    def __init__(self, connection: Connection, bundle: Bundle, on_event: Callable[[Event], None]) -> None:
        self._connection, self._bundle, self._on_event = connection, bundle, on_event
        self._timing = connection.timing
        self._run_id = secrets.token_hex(8)
        self._reader = JournalReader(bundle.tasks)
        self._results: list[Ended] = []
        self._heard = self._task_began = self._timing.now()

    def run(self) -> Outcome:
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
        with self._connection.execute(_sudo(START, self._run_id, str(self._reader.offset)), archive) as channel:
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
            what = "did not reboot" if self._reader.rebooting else "could not be followed any further"
            raise UserError(f"{self._connection.address} {what} within {self._timing.rejoin_s:.0f} s")
        self._connection.open(left, auth_grace_s=left)


def _sudo(script: str, *arguments: str) -> str:
    return shlex.join(["sudo", "-n", "bash", "-c", script, "kiln", *arguments])
