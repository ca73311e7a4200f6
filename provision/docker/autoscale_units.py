"""The two units of the storage program, and Docker's dependence on the first.

Amazon Linux 2 has systemd 219, which knows the limit of memory by its older name alone.
"""

from provision.model.recipe import Family

PREPARE = "kiln-storage-prepare.service"
WATCH = "kiln-storage.service"
FOLDER = "/etc/systemd/system"
DROP_IN = f"{FOLDER}/docker.service.d/kiln-storage.conf"
COMMAND = "/usr/local/sbin/kiln-storage"

# Nothing is stopped and nothing waits for what it holds up: the unit is ordered before Docker, which is ordered before
# the ECS agent. Required by Docker: with this file system missing, Docker does not start on the root volume instead.
_PREPARE = f"""\
[Unit]
Description=Kiln: Docker's file system, before Docker
After=local-fs.target systemd-udevd.service
Before=docker.service ecs.service

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart={COMMAND} prepare
TimeoutStartSec=300

[Install]
RequiredBy=docker.service
"""

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
