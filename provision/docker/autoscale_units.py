"""The two units of the storage program, and Docker's dependence on the first.

Amazon Linux 2 has systemd 219, which knows the limit of memory by its older name alone.
"""

from provision.docker.before_docker import FOLDER, write_unit
from provision.model.recipe import Family

PREPARE = "kiln-storage-prepare.service"
WATCH = "kiln-storage.service"
DROP_IN = f"{FOLDER}/docker.service.d/kiln-storage.conf"
COMMAND = "/usr/local/sbin/kiln-storage"

_PREPARE = write_unit("Docker's file system", f"{COMMAND} prepare")

# A growth is a child in the same group: MemoryMax holds for an AWS client too. When memory runs out, the kernel should
# end a job and not the daemon on which every job's disk depends.
_WATCH = f"""\
[Unit]
Description=Kiln: keeps Docker's file system ahead of its writers
After={PREPARE}
Requires={PREPARE}

[Service]
ExecStart={COMMAND} watch
Restart=always
RestartSec=3
@MEMORY@=256M
OOMScoreAdjust=-900
Nice=-5

[Install]
WantedBy=multi-user.target
"""


def write_units(mount_point: str, family: Family) -> dict[str, str]:
    """Path of each unit → its text. The last makes Docker stop before its disk is unmounted."""
    watch = _WATCH.replace("@MEMORY@", "MemoryLimit" if family == "al2" else "MemoryMax")
    waits = f"[Unit]\nRequiresMountsFor={mount_point}\n"
    return {f"{FOLDER}/{PREPARE}": _PREPARE, f"{FOLDER}/{WATCH}": watch, DROP_IN: waits}
