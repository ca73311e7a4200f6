"""Room for machines is reckoned by what they may touch of this computer's memory."""

import os
from pathlib import Path

from sandbox.world import room


def test_three_idle_machines_of_16_gib_fit_into_24_gib() -> None:
    available = 23 * 1024
    running = [(16 * 1024, 570)] * 2
    assert room.count_room(16 * 1024, running, available - 2 * 570) >= 1
    assert room.count_room(16 * 1024, [], available) >= 3


def test_what_a_booting_machine_may_still_touch_is_not_free() -> None:
    begun = [(2048, 0)] * 10
    settled = [(2048, room.may_touch(2048))] * 10
    assert room.count_room(2048, begun, 8 * 1024) == 1
    assert room.count_room(2048, settled, 8 * 1024) == 11
    assert room.count_room(2048, begun, 1024) == 0


def test_a_small_machine_touches_no_more_than_it_has() -> None:
    assert room.may_touch(512) == 512 + 8
    assert room.may_touch(32 * 1024) == 600 + 512


def test_what_is_read_of_this_computer(tmp_path: Path) -> None:
    meminfo = tmp_path / "meminfo"
    meminfo.write_text("MemTotal:       24684084 kB\nMemFree:  1 kB\nMemAvailable:   2048000 kB\n")
    assert room.read_available_mib(meminfo) == 2000
    assert room.read_held_mib(os.getpid()) > 5
    assert room.read_held_mib(2**22 + 1) == 0
