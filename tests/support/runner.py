"""provision/ssh/runner.sh run by the local bash, without SSH."""

import io
import os
import subprocess
import tarfile
from contextlib import suppress
from pathlib import Path

from provision.ssh.bundle import Bundle
from provision.ssh.events import Ended, Event
from provision.ssh.journal import JournalReader
from tests.support.processes import kill_session


class LocalRunner:
    """A bundle unpacked under `root`, as on a machine."""

    def __init__(self, root: Path, bundle: Bundle) -> None:
        self.root, self.tasks = root, bundle.tasks
        self.state, self.run = root / "var/lib/kiln/id", root / "run/kiln/id"
        with tarfile.open(fileobj=io.BytesIO(bundle.archive)) as tar:
            tar.extractall(self.state, filter="data")

    @property
    def command(self) -> list[str]:
        return ["bash", str(self.state / "runner.sh"), "start", "0"]

    @property
    def environment(self) -> dict[str, str]:
        return {"PATH": f"{self.root}/shims:{os.environ['PATH']}", "KILN_ROOT": str(self.root)}

    def start(self, timeout: float = 60.0) -> subprocess.CompletedProcess[bytes]:
        """Starts it, or finds it running, and waits until it has ended."""
        return subprocess.run(self.command, env=self.environment, capture_output=True, timeout=timeout, check=False)

    def spawn(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(self.command, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    @property
    def pid(self) -> int:
        return int((self.run / "pid").read_text())

    def events(self) -> list[Event]:
        return list(JournalReader(self.tasks).feed((self.state / "journal").read_bytes()))

    def ended(self) -> list[Ended]:
        return [event for event in self.events() if isinstance(event, Ended)]

    def clean_up(self) -> None:
        with suppress(OSError, ValueError):
            kill_session(self.pid)
        subprocess.run(["umount", "-q", "-l", self.run / "tmp"], stderr=subprocess.DEVNULL, check=False)
