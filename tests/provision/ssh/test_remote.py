"""Recipes over real SSH to a machine on loopback, when all goes well."""

import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import paramiko
import pytest

from kiln.errors import UserError
from provision.model.recipe import Check, File, Step
from provision.ssh.bundle import bundle
from provision.ssh.events import Began, Ended, Event, Output, Rebooting
from provision.ssh.remote import Address, Remote
from tests.support.rig import Rig, rig

ROUND_TRIPS = 20  # connect 6, the command and its bundle 3, the rest: output that arrives while something is sent


@pytest.fixture
def ssh(tmp_path: Path) -> Iterator[Rig]:
    with rig(tmp_path) as made:
        yield made


def test_files_steps_and_checks_in_order(ssh: Rig, tmp_path: Path) -> None:
    motd = tmp_path / "etc/motd"
    work = bundle(
        [File(str(motd), b"hello\n")], [Step("append", f"echo you >>{motd}")], [Check("it reads", f"cat {motd}")]
    )
    outcome = ssh.connected().perform(work, ssh.events.append)
    outcome.raise_for_failure()
    assert [(ended.task.name, ended.code) for ended in outcome.results] == [
        ("files", 0),
        ("append", 0),
        ("it reads", 0),
    ]
    assert outcome.results[-1].output == ("hello", "you")
    assert [type(event) for event in ssh.events] == [Began, Ended, Began, Ended, Began, Output, Output, Ended]


def test_a_large_file_is_not_copied_again_for_each_packet(
    ssh: Rig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    handed, send = list[int](), paramiko.Channel.send

    def record(channel: paramiko.Channel, data: bytes) -> int:
        handed.append(len(data))
        return int(send(channel, data))

    monkeypatch.setattr(paramiko.Channel, "send", record)
    content = random.Random(1).randbytes(8 << 20)
    outcome = ssh.connected().perform(bundle([File(str(tmp_path / "large"), content)]), ssh.events.append)
    outcome.raise_for_failure()
    assert (tmp_path / "large").read_bytes() == content
    assert sum(handed) < 10 * len(content)


def test_nothing_to_do_is_done(ssh: Rig) -> None:
    assert ssh.connected().perform(bundle(), ssh.events.append).results == ()


def test_events_arrive_while_the_step_runs(ssh: Rig, tmp_path: Path) -> None:
    seen = tmp_path / "seen"

    def on_event(event: Event) -> None:
        if isinstance(event, Output) and event.line == "before":
            seen.touch()

    wait = f"echo before; for i in $(seq 100); do [ -e {seen} ] && exit 0; sleep 0.1; done; exit 1"
    ssh.connected().perform(bundle(steps=[Step("waits to be seen", wait)]), on_event).raise_for_failure()


def test_seconds_are_measured_on_the_machine(ssh: Rig) -> None:
    (ended,) = ssh.connected().perform(bundle(steps=[Step("one second", "sleep 1")]), ssh.events.append).results
    assert 1.0 <= ended.seconds < 3.0


def test_a_failing_step_raises_what_to_tell(ssh: Rig) -> None:
    outcome = ssh.connected().perform(
        bundle(steps=[Step("install awscli", "seq 100; cat /nowhere"), Step("never", "echo never")]), ssh.events.append
    )
    with pytest.raises(UserError) as caught:
        outcome.raise_for_failure()
    assert caught.value.what == 'step "install awscli" ended with exit code 1'
    shown = caught.value.output.splitlines()
    assert shown[0] == "$ cat /nowhere"
    assert len(shown) == 41
    assert "No such file" in shown[-1]
    assert len(ssh.output) == 101  # the whole log went through on_event


def test_the_same_bundle_runs_each_time_it_is_asked_to(ssh: Rig) -> None:
    remote, work = ssh.connected(), bundle(steps=[Step("one", "echo one")])
    remote.perform(work, ssh.events.append)
    remote.perform(work, ssh.events.append)
    assert ssh.output == ["one", "one"]


def test_a_step_may_reboot(ssh: Rig) -> None:
    steps = [Step("kernel", "echo a", reboot=True), Step("behind it", "echo b"), Step("again", "echo c", reboot=True)]
    remote = ssh.connected()
    outcome = remote.perform(bundle(steps=steps, checks=[Check("still there", "echo d")]), ssh.events.append)
    outcome.raise_for_failure()
    assert ssh.host.reboots == 2
    assert ssh.output == ["a", "b", "c", "d"]
    assert sum(isinstance(event, Rebooting) for event in ssh.events) == 2


def test_round_trips_do_not_grow_with_the_steps(tmp_path: Path) -> None:
    turns = {}
    for steps in (5, 60):
        root = tmp_path / str(steps)
        root.mkdir()
        with rig(root, rtt_s=0.1) as ssh:
            work = bundle(steps=[Step(f"step {n}", f"echo {n}") for n in range(steps)])
            ssh.connected().perform(work, ssh.events.append).raise_for_failure()
            turns[steps] = ssh.relay.turns
            assert ssh.relay.connections == 1
    assert turns[60] <= turns[5] + 4, turns
    assert turns[60] <= ROUND_TRIPS * 2, turns


def test_removing_is_whole(ssh: Rig, tmp_path: Path) -> None:
    keys = tmp_path / "home/.ssh/authorized_keys"
    remote = ssh.connected()
    remote.perform(bundle([File(str(keys), b"ssh-ed25519 AAAA")]), ssh.events.append)
    assert keys.exists()
    remote.remove([str(keys)])
    assert not keys.exists()
    assert not (tmp_path / "var/lib/kiln").exists()
    assert not (tmp_path / "run/kiln").exists()


def test_a_small_command(ssh: Rig) -> None:
    result = ssh.connected().run("echo out; echo err >&2; exit 3")
    assert (result.exit_code, result.stdout, result.stderr) == (3, "out\n", "err")


def test_a_small_command_that_hangs(ssh: Rig) -> None:
    with pytest.raises(UserError, match="within 1 s"):
        ssh.connected().run("exec sleep 30", timeout=1)


def test_a_proxy_command_carries_the_connection(ssh: Rig) -> None:
    program = (
        "import socket,sys,threading,os;s=socket.create_connection((sys.argv[1],int(sys.argv[2])));"
        "threading.Thread(target=lambda:[s.sendall(d) for d in iter(lambda:os.read(0,65536),b'')],daemon=True).start();"
        "[os.write(1,d) for d in iter(lambda:s.recv(65536),b'')]"
    )
    proxy = f'{sys.executable} -c "{program}" %h %p'
    address = Address("127.0.0.1", "kiln", ssh.relay.port, proxy)
    with Remote(address, ssh.key, ssh.host_key) as remote:
        remote.connect(20)
        assert remote.run("echo through").stdout == "through\n"
    assert ssh.relay.connections == 1


def test_values_are_importable_without_fabric() -> None:
    program = (
        "import sys, provision.model.recipe, provision.ssh.remote; "
        "sys.exit('fabric' in sys.modules or 'paramiko' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], check=True, cwd=Path(__file__).parents[3])
