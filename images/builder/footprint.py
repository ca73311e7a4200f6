"""What a builder is known by, what a build writes to its disks, and the removal of Kiln's own files from it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from images.builder.keys import Keys
from images.builder.launch import Launched
from images.record.report import Report
from provision.hygiene.checks import Builder

if TYPE_CHECKING:
    from provision.ssh.remote import Remote

SCRIPT = """\
echo "$(cat /etc/machine-id 2>/dev/null)"
df -P -B1 / | tail -1
grep -E ' (nvme[0-9]+n[0-9]+|xvd[a-z]+|sd[a-z]) ' /proc/diskstats"""


def measure(remote: "Remote") -> "Footprint":
    """Ask a machine, by one command, for its machine-id and for what its disks hold."""
    machine_id, root, *devices = remote.run(SCRIPT, timeout=60).stdout.splitlines()
    return Footprint(
        machine_id.strip(), DiskUse(int(root.split()[2]), sum(int(line.split()[9]) * 512 for line in devices))
    )


@dataclass(frozen=True)
class DiskUse:
    """Bytes used on the root file system, and bytes written to block devices since the machine's boot."""

    used: int
    written: int

    def __sub__(self, other: "DiskUse") -> "DiskUse":
        return DiskUse(self.used - other.used, self.written - other.written)


@dataclass(frozen=True)
class Footprint:
    """A machine's own id (/etc/machine-id), and what its disks hold."""

    machine_id: str
    disk: DiskUse


def identify_builder(machine_id: str, machine: Launched, keys: Keys) -> Builder:
    """Make the value of what no machine booted from the AMI may share with its builder."""
    return Builder((keys.host.public,), keys.public, machine_id, machine.instance_id)


def remove_own_files(remote: "Remote", user: str, report: Report) -> None:
    """Remove the runner's files and the login keys: the last command, since nobody can connect after it."""
    with report.step("leave") as line:
        line.note = "runner and keys removed"
        remote.remove([f"/home/{user}/.ssh/authorized_keys", "/root/.ssh/authorized_keys"])
