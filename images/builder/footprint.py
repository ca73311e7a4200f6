"""What a machine is known by, what a build writes to its disks, and the end of Kiln's traces on it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from images.builder.keys import Keys
from images.builder.launch import Launched
from images.record.report import Report
from provision.provisioners.hygiene_checks import Builder

if TYPE_CHECKING:
    from provision.ssh.remote import Remote

SCRIPT = """\
echo "$(cat /etc/machine-id 2>/dev/null)"
df -P -B1 / | tail -1
grep -E ' (nvme[0-9]+n[0-9]+|xvd[a-z]+|sd[a-z]) ' /proc/diskstats"""


def measure(remote: "Remote") -> "Footprint":
    """Who the machine is and what its disks hold, in one question."""
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
    machine_id: str
    disk: DiskUse


def identify_builder(machine_id: str, machine: Launched, keys: Keys) -> Builder:
    """What no machine may have that is booted from the AMI."""
    return Builder((keys.host.public,), keys.public, machine_id, machine.instance_id)


def remove_traces(remote: "Remote", user: str, report: Report) -> None:
    """The last command: the runner's own traces and the login keys; nothing connects to this machine again."""
    with report.step("leave") as line:
        line.note = "runner and keys removed"
        remote.remove([f"/home/{user}/.ssh/authorized_keys", "/root/.ssh/authorized_keys"])
