"""QEMU's command line for one machine: pure, so that a test can read it."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sandbox.machines.base_disks import ROOT_PARTUUID
from sandbox.machines.guest import hop_limit
from sandbox.machines.guest.device_names import acpi_index
from sandbox.machines.guest.memory import find_size_kib
from sandbox.machines.registry_names import ADDRESS, RegistryDoor
from sandbox.world.hypervisor import Disk, MachineSpec

# EC2 allows 28 attachments on most Nitro instances; a dozen is more than any build needs.
SLOTS = 12
MEMORY = "memory-backend=ram"


@dataclass(frozen=True)
class Host:
    """What of this host goes into every machine's command line. `ssh_port` is on the machine's public address."""

    qemu: str
    kernel: Path
    accelerator: str
    ssh_port: int
    endpoint_url: str | None
    ssh_key: str | None = None
    """Base64 part of the ed25519 public key with which `invoke sandbox.ssh` logs in."""
    cpus: int = 2
    """Virtual CPUs of a machine at most. Under emulation each is a thread of the host's."""
    registries: RegistryDoor | None = None


@dataclass(frozen=True)
class Drive:
    """A disk and the file behind it, in the slot it sits in."""

    disk: Disk
    path: Path
    slot: int


def qemu_command(host: Host, spec: MachineSpec, drives: Sequence[Drive], directory: Path, imds_port: int) -> list[str]:
    """The machine with its monitor at `directory`/qmp, its console in `directory`/console, its id in `directory`/pid.

    Its network has no forward to port 22: the hypervisor opens one while the machine's security groups do.
    """
    uuid, cpus = ec2_uuid(spec.instance_id), min(spec.vcpus, host.cpus)
    size = f"{find_size_kib(spec.memory_mib, cpus)}K"
    command = [
        *(host.qemu, "-name", spec.instance_id, "-nodefaults", "-no-user-config", "-display", "none"),
        *(
            "-machine",
            f"q35,accel={host.accelerator},hpet=off,vmport=off,smbus=off,sata=off,usb=off,{MEMORY}",
        ),
        # Of the host's memory a guest takes what it touches, and may be larger than all of it.
        *("-object", f"memory-backend-ram,id=ram,size={size},reserve=off"),
        *("-cpu", "host" if host.accelerator == "kvm" else "Westmere"),
        *("-smp", processors(host, cpus), "-m", size),
        *("-uuid", uuid, "-smbios", f"type=1,manufacturer=Amazon EC2,uuid={uuid},serial={uuid}"),
        *("-kernel", str(host.kernel), "-append", kernel_parameters(host, cpus)),
        *("-netdev", network(spec, imds_port, host.registries), "-device", "virtio-net-pci,netdev=net,romfile="),
        *("-chardev", f"file,id=console,path={directory}/console", "-serial", "chardev:console"),
        *("-qmp", f"unix:{directory}/qmp,server=on,wait=off"),
        *("-pidfile", f"{directory}/pid", "-device", "virtio-rng-pci"),
        *hop_limit.list_devices(directory / "hops"),
    ]
    for slot in range(SLOTS):
        command += ["-device", f"pcie-root-port,id=slot{slot},chassis={slot + 1},slot={slot + 1}"]
    for drive in drives:
        command += ["-blockdev", _json(blockdev(drive)), "-device", _json(nvme(drive))]
    return command


def processors(host: Host, cpus: int) -> str:
    """A second CPU that may be plugged in, and never is: with one alone QEMU 7.2's emulation leaves barriers out.

    The disks' thread runs beside it even so, and may miss that the guest has rung: its I/O then waits for ever.
    """
    return "1,maxcpus=2" if cpus == 1 and host.accelerator == "tcg" else str(cpus)


def blockdev(drive: Drive) -> dict[str, object]:
    """no-flush: a guest's flush reaches the host's page cache, not its disk; that survives all but a host crash.

    Zeros take no room of the host's, so that a guest can fill disks larger than what the host has free; but what a
    guest discards stays, as on EBS.
    """
    file = {"driver": "file", "filename": str(drive.path)}
    spare: dict[str, object] = {"detect-zeroes": "on", "cache": {"no-flush": True}}
    return {"driver": "qcow2", "node-name": node(drive.disk), "file": file} | spare


def nvme(drive: Drive) -> dict[str, object]:
    """Serial number = volume id without its dash, as on EC2. An instance-store disk has no device name to be told."""
    name: dict[str, object] = {}
    if drive.disk.device_name:
        name["acpi-index"] = acpi_index(drive.disk.device_name)
    controller: dict[str, object] = {
        "driver": "nvme",
        "id": device(drive.disk),
        "serial": drive.disk.volume_id.replace("-", "")[:20],
        "bus": f"slot{drive.slot}",
        "drive": node(drive.disk),
    }
    return controller | name


def node(disk: Disk) -> str:
    """The block node's name; at most 31 characters for QEMU."""
    return f"n-{disk.volume_id}"


def device(disk: Disk) -> str:
    """The NVMe controller's id."""
    return f"d-{disk.volume_id}"


def network(spec: MachineSpec, imds_port: int, registries: RegistryDoor | None = None) -> str:
    """The host's loopback is at 169.254.169.1, names are resolved at .253 and metadata is at .254, as on EC2.

    Container registries are at .251, whatever their name.
    """
    pulls = f",guestfwd=tcp:{ADDRESS}:443-cmd:nc.openbsd -N 127.0.0.1 {registries.port}" if registries else ""
    return (
        "user,id=net,net=169.254.169.0/24,host=169.254.169.1,dns=169.254.169.253,dhcpstart=169.254.169.15,"
        f"hostname={spec.hostname.split('.')[0]},"
        f"guestfwd=tcp:169.254.169.254:80-cmd:nc.openbsd -N 127.0.0.1 {imds_port}{pulls}"
    )


def kernel_parameters(host: Host, cpus: int) -> str:
    """Boots straight from the NVMe disk, without initrd, and says where the offline AWS is.

    Amazon Linux has no AppArmor, and Docker refuses to start containers where it is on without its tools. It waits for
    an EBS volume for ever ("Amazon EBS volumes and NVMe", Amazon EBS User Guide), where Linux gives up after 30 s.
    """
    quick = "quiet loglevel=4 systemd.show_status=no mitigations=off cryptomgr.notests tsc=reliable no_timer_check"
    endpoint = f" kiln.endpoint={host.endpoint_url}" if host.endpoint_url else ""
    key = f" kiln.ssh={host.ssh_key}" if host.ssh_key else ""
    key += f" kiln.registry_ca={host.registries.ca}" if host.registries else ""
    # ACPI does the hot-plugging, so the ports' own services are needless devices; and waits for RCU cost ticks.
    quick += " pcie_ports=compat rcupdate.rcu_expedited=1"
    if host.accelerator == "tcg":
        # QEMU keeps translated code by its address: where that is random, each program that starts is translated anew.
        # It goes through a rep prefix a word at a time, so the kernel copies with its own loops (112 is rep_good).
        quick += " norandmaps clearcpuid=112 init_on_alloc=0"
        if cpus == 1:
            quick += " possible_cpus=1"  # spares the guest's own locks of several CPUs
    return (
        f"root=PARTUUID={ROOT_PARTUUID} rootwait rw rootflags=noinit_itable console=ttyS0,115200n8 net.ifnames=0 "
        f"nvme_core.multipath=N nvme_core.io_timeout=4294967295 apparmor=0 panic=5 {quick}{endpoint}{key}"
    )


def ec2_uuid(instance_id: str) -> str:
    """A UUID that begins with "ec2", by which cloud-init knows EC2."""
    digest = hashlib.sha256(instance_id.encode()).hexdigest()
    return f"ec2{digest[:5]}-{digest[5:9]}-4{digest[9:12]}-8{digest[12:15]}-{digest[15:27]}"


def _json(value: dict[str, object]) -> str:
    return json.dumps(value)
