"""Whose build is dead, read from the journals on this computer."""

import os
import subprocess
from pathlib import Path

from kiln.journal import Journal, dead_builds


def test_a_build_whose_process_is_gone_is_dead_and_this_one_lives(tmp_path: Path) -> None:
    gone = subprocess.Popen(["true"])
    gone.wait()
    mine, other = Journal(tmp_path / "a" / "1"), Journal(tmp_path / "a" / "2")
    mine.started("mine", "key")
    other.event("started", build="other", pid=gone.pid, host=os.uname().nodename)
    other.event("started", build="elsewhere", pid=gone.pid, host="another-computer")
    for journal in (mine, other):
        journal.close()
    assert dead_builds(tmp_path) == {"other"}


def test_a_line_cut_by_a_crash_is_passed_over(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "a" / "1")
    journal.close()
    (tmp_path / "a" / "1" / "journal.jsonl").write_text('{"event": "star')
    assert dead_builds(tmp_path) == set()
