"""Debian's docker-registry (CNCF distribution) as a child process, which keeps manifests and layers.

It listens on a Unix socket of this user's alone, and knows neither logins nor rights: the sandbox's door stands before
it. It ends with this process, however that ends.
"""

import http.client
import os
import shutil
import socket
import time
from pathlib import Path

from sandbox.machines import children
from sandbox.registry.packages import unpack
from sandbox.world.hypervisor import MachineError

PACKAGE = "docker-registry"
FOLDER = "kiln-registry-"
STARTS_WITHIN = 30.0  # seconds
_CONFIG = """version: 0.1
log: {level: warn, accesslog: {disabled: true}}
storage: {delete: {enabled: true}, cache: {blobdescriptor: inmemory}, maintenance: {uploadpurging: {enabled: false}}}
http: {net: unix, relativeurls: true}
"""


class Connection(http.client.HTTPConnection):
    """HTTP over the daemon's socket."""

    def __init__(self, path: Path) -> None:
        super().__init__("registry", timeout=600)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self._path))


class Daemon:
    """The running child. Its `storage` is emptied first, a folder of its own by default.

    Raises MachineError where it does not start.
    """

    def __init__(self, cache: Path, storage: Path | None = None) -> None:
        program = unpack(cache, PACKAGE) / "usr" / "bin" / "docker-registry"
        self._folder = children.make_folder(FOLDER)
        self._storage = storage or self._folder / "storage"
        shutil.rmtree(self._storage, ignore_errors=True)
        self._storage.mkdir(parents=True, mode=0o700)
        self._socket = self._folder / "socket"
        config = self._folder / "config.yml"
        config.write_text(_CONFIG)
        own = {
            "REGISTRY_HTTP_ADDR": str(self._socket),
            "REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY": str(self._storage),
            "OTEL_TRACES_EXPORTER": "none",
        }
        spared = {name: value for name, value in os.environ.items() if not name.startswith(("REGISTRY_", "AWS_"))}
        self._process = children.Child([str(program), "serve", str(config)], self._folder / "log", spared | own)
        self._wait()

    def connect(self) -> Connection:
        """Return a new connection."""
        return Connection(self._socket)

    def close(self) -> None:
        """Stop it and remove its files."""
        self._process.end()
        self._process.wait(10)
        shutil.rmtree(self._folder, ignore_errors=True)
        shutil.rmtree(self._storage, ignore_errors=True)

    def _wait(self) -> None:
        deadline = time.monotonic() + STARTS_WITHIN
        while self._process.is_running and time.monotonic() < deadline:
            try:
                connection = self.connect()
                connection.request("GET", "/v2/")
                if connection.getresponse().status == http.client.OK:
                    return
            except OSError:
                time.sleep(0.02)
            finally:
                connection.close()
        words = (self._folder / "log").read_text(errors="replace")[-1000:]
        self.close()
        raise MachineError(f"the container registry ({PACKAGE}) did not start: {words.strip()}")
