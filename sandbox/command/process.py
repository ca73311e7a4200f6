"""Starting, finding and stopping the background process. Imports neither moto nor boto3."""

import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from sandbox.command import site, state
from sandbox.command.state import State
from sandbox.world import folders

START_LIMIT = 60.0
STOP_LIMIT = 120.0
USUAL_KIND = "al2023"  # the stand-in that the default image is built on; the others are made at their first boot
Report = Callable[[str], None]
Installer = tuple[Path, str]


class SandboxError(Exception):
    """The sandbox could not be started or stopped; the message is for the person."""


def start(
    home: Path | None = None, *, machines: bool = True, region: str = "us-east-1", report: Report = lambda text: None
) -> State:
    """Start the sandbox of `home` where it does not run. Raises SandboxError or MachineError."""
    home = home or folders.default_home()
    with _one_at_a_time(home):
        found = _find_settled(home)
        if found and machines and not found.machines:
            _end(found)
            found = None
        installer = _prepare(home, report) if machines else None
        started = found or _launch(home, machines, region)
        if installer or not started.machines:
            site.publish(started, installer)
        return started


def status(home: Path | None = None) -> State | None:
    """Find the running sandbox; None when there is none (a stale state file counts as none)."""
    found = state.read(home or folders.default_home())
    return found if found and state.is_running(found) else None


def stop(home: Path | None = None) -> bool:
    """Stop the sandbox and its machines, and wait. False when none was running; SandboxError when it does not end.

    A second call waits for the end that the first one brings about, and returns what that returns.
    """
    home = home or folders.default_home()
    found = state.read(home)
    if found is None:
        return False
    running = state.process_exists(found.pid)
    with _one_at_a_time(home):
        if state.read(home) == found:
            _end(found)
    return running


def _end(found: State) -> None:
    home = Path(found.home)
    if state.process_exists(found.pid):
        os.kill(found.pid, signal.SIGTERM)
        if not state.wait_gone(found.pid, STOP_LIMIT):
            raise SandboxError(f"process {found.pid} has not ended after {STOP_LIMIT:.0f} s; see {_log(home)}")
    state.state_file(home).unlink(missing_ok=True)
    site.file_of(found).unlink(missing_ok=True)


def _find_settled(home: Path) -> State | None:
    """Find the running sandbox; one that is stopping is waited for, and so is one too busy to answer."""
    found, deadline = state.read(home), time.monotonic() + STOP_LIMIT
    while found and not state.is_running(found):
        if not state.process_exists(found.pid):
            return None
        if time.monotonic() > deadline:
            raise SandboxError(f"process {found.pid} neither answers nor ends. Stop it: invoke sandbox.down")
        time.sleep(0.05)
    return found


def _prepare(home: Path, report: Report) -> Installer:
    """Make what machines need and what is kept: prerequisites, their root file system, the conda stand-in,
    the container registry and its small image.

    They are made side by side, and here rather than at their first use, where nobody would see why it takes minutes.
    """
    from sandbox.machines import base_disks, conda, prerequisites
    from sandbox.registry import daemon, packages, small_image

    prerequisites.ensure(report)
    cache = folders.cache_of(home)
    cache.mkdir(parents=True, exist_ok=True)
    if not any(cache.glob("conda-*")):
        report("making the stand-in for the conda installer (once, about a minute)")
    with ThreadPoolExecutor(2) as pool:
        installer = pool.submit(conda.installer, cache)
        image = pool.submit(small_image.build, cache, report)
        pool.submit(base_disks.stand_in_disks, cache, USUAL_KIND, report).result()
        image.result()
        packages.unpack(cache, daemon.PACKAGE)
        return installer.result()


def _launch(home: Path, machines: bool, region: str) -> State:
    log = _log(home)
    log.parent.mkdir(parents=True, exist_ok=True)
    for stale in (state.state_file(home), folders.run_of(home) / site.NAME):
        stale.unlink(missing_ok=True)
    command = [sys.executable, "-m", "sandbox.door.server", "--home", str(home), "--region", region]
    command += [] if machines else ["--no-machines"]
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=Path(__file__).parents[2],
            env={name: value for name, value in os.environ.items() if not name.startswith("AWS_")},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    deadline = time.monotonic() + START_LIMIT
    while time.monotonic() < deadline:
        found = status(home)
        if found and found.pid == process.pid:
            return found
        if process.poll() is not None:
            break
        time.sleep(0.05)
    process.terminate()
    raise SandboxError(f"the offline AWS did not start; the end of {log}:\n{_tail(log)}")


def _log(home: Path) -> Path:
    return folders.run_of(home) / "server.log"


def _tail(log: Path) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-20:])


@contextmanager
def _one_at_a_time(home: Path) -> Iterator[None]:
    """Keep two commands that are started together from starting two sandboxes."""
    home.mkdir(parents=True, exist_ok=True)
    with (home / "lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
