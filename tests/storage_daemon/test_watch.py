"""The watcher against a simulated disk and clock: it grows in time, stops at the ceiling, and does not nag."""

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as runs
from hypothesis import strategies as st

from storage_daemon import machine, pending, policy, watch
from storage_daemon.filesystems import FileSystem
from storage_daemon.policy import GIB, Space
from storage_daemon.settings import Settings

SETTINGS = Settings("lvm", "/var/lib/docker", "/dev/sdc", 20, 50, 50, 200, 1000, 4, "gp3", True)


class Disk(FileSystem):
    """`sizes` in GiB of its disks."""

    kind = "xfs"

    def __init__(self, *sizes: int) -> None:
        super().__init__("/var/lib/docker")
        self.sizes, self.used = list(sizes), 0.0

    def space(self) -> Space:
        return Space(self.size(), int(self.size() - self.used))

    def size(self) -> int:
        return sum(self.sizes) * GIB

    def members(self) -> list[str]:
        return [f"nvme{n}n1" for n in range(len(self.sizes))]


class Growth:
    """A child process that is ready `seconds` after its start, with this result."""

    def __init__(self, world: "World", seconds: float, result: dict[str, Any] | None) -> None:
        self.world, self.ready, self.result = world, world.now + seconds, result
        self.stdout, self.killed = io.BytesIO(), False
        self.returncode: int | None = None

    def poll(self) -> int | None:
        if self.returncode is None and (self.killed or self.world.now >= self.ready):
            if self.killed:
                self.result = None
            self.returncode = -9 if self.result is None else 0
            if self.result and self.result["outcome"] == "grown":
                disk = self.world.disk
                disk.sizes.append(policy.next_size(SETTINGS, len(disk.sizes) - 1, policy.gib(disk.size())))
            self.stdout = io.BytesIO(b"" if self.result is None else json.dumps(self.result).encode() + b"\n")
        return self.returncode

    def kill(self) -> None:
        self.killed = True


class World:
    def __init__(self, *sizes: int, seconds: float = 20.0, outcome: str | None = "grown") -> None:
        self.disk, self.now, self.seconds, self.outcome = Disk(*sizes), 0.0, seconds, outcome
        self.started: list[float] = []
        self.lowest = 100.0 * GIB
        self.watch = watch.Watch(SETTINGS, self.disk, self._start, lambda: self.now)

    def _start(self) -> Growth:
        self.started.append(self.now)
        return Growth(self, self.seconds, {"outcome": self.outcome, "why": "it is so"} if self.outcome else None)

    def run(self, seconds: float, rate: float = 0.0) -> None:
        """Let the watcher look, with a writer of `rate` bytes per second."""
        end = self.now + seconds
        while self.now < end:
            pause = self.watch.look()
            self.now += pause
            self.disk.used += rate * pause
            self.lowest = min(self.lowest, self.disk.size() - self.disk.used)


@pytest.fixture(autouse=True)
def journal(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    said: list[str] = []
    root = tmp_path_factory.mktemp("machine")
    monkeypatch.setattr(machine, "log", said.append)
    monkeypatch.setattr(watch, "PATH", str(root / "state.json"))
    monkeypatch.setattr(pending, "PATH", str(root / "growth.json"))
    return said


def test_an_idle_disk_is_left_alone(journal: list[str]) -> None:
    world = World(100)
    world.run(600)
    assert (world.started, journal) == ([], [])


def test_too_little_free_space_grows_at_once() -> None:
    world = World(100)
    world.disk.used = 81 * GIB
    world.run(2)
    assert world.started == [0.0]


def test_another_file_system_in_its_place_is_no_fall() -> None:
    """Such as one that a person has mounted over it for a moment."""
    world = World(400)
    world.run(5)
    world.disk.sizes = [100]
    world.run(5)
    assert world.started == []


def test_one_growth_at_a_time_and_another_where_one_was_not_enough() -> None:
    world = World(100)
    world.disk.used = 130 * GIB * 0.75
    world.run(50)
    assert len(world.started) == 1
    world.disk.used = 145 * GIB
    world.run(50)
    assert len(world.started) == 2
    assert world.watch.state["growths"] == 2


@runs(max_examples=60, deadline=None)
@given(rate=st.floats(10, 1000), seconds=st.floats(5, 28))
def test_a_full_speed_writer_never_meets_a_full_disk(rate: float, seconds: float) -> None:
    """At any rate in MiB/s that a growth of 50 GiB and more can keep up with."""
    world = World(100, seconds=seconds)
    while len(world.disk.sizes) < 4 and world.now < 4e4:
        world.run(1, rate * 2**20)
    assert len(world.disk.sizes) >= 4, "three growths"
    assert world.lowest > 0


def test_at_the_ceiling_there_is_one_line_and_one_metric(
    journal: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    world = World(400, 200, 200, 200)
    world.disk.used = 990 * GIB
    world.run(600)
    assert world.started == []
    (line,) = journal
    assert "at its ceiling: 1000 of 1000 GiB, 3 of 4 volumes added" in line
    (metric,) = [json.loads(text) for text in capsys.readouterr().out.splitlines()]
    assert metric["AtCeiling"] == 1
    assert metric["_aws"]["CloudWatchMetrics"][0]["Namespace"] == "Kiln/Storage"
    world.run(3600)
    assert len(journal) == 1, "an hour behind it is as full as before"
    world.disk.used = 100 * GIB
    world.run(10)
    world.disk.used = 990 * GIB
    world.run(10)
    assert len(journal) == 2, "it was free again in between"


@pytest.mark.parametrize("used", [590, 300])
def test_a_rate_that_rises_and_falls_at_the_ceiling_is_told_once(journal: list[str], used: int) -> None:
    """Also where more than half is free between the bursts, as with one job behind the other."""
    world = World(400, 200, 200, 200)
    world.disk.used = used * GIB
    for _ in range(5):
        world.run(3, 20 * GIB)
        world.run(20)
        world.disk.used = used * GIB
    assert len(journal) == 1, journal


@pytest.mark.parametrize(("outcome", "most"), [("failed", 12), ("limited", 5), (None, 12)])
def test_failures_are_not_hammered(journal: list[str], outcome: str | None, most: int) -> None:
    world = World(100, seconds=1, outcome=outcome)
    world.disk.used = 90 * GIB
    world.run(900)
    assert 4 <= len(world.started) <= most
    gaps = [b - a for a, b in zip(world.started, world.started[1:], strict=False)]
    assert gaps == sorted(gaps)
    assert any("no growth" in line and "Next attempt in" in line for line in journal)
    world.outcome = "grown"
    world.run(310)
    assert len(world.disk.sizes) == 2


def test_a_growth_that_hangs_is_killed() -> None:
    world = World(100, seconds=1e9)
    world.disk.used = 90 * GIB
    world.run(watch.LONGEST - 10)
    assert len(world.started) == 1
    world.run(30)
    assert len(world.started) == 2


def test_an_interrupted_growth_is_finished_first() -> None:
    pending.load().begin(50)
    world = World(100)
    pending.load().end()  # as the growth itself does
    world.run(30)
    assert len(world.started) == 1
    assert world.watch.state["growths"] == 1


def test_a_slow_growth_makes_it_begin_earlier() -> None:
    world = World(100, seconds=100)
    world.disk.used = 85 * GIB
    world.run(130)
    assert world.watch.growth_seconds >= 100


def test_the_state_can_be_read() -> None:
    world = World(100)
    world.disk.used = 90 * GIB
    world.run(1)
    state = json.loads(Path(watch.PATH).read_text())
    assert state["now"].startswith("growing: 10 % free")


def test_the_child_is_told_to_use_version_2_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: dict[str, Any] = {}

    def popen(command: list[str], **options: Any) -> Callable[[], None]:
        asked.update(options, command=command)
        return lambda: None

    monkeypatch.setattr("storage_daemon.watch.subprocess.Popen", popen)
    watch.spawn()
    assert asked["command"][-2:] == ["storage_daemon", "grow"]
    assert asked["env"]["AWS_EC2_METADATA_V1_DISABLED"] == "true"
