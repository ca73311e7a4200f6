"""A proxy command (SSM Session Manager, a bastion) as the socket of an SSH connection.

paramiko's own ProxyCommand does not notice that the command has ended and spins until its timeout; on a socket pair
the end of the command is the end of the stream.
"""

import re
import socket
import subprocess
import tempfile
from typing import IO


def fill_in(command: str, host: str, port: int, user: str) -> str:
    """The command with ssh_config's tokens replaced: %h host, %p port, %r user, %% a percent sign."""
    tokens = {"%h": host, "%p": str(port), "%r": user, "%%": "%"}
    return re.sub("%[hpr%]", lambda token: tokens[token.group()], command)


class Proxy:
    """The running command: `socket` is the near end, `errors()` what it wrote on stderr (its last 2,000 bytes)."""

    def __init__(self, command: str) -> None:
        self.socket, far = socket.socketpair()
        self._stderr: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 (closed by close)
        # A session of its own: Ctrl-C must not cut the connection that the clean-up may still use.
        self._process = subprocess.Popen(
            ["/bin/sh", "-c", f"exec {command}"],
            stdin=far.fileno(),
            stdout=far.fileno(),
            stderr=self._stderr,
            start_new_session=True,
        )
        far.close()

    def errors(self) -> str:
        """Read the end of the command's stderr."""
        self._stderr.seek(0)
        return self._stderr.read()[-2000:].decode(errors="replace").strip()

    def close(self) -> None:
        """End the command, by force after five seconds."""
        self.socket.close()
        self._process.terminate()
        try:
            self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._stderr.close()
