"""Room for machines is reckoned by what they may touch of this computer's memory."""

import os
from pathlib import Path

from sandbox.world import room


def test_three_idle_machines_of_16_gib_fit_into_24_gib() -> None:
    idle = room.may_touch(16 * 1024)
    running = [(idle, 890)] * 2
    assert room.find_free(running, 23 * 1024 - 2 * 890) - room.RESERVE_MIB >= idle
    assert room.find_free([(idle, 0)] * 3, 23 * 1024) >= room.RESERVE_MIB


def test_what_a_booting_machine_may_still_touch_is_not_free() -> None:
    idle = room.may_touch(2048)
    assert room.find_free([(idle, 0)] * 10, 8 * 1024) == 8 * 1024 - 10 * idle
    assert room.find_free([(idle, idle)] * 10, 8 * 1024) == 8 * 1024
    assert room.find_free([(idle, 2 * idle)], 8 * 1024) == 8 * 1024
    assert room.find_free([(idle, 0)] * 20, 1024) < 0


def test_a_small_machine_touches_no_more_than_it_has() -> None:
    assert room.may_touch(512) == 512 + 8
    assert room.may_touch(32 * 1024) == 950 + 512


def test_jobs_touch_what_their_limits_allow_and_no_more_than_the_machine_has() -> None:
    assert room.may_touch(16 * 1024, 4096) == 950 + 4096 + 256
    assert room.may_touch(16 * 1024, 16 * 1024) == 16 * 1024 + 256


def test_what_is_read_of_this_computer(tmp_path: Path) -> None:
    meminfo = tmp_path / "meminfo"
    meminfo.write_text("MemTotal:       24684084 kB\nMemFree:  1 kB\nMemAvailable:   2048000 kB\n")
    assert room.read_available_mib(meminfo) == 2000
    assert room.read_held_mib(os.getpid()) > 5
    assert room.read_held_mib(2**22 + 1) == 0
