"""Runs recipes on a machine over SSH, and stays with them through lost connections and reboots."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from kiln.errors import UserError
from provision.ssh import cloud_init
from provision.ssh.address import DEFAULT_TIMING, LOST_AFTER_S, Address, ConnectionLostError, Timing
from provision.ssh.bundle import Bundle
from provision.ssh.connection import Connection
from provision.ssh.events import Event
from provision.ssh.following import Following, Outcome, write_sudo

if TYPE_CHECKING:
    import paramiko

__all__ = ["Address", "ConnectionLostError", "Outcome", "Remote", "Result", "Timing"]


# The keys go last: while they are there, a failure before them can still be looked at.
REMOVE = """\
set -e; umount -l "${KILN_ROOT:-}"/run/kiln/*/tmp 2>/dev/null || :
rm -rf -- "${KILN_ROOT:-}/var/lib/kiln" "${KILN_ROOT:-}/run/kiln"; rm -f -- "$@\""""


@dataclass(frozen=True)
class Result:
    """What a command on the machine ended with."""

    exit_code: int
    stdout: str
    stderr: str


class Remote:
    """A machine that is reached by SSH at an `Address`. `host_key` is the key, or several of which it must show one."""

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
        """Close the connection; the machine goes on."""
        self._connection.close()

    def connect(self, deadline_s: float) -> float:
        """Connects as soon as the port answers; returns the seconds that took. See `Connection.open` for errors."""
        return self._connection.open(deadline_s)

    def run(self, command: str, *, timeout: float = 60.0) -> Result:
        """Runs a short command as the login user. Raises UserError after `timeout` s, ConnectionLostError on a loss."""
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
                result = self.run(write_sudo(cloud_init.WAIT, str(int(left))), timeout=left + LOST_AFTER_S)
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
        return Following(self._connection, bundle, on_event).run() if bundle.tasks else Outcome(())

    def remove(self, paths: Sequence[str] = ()) -> None:
        """The last command: removes the runner's state, then `paths` (absolute), such as authorized keys.

        Nothing is rejoined: without the keys nobody could. Raises UserError when anything could not be removed.
        """
        result = self.run(write_sudo(REMOVE, *paths))
        if result.exit_code:
            raise UserError("Kiln's own files could not be removed from the machine", result.stderr)
