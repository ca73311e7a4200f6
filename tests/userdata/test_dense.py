"""A script packed by hand: it runs as the plain one would, is read back, and takes less room."""

import os
import subprocess
from pathlib import Path

import pytest

from kiln.errors import UserError
from tests.support.bash import tool
from userdata.decode import decode
from userdata.dense import is_possible, pack, unpack
from userdata.mime import compose
from userdata.parts import ShellScript

SOURCE = "\n".join(sorted(path.read_text() for path in Path(__file__).parents[2].glob("userdata/*.py")))[:34_000]
LARGE = ShellScript("large", f"#!/bin/bash\n: <<'END'\n{SOURCE}\nEND\necho \"done $0 Köln\"\n")


def test_it_is_smaller_and_read_back() -> None:
    packed = compose((pack(LARGE),))
    ascii_only = ShellScript("large", LARGE.text.encode("ascii", "ignore").decode())
    assert len(packed) < 0.95 * len(compose((ascii_only,)))
    [part] = decode(packed)
    assert (part.name, part.kind, part.encoding) == ("00-large", "shell-script", "xz")
    assert part.text == LARGE.text
    assert part.packed < len(packed)
    assert pack(LARGE) == pack(LARGE)


def test_it_becomes_the_script(tmp_path: Path) -> None:
    inner = ShellScript("x", '#!/bin/bash\nset -e\n: Köln\necho "in $(dirname "$0")"; exit 7\n')
    done = run(pack(inner).text, tmp_path)
    assert (done.returncode, done.stdout) == (7, f"in {tmp_path}\n"), done.stderr
    assert (tmp_path / "boot.sh").read_text() == inner.text


def test_damaged_on_the_machine_it_keeps_the_agent_away(tmp_path: Path) -> None:
    whole = pack(LARGE).text
    done = run(whole[:-200] + whole[-100:], tmp_path)
    assert done.returncode == 1
    assert done.stdout == "mask ecs\n--no-block stop ecs\n"


def run(text: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """As cloud-init runs it; /run is a folder of the test's."""
    tool(folder / "tools", "systemctl", 'echo "$*"\n')
    script = folder / "packed"
    script.write_text(text.replace("/run/kiln-boot.sh", str(folder / "boot.sh")))
    script.chmod(0o755)
    environment = {"PATH": f"{folder}/tools:{os.environ['PATH']}", "LC_ALL": "C"}
    return subprocess.run([str(script)], env=environment, capture_output=True, text=True, timeout=60, check=False)


def test_other_texts_are_left_alone_and_damage_is_told() -> None:
    assert unpack("#!/usr/bin/python3\nprint(1)\n") is None
    whole = pack(LARGE).text
    middle = len(whole) // 2
    for damaged in (whole[:middle] + whole[middle + 100 :], whole[:middle] + "zzzzz" + whole[middle + 5 :]):
        with pytest.raises(UserError, match="cannot be unpacked"):
            unpack(damaged)


def test_it_needs_python_3() -> None:
    assert is_possible("al2023")
    assert not is_possible("al2")
