"""User data of the machines that Kiln itself starts: a pinned host key and a dead-man's switch."""

import json
from dataclasses import dataclass

SWITCH = "/usr/local/sbin/kiln-deadman"
SERVICE = "/etc/systemd/system/kiln-deadman.service"
TIMER = "/etc/systemd/system/kiln-deadman.timer"
CRON = "/etc/cron.d/kiln-deadman"  # Amazon Linux 1 has no systemd
DEADLINE = "/etc/kiln-deadline"
# After the root file system has grown, ext4 writes the inode tables of what is new in the background: 1/64 of it, which
# then is or is not in the AMI's snapshot, by chance. Boot commands run before cloud-init's growpart and resizefs; a
# machine that is launched from the AMI mounts without the option. Source: "init_itable", ext4(5).
LEAVE_INODE_TABLES = 'grep -q "^[^ ]* / ext4 " /proc/mounts && mount -o remount,noinit_itable / || :'


@dataclass(frozen=True)
class HostKey:
    """A one-build ed25519 host key in OpenSSH's text forms; removed from the machine before it is imaged."""

    private: str
    public: str


def make_cloud_config(host_key: HostKey, *, time_limit: int) -> str:
    """The #cloud-config of a builder, deterministic for equal arguments.

    `time_limit` is in seconds. Behind it the machine powers itself off, also after reboots; with the instance's
    shutdown behaviour `terminate`, EC2 then ends it, so that a forgotten builder cannot cost more than its limit.
    JSON is YAML: no quoting rules to get wrong. The switch is set by a boot command, early enough that a boot which
    fails later is covered too; so is what keeps the size of the AMI's snapshot from being a matter of chance.
    """
    document = {
        "ssh_deletekeys": True,
        "ssh_keys": {"ed25519_private": host_key.private, "ed25519_public": host_key.public},
        "ssh_pwauth": False,
        # What a build installs must not depend on the day: Amazon Linux would fetch security updates at first boot.
        "repo_upgrade": "none",
        "package_upgrade": False,
        "bootcmd": [
            ["cloud-init-per", "instance", "kiln-deadman", "sh", "-c", _switch(time_limit)],
            ["sh", "-c", LEAVE_INODE_TABLES],
        ],
    }
    return "#cloud-config\n" + json.dumps(document, indent=1, sort_keys=True) + "\n"


_UNITS = {
    SERVICE: "[Unit]\nDescription=Kiln: end this builder at its time limit\n[Service]\nType=oneshot\nExecStart="
    + SWITCH,
    TIMER: "[Unit]\nDescription=Kiln: look at this builder's time limit\n"
    "[Timer]\nOnCalendar=minutely\nAccuracySec=1s\n[Install]\nWantedBy=timers.target",
}


def _switch(time_limit: int) -> str:
    """Shell that puts a minute-by-minute look at an absolute deadline on the machine, by systemd or by cron."""
    units = "\n".join(f"  cat > {path} <<'END'\n{text}\nEND" for path, text in _UNITS.items())
    return f"""set -eu
echo $(( $(date +%s) + {time_limit} )) > {DEADLINE}
mkdir -p /usr/local/sbin
cat > {SWITCH} <<'END'
#!/bin/sh
# Kiln's dead-man's switch: a builder that was forgotten ends itself.
[ "$(date +%s)" -lt "$(cat {DEADLINE} 2>/dev/null || echo 0)" ] || /sbin/shutdown -h now
END
chmod 755 {SWITCH}
if [ -d /run/systemd/system ]; then
{units}
  systemctl daemon-reload
  systemctl --no-block enable --now kiln-deadman.timer
else
  echo '* * * * * root {SWITCH}' > {CRON}
fi
"""
