"""Every check of a machine is seen to fail, on a guest that was sabotaged for it, and to pass once it is mended."""

from dataclasses import dataclass

import pytest

from images.builder import footprint
from provision.docker.devicemapper import Devicemapper
from provision.docker.overlay2 import Overlay2
from provision.hygiene import checks as hygiene_checks
from provision.hygiene.checks import Builder
from provision.model import shell
from provision.model.recipe import Check, Machine, Step
from provision.provisioners.container_images import repositories
from provision.ssh.events import Ended
from tests.support.one_machine import OneMachine

pytestmark = pytest.mark.e2e

PREFIX = "/home/ec2-user/miniconda"
AUTHORIZED = "/home/ec2-user/.ssh/authorized_keys"
OTHER_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ7hXbV0d8mRkq3uQy0nVwq0v1m5o9t2pXc4r6s8e0aB somebody"
RESTART_DOCKER = "systemctl reset-failed docker; systemctl restart docker"


def yesterday(script: str) -> str:
    """What it makes looks as if it had come with the image. Time goes by the uptime: the clock itself is moved."""
    return f"""
    up() {{ cut -d . -f 1 /proc/uptime; }}
    zero=$(($(date +%s) - $(up)))
    date --set "@$((zero + $(up) - 86400))"
    {script}
    date --set "@$((zero + $(up)))"
    """


@dataclass(frozen=True)
class Row:
    """A check by the beginning of its name; `says` is part of what it prints then.

    `redo` is the step of the recipe that mends it, by the beginning of its name, where `repair` is empty.
    """

    check: str
    sabotage: str
    repair: str
    says: str
    redo: str = ""


ROWS = (
    Row(
        "packages are installed",
        # Put by before it is removed: to install it again would take the package lists of a whole distribution.
        "files=$(dpkg -L tree | while read -r path; do [ ! -f $path ] || echo $path; done)\n"
        "tar -cPf /run/tree.tar /var/lib/dpkg/status /var/lib/dpkg/info/tree.* $files; dpkg --remove tree",
        "tar -xPf /run/tree.tar",
        "not installed: tree",
    ),
    Row(
        "/var/lib/docker fills its volume",
        # A disk of the right size with a file system of half of it, over Docker's own.
        "truncate -s 8G /srv/disk; disk=$(losetup --find --show /srv/disk); mkfs.xfs -q -d size=4g $disk\n"
        "mount $disk /var/lib/docker",
        "umount /var/lib/docker; losetup --detach-all; rm /srv/disk",
        "less than 95 % of its volume",
    ),
    Row(
        "docker runs on overlay2",
        "fallocate -l 7G /var/lib/docker/filler",
        "rm /var/lib/docker/filler",
        "are free, expected at least 2097152 KiB",
    ),
    Row("/etc/fired.conf is", "echo more >>/etc/fired.conf", "sed -i '$d' /etc/fired.conf", "other content"),
    Row("/etc/fired.conf is", "chmod 600 /etc/fired.conf", "chmod 640 /etc/fired.conf", "has mode 600, expected 640"),
    Row(
        "the AWS CLI answers on the host",
        f"chmod -x {PREFIX}/bin/aws",
        f"chmod +x {PREFIX}/bin/aws",
        "aws --version failed for ec2-user",
    ),
    Row(
        "the AWS CLI answers through a read-only mount",
        # The machine's own Python in place of the prefix's: it would do on the host.
        f"cd {PREFIX}/bin; mv python3.11 kept; ln -s /usr/bin/python3.11 python3.11",
        f"cd {PREFIX}/bin; mv -f kept python3.11",
        "aws --version failed in a container",
    ),
    Row("the ECS agent", "systemctl disable ecs", "systemctl enable ecs", "does not start at boot: disabled"),
    Row(
        "the ECS agent",
        "sed -i /ECS_RESERVED_MEMORY/d /etc/ecs/ecs.config",
        "echo ECS_RESERVED_MEMORY=32 >>/etc/ecs/ecs.config",
        "missing in /etc/ecs/ecs.config: ECS_RESERVED_MEMORY=32",
    ),
    Row("glaze: its check", "echo tenmoku >/etc/glaze", "echo celadon >/etc/glaze", "tenmoku"),
    Row(
        "images are there",
        "docker images --quiet '*/library/busybox' | xargs docker rmi",
        "",
        "No such image",
        redo="pull ",
    ),
    Row(
        "the container of these checks is removed",
        f"{shell.check_container()}docker run --detach --interactive --name other {shell.CHECK_IMAGE} /bin/cat",
        "docker rm --force other",
        "is using its referenced image",
    ),
    Row("the cone can be read", "mv /etc/fired.conf /etc/lost", "mv /etc/lost /etc/fired.conf", "No such file"),
    Row(
        "no host key of the builder",
        yesterday("touch /etc/ssh/ssh_host_rsa_key"),
        "rm /etc/ssh/ssh_host_rsa_key",
        "came with the image: /etc/ssh/ssh_host_rsa_key",
    ),
    Row(
        "no authorized key of the builder",
        f"echo '{OTHER_KEY}' >>{AUTHORIZED}",
        f"sed -i '$d' {AUTHORIZED}",
        "more keys are authorized than this machine's own",
    ),
    Row(
        "no agent state of the builder",
        yesterday("mkdir -p /var/lib/ecs/data; touch /var/lib/ecs/data/agent.db"),
        "rm /var/lib/ecs/data/agent.db",
        "came with the image: /var/lib/ecs/data/agent.db",
    ),
    Row(
        "a machine-id of its own",
        "cp /etc/machine-id /run/kept; : >/etc/machine-id",
        "cat /run/kept >/etc/machine-id",
        "the machine-id is not set",
    ),
    Row(
        "cloud-init ran anew",
        "mkdir /var/lib/cloud/instances/i-other",
        "rmdir /var/lib/cloud/instances/i-other",
        "cloud-init's state of another instance is left",
    ),
    Row(
        "no histories, no credentials",
        yesterday("echo ls >/root/.bash_history; mkdir /home/ec2-user/.aws; touch /home/ec2-user/.aws/credentials"),
        "rm -r /root/.bash_history /home/ec2-user/.aws",
        "came with the image: /home/ec2-user/.aws/credentials",
    ),
    Row(
        "nothing of Kiln is left",
        yesterday("touch /etc/cron.d/kiln-deadman"),
        "rm /etc/cron.d/kiln-deadman",
        "came with the image: /etc/cron.d/kiln-deadman",
    ),
    Row(
        "no unexpected container images",
        "docker tag $(docker images --quiet '*/library/busybox') evil/miner:1",
        "docker rmi evil/miner:1",
        "not in the definition: evil/miner",
    ),
)


def checks(machine: OneMachine) -> list[Check]:
    """All that an image of everything.yaml is held against, and the check of images that scripts would lift."""
    found = machine.plan.boot.image_checks()
    pulled = repositories(machine.plan.boot.spec.container_images)
    return list({check.name: check for check in (*hygiene_checks.list_checks(images=pulled), *found)}.values())


def acts(machine: OneMachine, row: Row) -> tuple[Check, ...]:
    """Sabotage, check, repair, check. The deeds are checks too: a step that fails would end the rows behind it."""
    (check,) = [check for check in checks(machine) if check.name.startswith(row.check)]
    repair = machine.step(row.redo) if row.redo else Step("repair", row.repair)
    return (Check("sabotage", row.sabotage), check, Check("repair", repair.script, repair.timeout), check)


@pytest.fixture(scope="module")
def acted(machine: OneMachine) -> dict[Row, tuple[Ended, ...]]:
    """How the acts of every row ended: run in one go, since each connection's upload takes the machine seconds."""
    ended = machine.run(*(act for row in ROWS for act in acts(machine, row)))
    return {row: ended[n * 4 : n * 4 + 4] for n, row in enumerate(ROWS)}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.check}-{row.says[:24]}")
def test_a_check_fails_with_its_fault_and_passes_without(acted: dict[Row, tuple[Ended, ...]], row: Row) -> None:
    sabotaged, failed, repaired, passed = acted[row]
    assert sabotaged.ok, sabotaged
    assert not failed.ok
    assert row.says in "\n".join(failed.output)
    assert repaired.ok, repaired
    assert passed.ok, passed


def test_every_check_has_a_row(machine: OneMachine) -> None:
    without = [check.name for check in checks(machine) if not any(check.name.startswith(row.check) for row in ROWS)]
    assert without == []


def test_the_builder_itself_is_found_out(machine: OneMachine) -> None:
    """A machine that kept the builder's identity: here the checks are told that this machine was the builder."""
    known = footprint.identify_builder(
        footprint.measure(machine.remote).machine_id, machine.launched, machine.order.keys
    )
    own = hygiene_checks.list_checks(known, images=None)
    failed = {ended.task.name: "\n".join(ended.output) for ended in machine.run(*own) if not ended.ok}
    says = {
        "no host key of the builder": "this is the builder's host key",
        "no authorized key of the builder": "the builder's key is authorized",
        "a machine-id of its own": "the machine-id is the builder's",
        "cloud-init ran anew": "cloud-init's state is the builder's",
    }
    assert failed.keys() == says.keys()
    for name, text in says.items():
        assert text in failed[name]
    stranger = Builder((OTHER_KEY,), OTHER_KEY, "0" * 32, "i-0123456789abcdef0")
    assert all(ended.ok for ended in machine.run(*hygiene_checks.list_checks(stranger, images=None)))


def test_a_root_volume_smaller_than_defined_is_found_out(machine: OneMachine) -> None:
    overlay = Overlay2(driver="overlay2")
    found = {gib: overlay.recipe(Machine("al2023", root_gib=gib)).checks[0] for gib in (30, 31)}
    passed, failed = machine.run(found[30], found[31])
    assert passed.ok, passed
    assert not failed.ok
    assert "the volume is smaller than 31 GiB" in "\n".join(failed.output)


def test_docker_on_another_storage_than_devicemapper_is_found_out(machine: OneMachine) -> None:
    """The checks that pass in test_build.py on a machine with a thin pool."""
    pool, container = Devicemapper(driver="devicemapper").recipe(Machine("al1", data_gib=8)).checks
    failed = machine.run(pool, container)
    assert [ended.ok for ended in failed] == [False, False]
    assert "Docker does not run on devicemapper" in "\n".join(failed[0].output)
    assert "a container's file system is less than 90 % of dm.basesize" in "\n".join(failed[1].output)
