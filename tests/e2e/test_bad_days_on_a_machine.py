"""What can go wrong while Kiln works on a machine, each made to happen on a real one; the last test ends it."""

import hashlib
import re
import socket
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest

from cloud import wait
from images.builder import instances
from images.builder import machine as machines
from images.builder.keys import generate_keys
from images.plan.boot import describe_machine
from kiln.errors import UserError
from provision.model import shell
from provision.model.recipe import Check, Download, Step
from provision.provisioners import aws_cli
from provision.ssh.events import Began, Ended, Event, Output, Rebooting, Rejoining
from provision.ssh.remote import ConnectionLostError, Remote
from tests.support.one_machine import OneMachine

pytestmark = pytest.mark.e2e

OVER = "echo over"  # a step that works


def failure(machine: OneMachine, step: Step) -> UserError:
    (ended,) = machine.run(step)
    assert not ended.ok
    return ended.error()


def works(machine: OneMachine) -> bool:
    return machine.bash(OVER) == "over"


def test_a_step_that_fails_shows_its_command_and_its_last_lines(machine: OneMachine) -> None:
    error = failure(machine, Step("fire", "for n in $(seq 60); do echo line $n; done; grep cone /dev/null; echo on"))
    assert error.what == 'step "fire" ended with exit code 1'
    command, *lines = error.output.splitlines()
    assert command == "$ grep cone /dev/null"
    assert lines == [f"line {n}" for n in range(21, 61)]


def test_a_step_that_hangs_ends_at_its_time_limit(machine: OneMachine) -> None:
    (ended,) = machine.run(Step("hang", "echo before; tail -f /dev/null", timeout=3))
    assert ended.error().what == 'step "hang" exceeded its time limit of 3 s'
    assert ended.output == ("before",)
    assert 3 <= ended.seconds < 20
    assert machine.bash("! pgrep -fx 'tail -f /dev/null'; " + OVER) == "over", "nothing of the step goes on"


def test_a_step_that_fills_the_disk_says_so_and_the_machine_stays_usable(machine: OneMachine) -> None:
    # All that root may have, then one write more. Reserved blocks cost the host nothing.
    script = """
    fallocate -l "$(($(stat -f -c '%f * %S' /) - 4194304))" /filler
    dd if=/dev/zero of=/filler2 bs=1M 2>&1
    """
    try:
        error = failure(machine, Step("fill", script))
    finally:
        machine.remote.run("sudo rm -f /filler /filler2")
    assert error.why == "no space left on / of the machine"
    assert error.hint == "Give the volume more GiB."
    assert "No space left on device" in error.output
    assert works(machine)


def test_a_connection_cut_in_the_middle_of_a_step_is_joined_again(machine: OneMachine) -> None:
    """The machine itself ends the session, and its security group lets nobody in until that was seen."""
    events: list[Event] = []
    cut = "for n in $(seq 400); do echo line $n; [ $n != 200 ] || pkill -f '^sshd: ec2-user'; done"

    def on_event(event: Event) -> None:
        first = not any(isinstance(before, Rejoining) for before in events)
        events.append(event)
        if isinstance(event, Rejoining) and first:
            with pytest.raises(ConnectionRefusedError), socket.create_connection((machine.launched.host, 22), 5):
                pass
            machine.let_ssh_in(allowed=True)

    machine.let_ssh_in(allowed=False)  # a connection that stands is not ended by that
    (ended,) = machine.run(Step("cut off", cut), on_event=on_event)
    assert ended.ok
    assert any(isinstance(event, Rejoining) for event in events)
    assert [event.line for event in events if isinstance(event, Output)] == [f"line {n}" for n in range(1, 401)]


def test_a_machine_that_never_answers_is_given_up_with_its_console(
    machine: OneMachine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(machines, "CONNECT", 3)
    machine.let_ssh_in(allowed=False)
    try:
        with (
            pytest.raises(UserError, match="no SSH connection to ec2-user@") as caught,
            machines.connect(machine.cloud, machine.launched, machine.order, machine.report),
        ):
            pass
    finally:
        machine.let_ssh_in(allowed=True)
    assert "Check the security group" in caught.value.hint
    assert re.search(r"console ends with:\n(.*\n)*.*\S", caught.value.output)
    assert works(machine)


def test_a_machine_with_another_host_key_is_refused(machine: OneMachine) -> None:
    with (
        Remote(machine.address, machine.order.keys.login_key, generate_keys("another machine").host_key) as remote,
        pytest.raises(UserError) as caught,
    ):
        remote.connect(30)
    assert caught.value.what.endswith("showed the wrong host key")
    assert "Nothing was sent to it" in caught.value.hint


def test_a_download_with_another_checksum_is_not_used(machine: OneMachine) -> None:
    spec = machine.plan.boot.spec
    (mirror,) = {m.url: m for name, m in spec.downloads.items() if name.startswith("Miniforge3")}.values()
    expected = hashlib.sha256(b"something else").hexdigest()
    elsewhere = replace(
        describe_machine(spec, machine.plan.base), downloads={"Miniforge3-*": Download(mirror.url, expected)}
    )
    step = aws_cli.recipe(spec.aws_cli.model_copy(update={"prefix": "/opt/other/conda"}), elsewhere).steps[0]
    error = failure(machine, step)
    assert error.what.endswith(f"ended with exit code {shell.BAD_CHECKSUM}")
    assert f"checksum differs: expected {expected} got {mirror.sha256} ({mirror.url})" in error.output
    assert machine.bash("ls -d /opt/other || " + OVER).endswith("over")


def test_docker_that_does_not_come_back_is_told_with_its_log(machine: OneMachine) -> None:
    step = machine.step("docker overlay2")
    checks = [check for check in machine.plan.boot.recipe.checks if check.name.startswith("docker runs on")]
    try:
        machine.bash("mkdir -p /etc/docker; echo '{ \"storage-driver\": ' >/etc/docker/daemon.json")
        error = failure(machine, step)
    finally:
        machine.bash("rm /etc/docker/daemon.json; systemctl reset-failed docker docker.socket")
    assert "Docker did not come back: start failed. Its last log lines:" in error.output
    assert "/etc/docker/daemon.json: unexpected EOF" in error.output
    assert all(ended.ok for ended in machine.run(step, *checks)), "the step can be repeated once it is mended"


def test_a_step_may_reboot_and_a_boot_whose_cloud_init_fails_is_found_out(machine: OneMachine) -> None:
    events: list[Event] = []
    boot_id = "cat /proc/sys/kernel/random/boot_id"
    # The module that runs at every boot, with a setting that it refuses.
    broken = "printf 'growpart: {mode: nonsense}\\n' >/etc/cloud/cloud.cfg.d/99-broken.cfg; "
    ended = machine.run(
        Step("before", broken + boot_id, reboot=True),
        Step("behind", boot_id),
        Check("docker is back", f"{shell.DOCKER}kiln_docker_answers 120"),
        on_event=events.append,
    )
    assert [result.ok for result in ended] == [True, True, True]
    assert ended[0].output != ended[1].output
    kinds = [type(event) for event in events if not isinstance(event, Output | Rejoining)]
    assert kinds == [Began, Ended, Rebooting, Began, Ended, Began, Ended]
    try:
        with pytest.raises(UserError) as caught:
            machine.remote.wait_for_cloud_init(300)
    finally:
        machine.bash("rm /etc/cloud/cloud.cfg.d/99-broken.cfg")
    assert caught.value.what == "cloud-init failed on the machine"
    assert "growpart" in caught.value.why
    assert "nonsense" in caught.value.why
    assert "Cloud-init v." in caught.value.output


def test_a_forgotten_machine_ends_itself(machine: OneMachine, ec2: Any) -> None:
    """The last test: its clock is set behind its time limit, and the dead-man's switch does the rest."""
    volumes = {m["Ebs"]["VolumeId"] for m in described(machine)["BlockDeviceMappings"]}
    assert len(volumes) == 2
    assert described(machine)["State"]["Name"] == "running"
    with suppress(ConnectionLostError):
        machine.remote.run(f"sudo date --set '+{machine.plan.boot.spec.builder.time_limit} seconds'")
    state = machine.launched.instance_id + " terminated, its volumes gone"
    wait.until(lambda: gone(machine, ec2, volumes) or None, what=state, timeout=180, longest=2)


def gone(machine: OneMachine, ec2: Any, volumes: set[str]) -> bool:
    left = {volume["VolumeId"] for volume in ec2.describe_volumes()["Volumes"]}
    return described(machine)["State"]["Name"] == "terminated" and left.isdisjoint(volumes)


def described(machine: OneMachine) -> dict[str, Any]:
    told = instances.describe(machine.cloud, machine.launched.instance_id)
    assert told
    return told
