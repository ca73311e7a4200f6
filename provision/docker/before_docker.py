"""A systemd unit that makes ready what Docker lies on, before Docker starts."""

FOLDER = "/etc/systemd/system"


def write_unit(description: str, command: str) -> str:
    """Write the unit, whose `command` is run once in each boot.

    Nothing is stopped and nothing waits for what it holds up: it is ordered before Docker, which is ordered before the
    ECS agent. Required by Docker: where it fails, Docker does not start on the root volume instead.
    """
    return f"""\
[Unit]
Description=Kiln: {description}, before Docker
After=local-fs.target systemd-udevd.service
Before=docker.service ecs.service

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart={command}
TimeoutStartSec=300

[Install]
RequiredBy=docker.service
"""
