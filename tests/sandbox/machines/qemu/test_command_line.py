import re
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from sandbox.machines.guest.device_names import acpi_index
from sandbox.machines.qemu.command_line import SLOTS, Drive, Host, ec2_uuid, kernel_parameters, nvme, qemu_command
from sandbox.machines.registry_names import ADDRESS, NAMES, RegistryDoor
from sandbox.registry.certificates import make_identity
from sandbox.world.hypervisor import Disk, MachineError, MachineSpec

DECODER = Path(__file__).parents[4] / "sandbox/machines/overlay/common/usr/libexec/kiln-stand-in/device-name"
ROOT = Disk("vol-0123456789abcdef0", "/dev/xvda", 8)
SPEC = MachineSpec("i-0123456789abcdef0", 4096, 8, (ROOT,), "127.77.0.5", "10.0.0.5", "ip-10-0-0-5.ec2.internal")
HOST = Host("qemu-system-x86_64", Path("/k"), "tcg", 22, "http://169.254.169.1:5000")


def command() -> str:
    return " ".join(qemu_command(HOST, SPEC, [Drive(ROOT, Path("/d"), 0)], Path("/run"), 8080))


def test_nothing_listens_but_what_the_hypervisor_opens_later() -> None:
    line = command()
    assert "hostfwd" not in line
    assert "-cmd:nc.openbsd -N 127.0.0.1 8080" in line
    assert re.search(r"-(vnc|spice|monitor|gdb|s)\b", line) is None


def test_the_machine_looks_like_ec2() -> None:
    assert f"manufacturer=Amazon EC2,uuid={ec2_uuid(SPEC.instance_id)}" in command()
    assert ec2_uuid(SPEC.instance_id).startswith("ec2")
    assert re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}", ec2_uuid("i-1"))
    assert nvme(Drive(ROOT, Path("/d"), 0))["serial"] == "vol0123456789abcdef0"


def test_there_is_a_slot_for_every_volume() -> None:
    assert command().count("pcie-root-port") == SLOTS


def test_the_endpoint_is_told_by_the_kernel_s_command_line_alone() -> None:
    assert "kiln.endpoint=http://169.254.169.1:5000" in kernel_parameters(HOST, 2)
    assert "kiln.endpoint" not in kernel_parameters(replace(HOST, endpoint_url=None), 2)


def test_addresses_stay_random_where_nothing_is_emulated() -> None:
    assert "norandmaps" in kernel_parameters(HOST, 2)
    assert "norandmaps" not in kernel_parameters(replace(HOST, accelerator="kvm"), 2)


@pytest.mark.parametrize(
    ("accelerator", "cpus", "vcpus", "processors"),
    [("tcg", 1, 8, "1,maxcpus=2"), ("tcg", 2, 1, "1,maxcpus=2"), ("tcg", 2, 8, "2"), ("kvm", 1, 8, "1")],
)
def test_one_cpu_under_emulation_keeps_its_memory_barriers(
    accelerator: str, cpus: int, vcpus: int, processors: str
) -> None:
    host = replace(HOST, accelerator=accelerator, cpus=cpus)
    words = qemu_command(host, replace(SPEC, vcpus=vcpus), [], Path("/m"), 8080)
    assert words[words.index("-smp") + 1] == processors
    assert ("possible_cpus=1" in words[words.index("-append") + 1].split()) == ("," in processors)


def test_an_ebs_volume_is_waited_for_as_on_amazon_linux() -> None:
    assert "nvme_core.io_timeout=4294967295" in kernel_parameters(HOST, 2).split()


@pytest.mark.parametrize("name", ["xvda", "xvdcz", "xvdzz", "sda", "sdc", "sdz", "sdaz", "xvdba"])
def test_the_guest_reads_back_the_device_name(name: str) -> None:
    index = acpi_index(f"/dev/{name}")
    assert 0 < index < 16384
    said = subprocess.run(["sh", str(DECODER), str(index)], check=True, capture_output=True, text=True).stdout
    assert said == f"{name}\n"


@pytest.mark.parametrize("name", ["/dev/nvme1n1", "xvda", "/dev/sda1", "/dev/xvdabc"])
def test_other_names_are_refused(name: str) -> None:
    with pytest.raises(MachineError, match="no device name"):
        acpi_index(name)


def test_the_registries_answer_at_an_address_of_the_guests_own_and_their_ca_goes_by_the_command_line() -> None:
    identity = make_identity(NAMES)
    host = replace(HOST, ssh_key="A" * 68, registries=RegistryDoor(4443, identity.ca_line))
    words = qemu_command(host, SPEC, [], Path("/m"), 8080)
    assert f"guestfwd=tcp:{ADDRESS}:443-cmd:nc.openbsd -N 127.0.0.1 4443" in words[words.index("-netdev") + 1]
    line = words[words.index("-append") + 1]
    assert f" kiln.registry_ca={identity.ca_line}" in line
    assert len(line) < 2048, "Linux cuts off what is longer (COMMAND_LINE_SIZE of x86)"
    assert "registry_ca" not in kernel_parameters(HOST, 2)
