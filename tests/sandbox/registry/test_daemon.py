"""The registry's process: it ends with whoever started it, however that ends."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sandbox.registry import packages
from sandbox.registry.daemon import PACKAGE, Daemon
from sandbox.registry.store import Manifest, Store, StoreError, digest_of
from sandbox.world.folders import cache_of, default_home
from sandbox.world.hypervisor import MachineError

CACHE = cache_of(default_home())
STARTS = """
import sys, time
from pathlib import Path
from sandbox.registry.daemon import Daemon
daemon = Daemon(Path(sys.argv[1]), Path(sys.argv[2]))
print("up", flush=True)
time.sleep(600)
"""


def find_daemons(storage: Path) -> list[int]:
    """List the processes that keep their files there."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            there = str(storage).encode() in (process / "environ").read_bytes()
            if there and b"docker-registry" in (process / "cmdline").read_bytes().split(b"\0")[0]:
                found.append(int(process.name))
        except OSError:
            continue
    return found


def test_it_does_not_outlive_a_process_that_is_killed(tmp_path: Path) -> None:
    storage = tmp_path / "storage"
    with subprocess.Popen(
        [sys.executable, "-c", STARTS, str(CACHE), str(storage)], stdout=subprocess.PIPE, cwd=Path(__file__).parents[3]
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == b"up\n"
        assert len(find_daemons(storage)) == 1
        os.kill(process.pid, signal.SIGKILL)
    deadline = time.monotonic() + 10
    while find_daemons(storage) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert find_daemons(storage) == []


def test_it_keeps_what_it_is_given_and_leaves_nothing(tmp_path: Path) -> None:
    storage, content = tmp_path / "storage", b"a layer"
    store = Store(lambda: Daemon(CACHE, storage))
    store.put_blob("a/b", digest_of(content), [content[:3], content[3:]])
    with store.read_blob("a/b", digest_of(content)) as answer:
        assert answer.read() == content
    assert store.find_size("a/b", digest_of(content)) == len(content)
    assert store.find_size("a/c", digest_of(content)) is None, "a layer is of its repository"
    with pytest.raises(StoreError, match="MANIFEST_UNKNOWN"):
        store.read_manifest("a/b", Manifest("", b"").digest)
    store.close()
    assert not storage.exists()
    assert find_daemons(storage) == []


def test_a_daemon_that_does_not_start_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "usr" / "bin" / PACKAGE
    program.parent.mkdir(parents=True)
    program.write_text("#!/bin/sh\necho out of luck >&2\nexit 3\n")
    program.chmod(0o755)
    monkeypatch.setattr(packages, "made_once", lambda place, make: tmp_path)
    with pytest.raises(MachineError, match="did not start: out of luck"):
        Daemon(tmp_path, tmp_path / "storage")
