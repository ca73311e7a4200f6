"""Whose build is dead, read from the journals on this computer."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from kiln.journal import Journal, list_dead_builds


def test_a_build_whose_process_is_gone_is_dead_and_this_one_lives(tmp_path: Path) -> None:
    gone = subprocess.Popen(["true"])
    gone.wait()
    mine, other = Journal(tmp_path / "a" / "1"), Journal(tmp_path / "a" / "2")
    mine.started("mine", "key")
    other.event("started", build="other", pid=gone.pid, host=os.uname().nodename)
    other.event("started", build="elsewhere", pid=gone.pid, host="another-computer")
    for journal in (mine, other):
        journal.close()
    assert list_dead_builds(tmp_path) == {"other"}


def test_a_line_cut_by_a_crash_is_passed_over(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "a" / "1")
    journal.close()
    gone = subprocess.Popen(["true"])
    gone.wait()
    event = {"event": "started", "build": "whole", "pid": gone.pid, "at": 0, "host": os.uname().nodename}
    (tmp_path / "a" / "1" / "journal.jsonl").write_text('{"event": "star\n' + json.dumps(event) + "\n")
    assert list_dead_builds(tmp_path) == {"whole"}


def test_a_process_that_is_younger_than_its_number_in_the_journal_is_another_one(tmp_path: Path) -> None:
    """Numbers of processes are used again: who began before the process with that number, is gone."""
    with subprocess.Popen(["sleep", "60"]) as living:
        try:
            born = Path(f"/proc/{living.pid}").stat().st_ctime
            journal = Journal(tmp_path / "a" / "1")
            event = {"event": "started", "pid": living.pid, "host": os.uname().nodename}
            lines = [event | {"build": "older", "at": born - 60}, event | {"build": "same", "at": born + 1}]
            (journal.folder / "journal.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
            journal.close()
            assert list_dead_builds(tmp_path) == {"older"}
        finally:
            living.kill()


def test_what_a_machine_printed_is_kept_line_by_line(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "a")
    journal.log("one\n")
    journal.log("two")
    journal.close()
    assert journal.log_path.read_text() == "one\ntwo\n"


def test_where_there_is_no_proc_a_living_process_is_taken_at_its_word(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with subprocess.Popen(["sleep", "60"]) as living:
        try:
            event = {"event": "started", "build": "b", "pid": living.pid, "at": 0, "host": os.uname().nodename}
            journal = Journal(tmp_path / "a" / "1")
            journal.close()
            (journal.folder / "journal.jsonl").write_text(json.dumps(event) + "\n")
            assert list_dead_builds(tmp_path) == {"b"}, "with /proc it is a younger process"
            plain = Path.stat

            def stat(path: Path, **options: bool) -> os.stat_result:
                if str(path).startswith("/proc/"):
                    raise FileNotFoundError(path)
                return plain(path, **options)

            monkeypatch.setattr(Path, "stat", stat)
            assert list_dead_builds(tmp_path) == set()
        finally:
            living.kill()
