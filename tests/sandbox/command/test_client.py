"""The background process, found again by the next command."""

import json
import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from sandbox.command import client, screens, state
from sandbox.world import folders

ROOT = Path(__file__).parents[3]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv(folders.HOME_VARIABLE, str(tmp_path))
    yield tmp_path
    client.stop()


def test_it_is_started_once_and_found_again(home: Path) -> None:
    assert client.status() is None
    first = client.start(machines=False)
    assert client.start(machines=False) == first
    assert client.status() == first
    assert first.endpoint == f"http://127.0.0.1:{first.port}"
    assert stat.S_IMODE(state.state_file(home).stat().st_mode) == 0o600
    assert client.stop() is True
    assert not state.process_exists(first.pid)
    assert client.status() is None
    assert client.stop() is False


@pytest.fixture
def slow_end(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The sandbox's last act but one waits until the file that is returned is there."""
    goes_on = home / "goes on"
    (home / "sitecustomize.py").write_text(
        "import logging, os, time\n"
        "def shutdown():\n"
        f"    while not os.path.exists({str(goes_on)!r}):\n"
        "        time.sleep(0.01)\n"
        "logging.shutdown = shutdown\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(home))
    return goes_on


def _until(probe: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not probe():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_second_stop_waits_for_the_first_and_says_the_same(home: Path, slow_end: Path) -> None:
    pid = client.start(machines=False).pid
    with ThreadPoolExecutor(2) as pool:
        stops = [pool.submit(client.stop)]
        log = folders.run_of(home) / "server.log"
        _until(lambda: "INFO stopped" in log.read_text())
        stops.append(pool.submit(client.stop))
        assert not stops[0].done()
        slow_end.touch()
        assert [stop.result(20) for stop in stops] == [True, True]
        assert not state.process_exists(pid)


def test_a_start_during_a_slow_stop_waits_and_starts_anew(home: Path, slow_end: Path) -> None:
    first = client.start(machines=False)
    os.kill(first.pid, signal.SIGTERM)
    with ThreadPoolExecutor(1) as pool:
        log = folders.run_of(home) / "server.log"
        _until(lambda: "INFO stopped" in log.read_text())
        assert client.status() is None
        start = pool.submit(client.start, machines=False)
        with pytest.raises(TimeoutError):
            start.result(4)
        slow_end.touch()
        assert start.result(60).pid != first.pid
        assert not state.process_exists(first.pid)


def test_a_stale_state_is_no_sandbox(home: Path) -> None:
    first = client.start(machines=False)
    os.kill(first.pid, signal.SIGKILL)
    assert state.wait_gone(first.pid, 10)
    assert state.state_file(home).exists()
    assert client.status() is None
    second = client.start(machines=False)
    assert second.pid != first.pid
    assert client.status() == second


def test_another_process_with_the_pid_is_left_alone(home: Path) -> None:
    innocent = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    try:
        found = state.State(innocent.pid, 9, "http://127.0.0.1:9", "k", "s", "us-east-1", 0.0, str(home), False)
        state.write(found)
        assert client.status() is None
        assert client.stop() is False
        assert innocent.poll() is None
    finally:
        innocent.kill()
        innocent.communicate()


def test_a_damaged_state_file_is_no_sandbox(home: Path) -> None:
    state.write_private(state.state_file(home), "{")
    assert client.status() is None


def test_a_server_that_cannot_start_shows_its_log(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = home / "broken"
    broken.mkdir()
    (broken / "moto.py").write_text("raise ImportError('moto is broken on purpose')")
    monkeypatch.setenv("PYTHONPATH", str(broken))
    with pytest.raises(client.SandboxError, match="moto is broken on purpose"):
        client.start(machines=False)


def test_what_a_person_sees(home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_PROFILE", "AWS_ENDPOINT_URL", "KILN_SITE", "NO_PROXY", "no_proxy"):
        monkeypatch.setenv(name, "before")  # so that what enter() changes is put back
    with pytest.raises(client.SandboxError, match="not running"):
        screens.show_environment()
    screens.enter(machines=False)
    found = client.status()
    assert found is not None
    assert os.environ["AWS_ENDPOINT_URL"] == found.endpoint
    assert "no account, no cost" in capsys.readouterr().err
    screens.show_status()
    assert found.endpoint in capsys.readouterr().out
    with pytest.raises(client.SandboxError, match="no running machine"):
        screens.ssh("i-0123456789abcdef0")
    screens.down()
    assert "stopped" in capsys.readouterr().out


def test_exports_turn_another_terminal(home: Path) -> None:
    found = client.start(machines=False)
    script = home / "exports.sh"
    script.write_text(client.exports(found))
    hostile = {**os.environ, "AWS_PROFILE": "work", "AWS_ENDPOINT_URL_EC2": "https://ec2.amazonaws.com"}
    command = f'. {script}; {sys.executable} -c "import os, json; print(json.dumps(dict(os.environ)))"'
    seen = json.loads(subprocess.run(["sh", "-c", command], env=hostile, capture_output=True, check=True).stdout)
    assert seen["AWS_ENDPOINT_URL"] == found.endpoint
    assert not {"AWS_PROFILE", "AWS_ENDPOINT_URL_EC2"} & set(seen)


def test_without_machines_nothing_of_moto_is_imported(home: Path) -> None:
    code = "import sys; from sandbox.command import client; print([m for m in ('moto', 'boto3') if m in sys.modules])"
    shown: Any = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=True, text=True)
    assert shown.stdout.strip() == "[]"
