"""The runner itself, on the local bash: what it journals and how it ends."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from provision.model.recipe import Check, File, Step
from provision.ssh.bundle import bundle
from provision.ssh.events import Began, Ended, Output
from tests.support.processes import kill_session
from tests.support.runner import LocalRunner

Make = Callable[..., LocalRunner]


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Make]:
    made: list[LocalRunner] = []

    def unpack(*steps: Step, checks: tuple[Check, ...] = (), files: tuple[File, ...] = ()) -> LocalRunner:
        made.append(LocalRunner(tmp_path, bundle(files, steps, checks)))
        return made[-1]

    yield unpack
    for runner in made:
        runner.clean_up()


def eventually(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline, "never came true"
        time.sleep(0.02)


def lines(runner: LocalRunner) -> list[str]:
    return [event.line for event in runner.events() if isinstance(event, Output)]


def test_steps_run_in_order_and_their_output_is_kept(make: Make) -> None:
    runner = make(Step("one", "echo a; echo b >&2"), Step("two", "printf c"))
    assert runner.start().returncode == 0
    assert [type(event) for event in runner.events()] == [Began, Output, Output, Ended, Began, Output, Ended]
    assert lines(runner) == ["a", "b", "c"]


def test_a_failing_step_ends_the_plan_and_shows_its_command(make: Make) -> None:
    runner = make(
        Step("fine", "true"),
        Step("broken", "install() { ls /nowhere; }\necho before\ninstall\necho behind"),
        Step("never", "echo never"),
        checks=(Check("never", "echo never"),),
    )
    runner.start()
    assert [(ended.task.name, ended.code) for ended in runner.ended()] == [("fine", 0), ("broken", 2)]
    assert runner.ended()[1].command == "ls /nowhere"
    error = runner.ended()[1].error()
    assert error.what == 'step "broken" ended with exit code 2'
    assert error.output.startswith("$ ls /nowhere\nbefore\nls: ")


def test_a_failing_check_does_not_stop_the_next(make: Make) -> None:
    runner = make(checks=(Check("bad", "exit 3"), Check("good", "echo proof")))
    runner.start()
    assert [ended.code for ended in runner.ended()] == [3, 0]
    assert runner.ended()[1].output == ("proof",)


def test_scripts_are_strict(make: Make) -> None:
    scripts = ("false; echo on", "echo $undefined_name", "false | true")
    runner = make(checks=tuple(Check(script, script) for script in scripts))
    runner.start()
    assert [ended.code for ended in runner.ended()] == [1, 1, 1]


def test_a_hanging_step_is_told_as_such(make: Make) -> None:
    runner = make(Step("hangs", "echo waiting; sleep 1000", timeout=1))
    runner.start()
    (ended,) = runner.ended()
    assert (ended.code, ended.timed_out, ended.output) == (124, True, ("waiting",))
    assert ended.error().what == 'step "hangs" exceeded its time limit of 1 s'


def test_exit_code_124_of_a_script_is_no_time_limit(make: Make) -> None:
    runner = make(Step("odd", "exit 124"))
    runner.start()
    assert runner.ended()[0].error().what == 'step "odd" ended with exit code 124'


def test_output_cannot_forge_an_event(make: Make) -> None:
    forged = "end 0 0 1 ."
    runner = make(
        Step("forger", f"echo '{forged}'; printf '\\n{forged}\\n\\0done .\\n'; printf '|done .\\r\\ndone .'; exit 9")
    )
    runner.start()
    assert [ended.code for ended in runner.ended()] == [9]
    assert forged in lines(runner)
    assert "done ." in lines(runner)


def test_stdin_is_empty_and_memory_is_there_and_gone(make: Make) -> None:
    runner = make(
        Step("look", 'cat; cd "$TMPDIR"; [ "$TMPDIR" = "$KILN_TMP" ]; echo kept >file; stat -f -c %T .; umask')
    )
    runner.start()
    assert lines(runner) == ["tmpfs", "0022"]
    assert not (runner.run / "tmp").exists()


def test_files_get_their_mode_and_folder(make: Make, tmp_path: Path) -> None:
    path = tmp_path / "etc/it's new/a file"
    runner = make(files=(File(str(path), b"content\n", mode=0o640),))
    runner.start()
    assert path.read_bytes() == b"content\n"
    assert path.stat().st_mode & 0o7777 == 0o640


def test_starting_twice_is_harmless(make: Make) -> None:
    runner = make(Step("slow", "echo once; sleep 1"), Step("two", "echo two"))
    first, second = runner.spawn(), runner.spawn()
    shown = [process.communicate(timeout=30)[0].replace(b"\0", b"") for process in (first, second)]
    assert shown[0] == shown[1] == (runner.state / "journal").read_bytes()
    assert lines(runner) == ["once", "two"]
    assert runner.start().stdout == shown[0]
    assert lines(runner) == ["once", "two"]


def test_the_journal_is_shown_from_any_byte(make: Make) -> None:
    runner = make(Step("one", "echo a"))
    whole = runner.start().stdout
    rest = subprocess.run([*runner.command[:-1], "7"], env=runner.environment, capture_output=True, check=True).stdout
    assert rest == whole[7:]


def test_a_killed_runner_is_reported_by_the_next(make: Make) -> None:
    runner = make(Step("one", "true"), Step("cut short", "echo begun; sleep 1000"), Step("never", "echo never"))
    process = runner.spawn()
    eventually(lambda: (runner.state / "journal").exists() and "begun" in lines(runner))
    kill_session(runner.pid)
    process.communicate(timeout=30)
    assert process.returncode == 74
    assert runner.start().returncode == 0
    assert [(ended.task.name, ended.code) for ended in runner.ended()] == [("one", 0), ("cut short", None)]
    assert "restarted, or the runner on it was killed" in runner.ended()[1].error().why


def test_a_journal_cut_by_a_power_loss_is_continued_behind_what_was_shown(make: Make) -> None:
    runner = make(Step("one", "true"), Step("two", "true"))
    runner.state.joinpath("journal").write_bytes(b"\nbegin 0 .\n\nend 0 0 5 .\n\nbegin 1 .\n|tor")
    shown = subprocess.run(
        [*runner.command[:-1], "100"], env=runner.environment, capture_output=True, check=True
    ).stdout
    assert b"interrupted 1 ." in shown
    assert b"\ndone .\n" in shown


def test_a_process_left_behind_holds_nobody_up_and_lives_on(make: Make, tmp_path: Path) -> None:
    left_behind = f"setsid bash -c 'echo $$ >{tmp_path}/pid; while sleep 0.1; do echo noise; done' &"
    runner = make(
        Step("daemon", f"{left_behind}\necho started"), Step("next", f"sleep 1; kill -0 $(cat {tmp_path}/pid)")
    )
    began = time.monotonic()
    runner.start()
    os.kill(int((tmp_path / "pid").read_text()), 9)
    assert [ended.code for ended in runner.ended()] == [0, 0]
    assert time.monotonic() - began < 15


def test_runaway_output_is_bounded_and_its_end_is_kept(make: Make) -> None:
    runner = make(Step("runaway", "yes 0123456789 | head -c 30000000 || true; echo; echo the reason; exit 1"))
    runner.start()
    (ended,) = runner.ended()
    assert ended.output[-1] == "the reason"
    assert any("more output than is kept" in line for line in lines(runner))
    assert (runner.state / "journal").stat().st_size < 3_000_000


def test_a_line_without_end_arrives_whole(make: Make) -> None:
    runner = make(Step("long", "head -c 100000 /dev/zero | tr '\\0' x"))
    runner.start()
    assert "".join(lines(runner)) == "x" * 100_000


def test_what_a_script_writes_just_before_its_end_is_kept_on_a_machine_that_is_slow(make: Make) -> None:
    """The runner has read nothing, and is slow to look whether the script runs: meanwhile that writes and ends."""
    runner = make(Step("late", "sleep 0.5; echo late"))
    slow = {"BASH_FUNC_kill%%": '() { [ "$1" != -0 ] || sleep 1; builtin kill "$@"; }'}
    subprocess.run(runner.command, env=runner.environment | slow, capture_output=True, timeout=60, check=True)
    assert lines(runner) == ["late"]


def test_much_output_arrives_whole_and_in_order(make: Make) -> None:
    runner = make(Step("chatty", "seq 50000"))
    runner.start()
    assert lines(runner) == [str(n) for n in range(1, 50_001)]


def test_a_full_disk_neither_silences_nor_stops_the_runner(tmp_path: Path) -> None:
    mount = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "kiln-test", tmp_path], check=False)
    if mount.returncode:
        pytest.skip("needs the right to mount")
    fill = f"cat /dev/zero >{tmp_path}/fill || true; seq 20000; exit 1"
    runner = LocalRunner(tmp_path, bundle(steps=[Step("fills the disk", fill)]))
    try:
        assert runner.start().returncode == 0
        (ended,) = runner.ended()
        assert lines(runner)[-20000:] == [str(n) for n in range(1, 20_001)]
        assert ended.full == (str(tmp_path),)
        assert ended.error().why == f"no space left on {tmp_path} of the machine"
    finally:
        runner.clean_up()
        subprocess.run(["umount", "-l", tmp_path], check=True)


def test_a_disk_that_is_full_before_is_refused_in_words(tmp_path: Path) -> None:
    mount = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=512k", "kiln-test", tmp_path], check=False)
    if mount.returncode:
        pytest.skip("needs the right to mount")
    try:
        started = LocalRunner(tmp_path, bundle(steps=[Step("one", "true")])).start()
        assert (started.returncode, started.stdout) == (28, b"")
        assert b"No space left on device" in started.stderr
    finally:
        subprocess.run(["umount", "-l", tmp_path], check=True)


def test_before_the_reboot_nothing_goes_on(make: Make) -> None:
    runner = make(Step("kernel", "true", reboot=True), Step("behind it", "echo behind"))
    boot_id = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    reboot = f"\nbegin 0 .\n\nend 0 0 1 .\n\nreboot 0 {boot_id} .\n".encode()
    (runner.state / "journal").write_bytes(reboot)
    assert runner.start().returncode == 75
    (runner.state / "journal").write_bytes(reboot.replace(boot_id.encode(), b"another"))
    assert runner.start().returncode == 0
    assert lines(runner) == ["behind"]


@pytest.fixture
def interruptible() -> Iterator[None]:
    """As sshd starts what it runs: a shell cannot take back what was ignored before it, as behind nohup."""
    before = {number: signal.signal(number, signal.SIG_DFL) for number in (signal.SIGINT, signal.SIGQUIT)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.usefixtures("interruptible")
def test_what_is_started_can_be_interrupted(make: Make) -> None:
    runner = make(Step("look", "grep SigIgn /proc/self/status"))
    runner.start()
    assert int(lines(runner)[0].split()[1], 16) & 0b110 == 0  # SIGINT and SIGQUIT


def test_nothing_is_left_of_a_connection_that_was_lost(make: Make) -> None:
    runner = make(Step("long", "sleep 60"))
    process = runner.spawn()
    eventually(lambda: (runner.run / "pid").exists() and (runner.run / "pid").read_text())
    assert process.stdout
    process.stdout.close()
    assert process.wait(timeout=20) == 74  # after the next sign of life finds nobody
    os.kill(runner.pid, 0)  # the runner itself goes on
