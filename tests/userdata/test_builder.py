"""A builder's user data: deterministic, small, with nothing secret in it but its one-build host key."""

import json
import subprocess
from pathlib import Path

import pytest

from images.builder.keys import generate_keys
from userdata.builder import DEADLINE, LEAVE_INODE_TABLES, make_cloud_config


def test_it_is_cloud_config_and_deterministic() -> None:
    access = generate_keys("test")
    text = make_cloud_config(access.host, time_limit=5400)
    assert text == make_cloud_config(access.host, time_limit=5400)
    assert text.startswith("#cloud-config\n")
    assert len(text) < 16 * 1024
    document = json.loads(text.partition("\n")[2])
    assert document["ssh_keys"]["ed25519_public"] == access.host.public
    assert access.private.splitlines()[2] not in text


def test_the_switch_has_an_absolute_deadline() -> None:
    document = json.loads(make_cloud_config(generate_keys("test").host, time_limit=77).partition("\n")[2])
    [*_, script] = document["bootcmd"][0]
    assert f"+ 77 )) > {DEADLINE}" in script


@pytest.mark.parametrize(
    ("mounts", "remounted"),
    [
        ("rootfs / rootfs rw 0 0\n/dev/xvda1 / ext4 rw,noatime,data=ordered 0 0\n", True),  # Amazon Linux 1
        ("/dev/nvme0n1p1 / xfs rw,noatime 0 0\n/dev/nvme1n1 /data ext4 rw 0 0\n", False),  # Amazon Linux 2 and 2023
        ("tmpfs /run tmpfs rw 0 0\n/dev/root / ext4 rw 0 0\n", True),
    ],
)
def test_the_root_keeps_its_new_inode_tables_unwritten_where_it_has_any(
    tmp_path: Path, mounts: str, remounted: bool
) -> None:
    (tmp_path / "mounts").write_text(mounts)
    mount = tmp_path / "mount"
    mount.write_text(f'#!/bin/sh\necho "$@" > {tmp_path}/asked\n')
    mount.chmod(0o755)
    script = LEAVE_INODE_TABLES.replace("/proc/mounts", str(tmp_path / "mounts"))
    subprocess.run(["sh", "-c", script], env={"PATH": f"{tmp_path}:/usr/bin:/bin"}, check=True)
    asked = tmp_path / "asked"
    assert (asked.read_text().split() if asked.exists() else None) == (
        ["-o", "remount,noinit_itable", "/"] if remounted else None
    )
