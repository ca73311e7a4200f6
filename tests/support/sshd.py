"""A machine for tests: a real SSH server on loopback whose commands are run by the local bash under a root of its own.

`sudo` and `reboot` are shims on PATH. A reboot ends every connection, empties the machine's /run, draws a new boot id
and answers again on the same port.
"""

import os
import secrets
import socket
import subprocess
import threading
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, Self

import paramiko

from tests.support.processes import kill_session
from tests.support.sftp import Files

SHIMS = {
    "sudo": '#!/bin/bash\n[ "$1" != -n ] || shift\nexec "$@"\n',
    "reboot": '#!/bin/bash\necho reboot >"$KILN_ROOT/power"\n',
}


class Host:
    """Runs under `root`; accepts `client_key` for the user `kiln` only and shows `host_key`."""

    def __init__(self, root: Path, client_key: paramiko.PKey, host_key: paramiko.PKey) -> None:
        self.root, self.client_key, self.host_key = root, client_key, host_key
        self.reboots = 0
        self.refuse_keys = False
        self.offered_keys: list[paramiko.PKey] = []
        self._transports: list[paramiko.Transport] = []
        self._shims()
        self._boot()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._stopped = threading.Event()
        threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()
        os.mkfifo(root / "power")
        threading.Thread(target=self._power_button, daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        (self.root / "power").write_text("off\n")
        self._go_down()
        self.kill_runner()
        for tmp in (self.root / "run/kiln").glob("*/tmp"):
            subprocess.run(["umount", "-q", "-l", tmp], check=False, stderr=subprocess.DEVNULL)

    @property
    def environment(self) -> dict[str, str]:
        return {"PATH": f"{self.root}/shims:{os.environ['PATH']}", "KILN_ROOT": str(self.root), "HOME": str(self.root)}

    def _shims(self) -> None:
        (self.root / "shims").mkdir()
        for name, script in SHIMS.items():
            (self.root / "shims" / name).write_text(script)
            (self.root / "shims" / name).chmod(0o755)

    def _boot(self) -> None:
        boot_id = self.root / "proc/sys/kernel/random/boot_id"
        boot_id.parent.mkdir(parents=True, exist_ok=True)
        boot_id.write_text(secrets.token_hex(16) + "\n")

    def _power_button(self) -> None:
        while (self.root / "power").read_text() and not self._stopped.is_set():
            self.reboot()

    def reboot(self) -> None:
        """Goes down and comes back, as after `reboot` or a power loss: whatever still runs is killed."""
        self._go_down()
        self.kill_runner()
        for pid in (self.root / "run/kiln").glob("*/pid"):
            pid.unlink()
        self._boot()
        self.reboots += 1
        self._listener = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    def kill_runner(self) -> None:
        """SIGKILL to every runner and to what it started, as the kernel does when memory runs out."""
        for pid in (self.root / "run/kiln").glob("*/pid"):
            with suppress(ValueError):
                kill_session(int(pid.read_text()))

    def _go_down(self) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        transports, self._transports = self._transports, []
        for transport in transports:
            transport.close()

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            transport = paramiko.Transport(client)
            transport.add_server_key(self.host_key)
            transport.set_subsystem_handler("sftp", paramiko.SFTPServer, Files, self.root)
            self._transports.append(transport)
            with suppress(paramiko.SSHException, EOFError):
                transport.start_server(server=_Session(self), event=threading.Event())


class _Session(paramiko.ServerInterface):  # type: ignore[misc]
    def __init__(self, machine: Host) -> None:
        self._machine = machine

    def get_allowed_auths(self, username: str) -> str:
        return "publickey"

    def check_auth_publickey(self, username: str, key: paramiko.PKey) -> int:
        self._machine.offered_keys.append(key)
        known = key == self._machine.client_key and username == "kiln" and not self._machine.refuse_keys
        return int(paramiko.AUTH_SUCCESSFUL if known else paramiko.AUTH_FAILED)

    def check_channel_request(self, kind: str, chanid: int) -> int:
        return int(paramiko.OPEN_SUCCEEDED)

    def check_channel_exec_request(self, channel: paramiko.Channel, command: bytes) -> bool:
        threading.Thread(target=_execute, args=(channel, command, self._machine), daemon=True).start()
        return True


def _execute(channel: paramiko.Channel, command: bytes, machine: Host) -> None:
    process = subprocess.Popen(
        ["/bin/bash", "-c", command.decode()], env=machine.environment, cwd=machine.root,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
    )  # fmt: skip
    assert process.stdin
    threading.Thread(target=_feed, args=(channel, process.stdin), daemon=True).start()
    outputs = [
        threading.Thread(target=_show, args=(pipe, send), daemon=True)
        for pipe, send in ((process.stdout, channel.sendall), (process.stderr, channel.sendall_stderr))
    ]
    for output in outputs:
        output.start()
    code = process.wait()
    for output in outputs:
        output.join(timeout=10)
    with suppress(OSError, EOFError):
        channel.send_exit_status(code % 256)
        channel.close()


def _feed(channel: paramiko.Channel, stdin: IO[bytes]) -> None:
    with suppress(OSError), stdin:
        while data := channel.recv(65536):
            stdin.write(data)


def _show(pipe: Any, send: Any) -> None:
    """A broken connection closes the pipe, so that the command sees what it sees under OpenSSH."""
    with suppress(OSError, EOFError), pipe:
        while data := os.read(pipe.fileno(), 65536):
            send(data)
