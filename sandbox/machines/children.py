"""Child processes and temporary folders of this process, which do not outlive it: QEMU's and the registry's."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

# Ends the child when this process does, however it ends: then the pipe on standard input closes. (A parent-death signal
# would not do: the kernel sends it when the starting *thread* ends, and clears it for a file with capabilities.)
_GUARD = (
    'exec 3<&0 </dev/null; "$@" 3<&- & child=$!; { read -r _; kill -KILL $child; } <&3 & guard=$!; '
    "wait $child; code=$?; kill $guard 2>/dev/null; exit $code"
)


class Child:
    """A running command, its output in the file `log`. `environment` takes the place of this process's own."""

    def __init__(self, command: Sequence[str], log: Path, environment: Mapping[str, str] | None = None) -> None:
        with log.open("wb") as output:
            self._process = subprocess.Popen(
                ["sh", "-c", _GUARD, Path(command[0]).name, *command],
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=output,
                env=environment,
                start_new_session=True,
            )

    @property
    def is_running(self) -> bool:
        return self._process.poll() is None

    def end(self) -> None:
        """End it at once, without waiting for that."""
        if self._process.stdin:
            self._process.stdin.close()  # the guard's pipe

    def wait(self, seconds: float | None = None) -> None:
        """Wait for its end; subprocess.TimeoutExpired when it has not come within `seconds`."""
        self._process.wait(seconds)


def make_folder(prefix: str) -> Path:
    """Make a temporary folder of this process's, and remove those of the same prefix that killed ones left.

    It lies directly in /tmp: the path of a Unix socket is short by law of the kernel.
    """
    remove_abandoned(Path(tempfile.gettempdir()), prefix)
    return Path(tempfile.mkdtemp(prefix=f"{prefix}{os.getpid()}-"))


def remove_abandoned(temporary: Path, prefix: str) -> None:
    """Remove what sandboxes left in `temporary` that were killed before they could: disks, of a gigabyte and more."""
    for left in temporary.glob(f"{prefix}*-*"):
        owner = left.name.removeprefix(prefix).partition("-")[0]
        if owner.isdigit() and not Path("/proc", owner).exists():
            shutil.rmtree(left, ignore_errors=True)
