"""What both deliveries share in bash, run by the local one on a folder of its own."""

import subprocess
import time
from pathlib import Path

from provision.model.delivery import PROLOGUE


def bash(run: Path, script: str) -> list[str]:
    """The words that a script printed behind the prologue."""
    run.mkdir(exist_ok=True)
    behind = f"run={run}\n. {PROLOGUE}\n{script}\n"
    done = subprocess.run(["bash", "-c", behind], capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def ended(run: Path, script: str, limit: int) -> list[str]:
    """Output and exit code of a script that was given so many seconds."""
    run.mkdir()
    (run / "script").write_text(script)
    return bash(run, f"(kiln_exec {limit} {run}/script); echo $?")


def is_over(process: str) -> bool:
    try:
        return Path("/proc", process, "stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


def test_a_script_has_nothing_to_read_and_its_exit_code_is_kept(tmp_path: Path) -> None:
    assert ended(tmp_path / "run", "cat; umask; echo $HOME; exit 7", 20) == ["0022", "/root", "7"]


def test_at_its_limit_a_script_ends_with_all_that_it_started(tmp_path: Path) -> None:
    child, code = ended(tmp_path / "run", "tail -f /dev/null & echo $!; wait", 1)
    assert code == "124"
    last = time.monotonic() + 60
    while not is_over(child):  # it has its signal, and has still to be given a turn to die
        assert time.monotonic() < last
        time.sleep(0.02)


def test_a_script_that_ignores_its_limit_is_killed_ten_seconds_later(tmp_path: Path) -> None:
    assert ended(tmp_path / "run", "trap '' TERM\necho ready\nwhile :; do sleep 0.2; done", 1) == ["ready", "137"]


def test_a_file_has_its_mode_and_a_refused_one_says_why(tmp_path: Path) -> None:
    (tmp_path / "content").write_bytes(b"a\0b")
    target = tmp_path / "etc/deep/file"
    put = f"kiln_put {tmp_path}/content {target} 0640 $(id -un) $(id -gn); kiln_put {tmp_path}/none {target} 0640 0 0"
    assert bash(tmp_path / "run", f"{put} 2>/dev/null; echo $?") == ["1"]
    assert (target.read_bytes(), target.stat().st_mode & 0o777) == (b"a\0b", 0o640)
