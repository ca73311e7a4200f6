import os
import subprocess
from pathlib import Path

from sandbox.machines.children import remove_abandoned


def test_what_a_killed_sandbox_left_is_removed_and_a_living_one_s_is_not(tmp_path: Path) -> None:
    ended = subprocess.Popen(["true"])
    ended.wait()
    abandoned, living = tmp_path / f"kiln-machines-{ended.pid}-a", tmp_path / f"kiln-machines-{os.getpid()}-b"
    other = tmp_path / "kiln-machines-somebody-c"
    for folder in (abandoned, living, other):
        (folder / "volumes").mkdir(parents=True)
    remove_abandoned(tmp_path, "kiln-machines-")
    assert (abandoned.exists(), living.exists(), other.exists()) == (False, True, True)
