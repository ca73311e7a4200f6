"""What happens over SSH when a key is wrong, a connection breaks, or the machine does."""

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import paramiko
import pytest

from kiln.errors import UserError
from provision.model.recipe import Check, Step
from provision.ssh.bundle import bundle
from provision.ssh.events import Event, Output, Rejoining
from provision.ssh.remote import Address, ConnectionLostError, Remote
from tests.support.keys import new_key
from tests.support.rig import Rig, rig


@pytest.fixture
def ssh(tmp_path: Path) -> Iterator[Rig]:
    with rig(tmp_path) as made:
        yield made


def at(line: str, action: Callable[[], object], events: list[Event]) -> Callable[[Event], None]:
    """An on_event that acts when that line is written."""

    def on_event(event: Event) -> None:
        events.append(event)
        if isinstance(event, Output) and event.line == line:
            action()

    return on_event


def test_the_wrong_host_key_is_refused_at_once(ssh: Rig) -> None:
    began = time.monotonic()
    with Remote(ssh.address, ssh.key, new_key()) as remote, pytest.raises(UserError, match="wrong host key") as caught:
        remote.connect(60)
    assert time.monotonic() - began < 5
    assert "intercepts" in caught.value.why
    assert ssh.host.offered_keys == []


def test_no_known_host_key_is_no_reason_to_trust(ssh: Rig) -> None:
    with Remote(ssh.address, ssh.key, []) as remote, pytest.raises(UserError):
        remote.connect(1)
    assert ssh.host.offered_keys == []


def test_a_host_key_of_another_type_is_refused(ssh: Rig) -> None:
    with (
        Remote(ssh.address, ssh.key, paramiko.ECDSAKey.generate()) as remote,
        pytest.raises(UserError, match="wrong host key"),
    ):
        remote.connect(60)


def test_one_of_several_host_keys_is_enough(ssh: Rig) -> None:
    with Remote(ssh.address, ssh.key, [paramiko.ECDSAKey.generate(), ssh.host_key]) as remote:
        remote.connect(20)


def test_ones_own_keys_agent_and_settings_take_no_part(
    ssh: Rig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, touched = tmp_path / "person", tmp_path / "touched"
    (home / ".ssh").mkdir(parents=True)
    (home / ".ssh/config").write_text(f"Host *\n  User somebody\n  ProxyCommand touch {touched}\n")
    own = paramiko.ECDSAKey.generate()
    own.write_private_key_file(str(home / ".ssh/id_ecdsa"))
    (home / ".fabric.yaml").write_text("connect_kwargs:\n  look_for_keys: true\nuser: somebody\n")
    (home / ".ssh/known_hosts").write_text(f"[127.0.0.1]:{ssh.relay.port} ssh-ed25519 {new_key().get_base64()}\n")
    monkeypatch.setenv("HOME", str(home))
    asked: list[str] = []
    with socket.socket(socket.AF_UNIX) as agent:
        agent.bind(str(tmp_path / "agent"))
        agent.listen()
        threading.Thread(target=_hang_up, args=(agent, asked), daemon=True).start()
        monkeypatch.setenv("SSH_AUTH_SOCK", str(tmp_path / "agent"))
        ssh.host.refuse_keys = True  # so that every key there is would be tried
        with Remote(ssh.address, ssh.key, ssh.host_key) as remote, pytest.raises(UserError):
            remote.connect(1)
        agent.shutdown(socket.SHUT_RDWR)
    assert asked == []
    assert {key.get_base64() for key in ssh.host.offered_keys} == {ssh.key.get_base64()}
    assert not touched.exists()


def _hang_up(agent: socket.socket, asked: list[str]) -> None:
    """An agent that notes who asks, and answers nothing."""
    with contextlib.suppress(OSError):
        while True:
            agent.accept()[0].close()
            asked.append("asked")


def test_a_port_that_opens_late(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    with rig(tmp_path) as ssh:
        relay_later = threading.Timer(1.0, _forward, (port, ssh.host.port))
        relay_later.start()
        with Remote(Address("127.0.0.1", "kiln", port), ssh.key, ssh.host_key) as remote:
            assert 0.9 < remote.connect(20) < 5
        relay_later.join()


def _forward(port: int, target: int) -> None:
    """Relays one connection to a port that was closed so far."""
    with socket.create_server(("127.0.0.1", port)) as server:
        near, _ = server.accept()
    far = socket.create_connection(("127.0.0.1", target))
    for source, sink in ((near, far), (far, near)):
        threading.Thread(target=_copy, args=(source, sink), daemon=True).start()


def _copy(source: socket.socket, sink: socket.socket) -> None:
    with source, sink:
        try:
            while data := source.recv(65536):
                sink.sendall(data)
        except OSError:
            return


def test_a_port_that_never_opens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    with Remote(Address("127.0.0.1", "kiln", port), new_key(), new_key()) as remote:
        with pytest.raises(UserError, match=f"no SSH connection to kiln@127.0.0.1:{port} within 1 s") as caught:
            remote.connect(1)
        assert "security group" in caught.value.hint


def test_a_key_that_is_written_late(ssh: Rig) -> None:
    ssh.host.refuse_keys = True
    threading.Timer(1.0, setattr, (ssh.host, "refuse_keys", False)).start()
    assert ssh.remote().connect(20) >= 0.9


def test_dropped_in_the_middle_of_a_step_and_rejoined(ssh: Rig) -> None:
    script = "for i in $(seq 300); do echo line $i; sleep 0.01; done"
    remote = ssh.connected()
    work = bundle(steps=[Step("long", script), Step("next", "echo next")])
    outcome = remote.perform(work, at("line 100", ssh.relay.drop, ssh.events))
    outcome.raise_for_failure()
    assert ssh.output == [f"line {n}" for n in range(1, 301)] + ["next"]
    assert len(outcome.results) == 2
    assert sum(isinstance(event, Rejoining) for event in ssh.events) == 1
    assert ssh.relay.connections == 2


def test_dropped_before_the_bundle_arrived(ssh: Rig) -> None:
    remote = ssh.connected()
    ssh.relay.drop()
    remote.perform(bundle(steps=[Step("one", "echo one")]), ssh.events.append).raise_for_failure()
    assert ssh.output == ["one"]


def test_a_machine_that_does_not_come_back(ssh: Rig) -> None:
    remote = ssh.connected(rejoin_s=2.0)

    def unplug() -> None:
        ssh.host.refuse_keys = True
        ssh.relay.drop()

    with pytest.raises(UserError, match="no SSH connection"):
        remote.perform(bundle(steps=[Step("long", "echo now; sleep 60")]), at("now", unplug, ssh.events))


def test_a_power_loss_in_the_middle_of_a_step(ssh: Rig) -> None:
    remote = ssh.connected()
    work = bundle(steps=[Step("cut short", "echo now; sleep 60"), Step("never", "echo never")])
    outcome = remote.perform(work, at("now", ssh.host.reboot, ssh.events))
    assert [ended.code for ended in outcome.results] == [None]
    with pytest.raises(UserError, match='step "cut short" was interrupted'):
        outcome.raise_for_failure()


def test_a_killed_runner(ssh: Rig) -> None:
    remote = ssh.connected()
    work = bundle(steps=[Step("cut short", "echo now; sleep 60"), Step("never", "echo never")])
    outcome = remote.perform(work, at("now", ssh.host.kill_runner, ssh.events))
    assert [ended.code for ended in outcome.results] == [None]
    assert ssh.output == ["now"]


def test_a_runner_that_is_killed_twice_with_progress_in_between(ssh: Rig) -> None:
    """Each new runner brought the work forward: it works, however often it dies."""
    remote = ssh.connected()
    checks = [Check(name, f"echo {name}; test {name} = third || sleep 60") for name in ("first", "second", "third")]

    def on_event(event: Event) -> None:
        ssh.events.append(event)
        if isinstance(event, Output) and event.line in {"first", "second"}:
            ssh.host.kill_runner()

    outcome = remote.perform(bundle(checks=checks), on_event)
    assert [(ended.task.name, ended.code) for ended in outcome.results] == [
        ("first", None), ("second", None), ("third", 0),
    ]  # fmt: skip
    assert ssh.output == ["first", "second", "third"]


def test_a_machine_that_cannot_run_the_runner(ssh: Rig, tmp_path: Path) -> None:
    (tmp_path / "shims/tar").write_text("#!/bin/bash\necho 'tar: no space left' >&2; exit 2\n")
    (tmp_path / "shims/tar").chmod(0o755)
    with pytest.raises(UserError, match="the runner on the machine does not work") as caught:
        ssh.connected().perform(bundle(steps=[Step("one", "true")]), ssh.events.append)
    assert caught.value.why == "tar: no space left"


def test_a_drop_after_removing_is_not_rejoined(ssh: Rig) -> None:
    remote = ssh.connected()
    remote.remove()
    ssh.relay.drop()
    with pytest.raises(ConnectionLostError):
        remote.run("true")
    assert ssh.relay.connections == 1


def test_a_proxy_command_that_fails_says_why() -> None:
    address = Address("i-0abc", "kiln", 22, "echo no session for %h >&2; exit 1")
    with Remote(address, new_key(), new_key()) as remote, pytest.raises(UserError) as caught:
        remote.connect(1)
    assert caught.value.why == "no session for i-0abc"
