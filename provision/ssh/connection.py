"""One SSH connection to a machine whose host key is known: nobody else's settings, keys or agent take part."""

import logging
import socket
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from kiln.errors import UserError
from provision.ssh.address import LOST_AFTER_S, Address, ConnectionLostError, Timing
from provision.ssh.proxy import Proxy, fill_in

if TYPE_CHECKING:
    import paramiko

KEEPALIVE_S = 15
SENT_AT_ONCE = 256 * 1024  # bytes: paramiko copies all that is left of what it was given for each packet of 32 KiB
FIRST_BANNER_S = 3.0  # how long sshd may take to say hello at the first attempt; each attempt gives it more


class Connection:
    """An SSH connection, opened again after a loss; the machine must have one of the public keys `host_keys`."""

    def __init__(
        self,
        address: Address,
        private_key: "paramiko.PKey",
        host_keys: "Sequence[paramiko.PKey]",
        timing: Timing,
    ) -> None:
        self.address, self.timing = address, timing
        self._private_key, self._host_keys = private_key, host_keys
        self._fabric: Any = None
        self._proxy: Proxy | None = None
        # paramiko logs every failed attempt, and without a handler Python prints that on stderr.
        logging.getLogger("paramiko").addHandler(logging.NullHandler())

    def open(self, deadline_s: float, auth_grace_s: float = 30.0) -> float:
        """Connects as soon as the port answers; returns the seconds that took.

        Raises UserError after `deadline_s`, at once for a wrong host key, and when the machine still refuses the
        key `auth_grace_s` after it did so first: cloud-init writes the key only once sshd is already up.
        """
        import paramiko

        began, refused_since, banner = self.timing.now(), None, FIRST_BANNER_S
        while True:
            left = deadline_s - (self.timing.now() - began)
            try:
                self._attempt(min(self.timing.connect_s, max(left, 1.0)), banner)
                return self.timing.now() - began
            except paramiko.BadHostKeyException as error:
                self.close()
                raise self._wrong_host_key(error) from None
            except paramiko.AuthenticationException as error:
                refused_since = self.timing.now() if refused_since is None else refused_since
                reason, give_up = f"it refuses the key: {error}", self.timing.now() - refused_since >= auth_grace_s
            except (OSError, EOFError, paramiko.SSHException) as error:
                reason, give_up, banner = self._reason(error), False, min(banner * 1.5, 30.0)
            self.close()
            if give_up or self.timing.now() - began >= deadline_s:
                raise UserError(
                    f"no SSH connection to {self.address} within {self.timing.now() - began:.0f} s",
                    reason,
                    "Check the security group, the route to the subnet, and that the base AMI has this login user.",
                )
            self.timing.sleep(0.25)

    def _attempt(self, timeout: float, banner: float) -> None:
        import fabric
        import paramiko

        host, port = self.address.host, self.address.port
        options: dict[str, Any] = {"pkey": self._private_key, "allow_agent": False, "look_for_keys": False}
        if self.address.proxy_command:
            self._proxy = Proxy(fill_in(self.address.proxy_command, host, port, self.address.user))
            options["sock"] = self._proxy.socket
        # lazy: the person's ~/.fabric.yaml is not read either
        config = fabric.Config(lazy=True, overrides={"load_ssh_configs": False})
        self._fabric = fabric.Connection(
            host, self.address.user, port, config=config, connect_timeout=timeout,
            connect_kwargs={**options, "banner_timeout": banner, "auth_timeout": 30, "channel_timeout": LOST_AFTER_S},
        )  # fmt: skip
        client = self._fabric.client
        client.set_missing_host_key_policy(paramiko.RejectPolicy())
        for key in self._host_keys:
            client.get_host_keys().add(host if port == 22 else f"[{host}]:{port}", key.get_name(), key)
        self._fabric.open()
        transport = client.get_transport()
        transport.set_keepalive(KEEPALIVE_S)
        with suppress(AttributeError, OSError):  # Linux only, and no socket pair has it: give up unanswered data
            transport.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, int(LOST_AFTER_S * 1000))

    def _reason(self, error: Exception) -> str:
        said = self._proxy.errors() if self._proxy else ""
        return said or str(error) or type(error).__name__

    def _wrong_host_key(self, error: "paramiko.BadHostKeyException") -> UserError:
        return UserError(
            f"{self.address} showed the wrong host key",
            f"{error.key.get_name()} {error.key.fingerprint} instead of {error.expected_key.fingerprint}: "
            "another machine answers at this address, or somebody intercepts the connection",
            "Nothing was sent to it. Build again; when it happens again, ask who controls the network in between.",
        )

    def execute(self, command: str, stdin: bytes = b"") -> "paramiko.Channel":
        """Starts a command and sends it the whole of `stdin`; raises ConnectionLostError."""
        import paramiko

        try:
            channel = self._fabric.client.get_transport().open_session(timeout=LOST_AFTER_S)
            channel.settimeout(LOST_AFTER_S)
            channel.exec_command(command)
            with suppress(OSError):  # a command may end before it has read everything; its exit code tells why
                for first in range(0, len(stdin), SENT_AT_ONCE):
                    channel.sendall(stdin[first : first + SENT_AT_ONCE])
                channel.shutdown_write()
        except (OSError, EOFError, AttributeError, paramiko.SSHException) as error:
            raise self.lost(error) from error
        else:
            return channel

    def end(self, channel: "paramiko.Channel") -> tuple[int, str]:
        """(exit code, stderr) of a command whose stdout has ended; raises ConnectionLostError if they never come."""
        if not channel.status_event.wait(LOST_AFTER_S) or channel.exit_status < 0:
            raise self.lost(EOFError("the machine closed it"))
        stderr = channel.recv_stderr(65536) if channel.recv_stderr_ready() else b""
        return int(channel.exit_status), stderr.decode(errors="replace").strip()

    def lost(self, error: Exception) -> ConnectionLostError:
        """Make the error that says why the connection broke."""
        return ConnectionLostError(f"the connection to {self.address} was lost", str(error) or type(error).__name__)

    def close(self) -> None:
        """Close the connection and its proxy command, so that `open` can begin anew."""
        if self._fabric:
            self._fabric.client.close()  # fabric's own close() leaves a connection open that never authenticated
            self._fabric = None
        if self._proxy:
            self._proxy.close()
            self._proxy = None
