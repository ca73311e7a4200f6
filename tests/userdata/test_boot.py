"""The boot script, run by a real bash on a folder that stands for the machine's root."""

import os
import subprocess
import sysconfig
from pathlib import Path

import pytest

from kiln.errors import UserError
from provision.model.recipe import Check, File, Recipe, Step
from tests.support.bash import tool
from userdata.boot import explain_refusal, make_boot_part
from userdata.decode import decode
from userdata.mime import compose

USER = subprocess.run(["id", "-un"], capture_output=True, text=True, check=True).stdout.strip()
GROUP = subprocess.run(["id", "-gn"], capture_output=True, text=True, check=True).stdout.strip()


class Machine:
    """A root folder, and stand-ins for the commands that would touch this computer: what they were asked is kept."""

    def __init__(self, root: Path) -> None:
        self.root, self.tools, self.asked = root, root / "tools", root / "asked"
        note = f'printf "%s\\n" "${{0##*/}} $*" >>{self.asked}\n'
        tool(self.tools, "systemctl", note)
        tool(self.tools, "mount", note)
        tool(self.tools, "umount", note + "exit 1\n")

    def boot(self, *recipes: Recipe) -> subprocess.CompletedProcess[str]:
        part = make_boot_part({str(n): each for n, each in enumerate(recipes)})
        assert part is not None
        [decoded] = decode(compose((part,)))  # as cloud-init gets it
        script = self.root / decoded.name
        script.write_text(decoded.text)
        script.chmod(0o755)
        environment = {"PATH": f"{self.tools}:{os.environ['PATH']}", "KILN_ROOT": str(self.root)}  # no HOME, as there
        return subprocess.run([str(script)], env=environment, capture_output=True, text=True, timeout=60, check=False)

    def commands(self) -> list[str]:
        return self.asked.read_text().splitlines() if self.asked.exists() else []

    @property
    def log(self) -> str:
        return (self.root / "var/log/kiln-boot.log").read_text()


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def steps(*scripts: str, timeout: int = 20) -> Recipe:
    return Recipe(steps=tuple(Step(f"step {n}", script, timeout) for n, script in enumerate(scripts)))


def test_files_come_first_then_steps_in_order(machine: Machine, tmp_path: Path) -> None:
    target, binary, plain = tmp_path / "etc/deep/a.conf", tmp_path / "etc/b", tmp_path / "etc/c"
    owner = f"{USER}:{GROUP}"
    done = machine.boot(
        steps(f"cat {target} {plain}", f"echo second >{tmp_path}/order"),
        Recipe(
            files=(
                File(str(target), b"a=1\nKILN_END\n$HOME `x`\n", 0o640, owner),
                File(str(binary), b"\0\xff\r\n", 0o755, owner),
                File(str(plain), "Köln".encode(), 0o644, owner),
            )
        ),
        steps(f"echo third >>{tmp_path}/order"),
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert target.read_bytes() == b"a=1\nKILN_END\n$HOME `x`\n"
    assert binary.read_bytes() == b"\0\xff\r\n"
    assert plain.read_bytes() == "Köln".encode()
    assert [path.stat().st_mode & 0o777 for path in (target, binary, plain)] == [0o640, 0o755, 0o644]
    assert (tmp_path / "order").read_text() == "second\nthird\n"
    assert "$HOME `x`\nKöln" in machine.log
    assert "kiln-boot: step 0: done in" in done.stdout


def test_the_agent_is_held_back_and_started_without_waiting(machine: Machine) -> None:
    done = machine.boot(steps("systemctl probe"))
    assert done.returncode == 0
    assert [line for line in machine.commands() if line.startswith("systemctl")] == [
        "systemctl is-enabled --quiet ecs",
        "systemctl stop ecs",
        "systemctl mask ecs",
        "systemctl probe",
        "systemctl unmask ecs",
        "systemctl enable ecs",
        "systemctl --no-block start ecs",
    ]
    assert "ready after" in done.stdout


def test_an_agent_that_is_not_enabled_is_left_alone(machine: Machine) -> None:
    tool(machine.tools, "systemctl", f'echo "$*" >>{machine.asked}\n[ "$1" != is-enabled ]\n')
    assert machine.boot(steps("true")).returncode == 0
    assert [line for line in machine.commands() if "ecs" in line] == ["is-enabled --quiet ecs", "stop ecs"]


def test_a_failure_stops_all_and_the_agent_never_starts(machine: Machine, tmp_path: Path) -> None:
    done = machine.boot(steps("echo the reason >&2\nfalse", f"touch {tmp_path}/after"))
    assert done.returncode == 1
    assert not (tmp_path / "after").exists()
    assert "systemctl mask ecs" in machine.commands()
    assert not [line for line in machine.commands() if "start ecs" in line or "unmask" in line]
    for told in (done.stdout, machine.log):
        assert "step 0 ended with exit code 1" in told
        assert "the command that failed: false" in told
        assert "the reason" in told
        assert "this machine takes no jobs" in told


@pytest.mark.parametrize("script", ["false | true\necho on", "echo $unset", "x=$(false)", "f() { false; }\nf\n"])
def test_every_step_is_strict(machine: Machine, script: str) -> None:
    done = machine.boot(steps(script))
    assert done.returncode == 1
    assert "step 0 ended with exit code" in done.stdout


def test_a_step_ends_at_its_time_limit(machine: Machine) -> None:
    done = machine.boot(steps("tail -f /dev/null", timeout=1))
    assert done.returncode == 1
    assert "step 0 was ended at its time limit of 1 s (exit code 124)" in done.stdout
    killed = machine.boot(steps("kill -9 $$"))
    assert "step 0 ended with exit code 137" in killed.stdout


def test_a_step_reads_nothing_of_the_script_around_it(machine: Machine) -> None:
    assert machine.boot(steps("cat", "true")).returncode == 0


def test_what_a_step_downloads_is_in_memory_and_goes(machine: Machine, tmp_path: Path) -> None:
    script = 'test "$TMPDIR" = "$KILN_TMP"\necho x >"$KILN_TMP/x"\ntest "$HOME" = /root\n'
    assert machine.boot(steps(script)).returncode == 0
    place = tmp_path / "run/kiln-boot"
    assert f"mount -t tmpfs -o size=75%,mode=1777 kiln {place}/tmp" in machine.commands()
    assert not place.exists()


def test_a_process_left_behind_does_not_hold_the_boot(machine: Machine) -> None:
    assert machine.boot(steps("tail -f /dev/null & echo $! >&2\n( sleep 0.1; kill $! ) &\ntrue")).returncode == 0


def test_a_file_that_cannot_be_put_there_stops_it(machine: Machine) -> None:
    done = machine.boot(Recipe(files=(File("/proc/nowhere/a", b"x\n", owner=f"{USER}:{GROUP}"),)))
    assert done.returncode == 1
    assert "file /proc/nowhere/a ended with exit code 1" in done.stdout
    assert "systemctl unmask ecs" not in machine.commands()


def test_nothing_to_do_is_no_part() -> None:
    assert make_boot_part({}) is None
    assert make_boot_part({"a": Recipe(checks=(Check("a", "true"),))}) is None


def test_a_reboot_is_refused() -> None:
    with pytest.raises(UserError, match="kernel") as caught:
        make_boot_part({"a": Recipe(steps=(Step("kernel", "true", reboot=True),))})
    assert "build-ami" in caught.value.hint


def test_a_time_limit_of_none_is_a_fault() -> None:
    with pytest.raises(ValueError, match="time limit"):
        make_boot_part({"a": Recipe(steps=(Step("a", "true", timeout=0),))})


def test_amazon_linux_1_is_refused_with_the_alternative() -> None:
    assert "Build an image" in str(explain_refusal("al1"))
    assert explain_refusal("al2") is None
    assert explain_refusal("al2023") is None


def test_the_script_is_ascii_whatever_is_in_it() -> None:
    """Only ASCII is compressed, and a word in another alphabet must not cost half of the 16 KiB."""
    part = make_boot_part({"a": steps("echo Köln")})
    assert part is not None
    assert part.text.isascii()


def test_shellcheck_finds_nothing(tmp_path: Path) -> None:
    part = make_boot_part({"a": steps("echo 'quoted'") + Recipe(files=(File("/etc/a b", b"x\n"),))})
    assert part is not None
    shellcheck = str(Path(sysconfig.get_path("scripts")) / "shellcheck")
    script = tmp_path / "boot"
    script.write_text(part.text)
    done = subprocess.run([shellcheck, "--severity=warning", str(script)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_what_kilns_own_functions_take_is_left_out_and_other_comments_stay() -> None:
    script = 'kiln_do() {  # FILE\n  echo "$1" # kept\n}\nmine() {  # kept\n  :\n}\nkiln_do x\n'
    part = make_boot_part({"a": Recipe(steps=(Step("do", script),))})
    assert part is not None
    assert script.replace("  # FILE", "") in part.text
