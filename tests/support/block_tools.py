"""Stands for lvm2, btrfs-progs, xfsprogs, util-linux: run under their names, with KILN_ROOT as the machine.

State is tools.json in KILN_ROOT: `groups` (disk → volume group, "" for a physical volume of none), `extended` (disks
that the logical volume covers), `volumes`, `btrfs` (disks), `labels`, `mounted`, `log`. With KILL_PARENT="n before" or
"n behind" the process that ran the nth command is killed then.
"""

import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

ROOT = Path(os.environ["KILN_ROOT"])
STATE = ROOT / "tools.json"
NAMES = (
    *("pvs", "vgs", "lvs", "vgcreate", "vgextend", "lvcreate", "lvextend", "lvremove", "lvrename", "vgchange"),
    *("pvresize", "xfs_growfs", "mkfs.xfs", "mkfs.btrfs", "btrfs", "wipefs", "blkid", "mount", "umount"),
)
EMPTY = {"groups": {}, "extended": [], "volumes": [], "btrfs": [], "labels": {}, "mounted": "", "log": []}
SYS = ROOT / "sys/fs/btrfs/0000-aaaa"


def refuse(text: str) -> None:
    print(text, file=sys.stderr)
    sys.exit(5)


def dev(word: str) -> str:
    """The disk's name; there must be such a disk."""
    name = word.removeprefix("/dev/")
    if not (ROOT / "dev" / name).exists():
        refuse(f"Cannot use {word}: device not found")
    return name


def disk_of(words: list[str]) -> str:
    return dev(next(word for word in words if word.startswith("/dev/") and not word.startswith("/dev/kiln_docker")))


def report(state: dict[str, Any], name: str, fields: str) -> list[str]:
    groups = state["groups"]
    if name == "pvs":
        return [f"  /dev/{disk},{group}" for disk, group in groups.items()]
    if name == "lvs":
        return [f"  kiln_docker,{volume}" for volume in state["volumes"]]
    members = [disk for disk, group in groups.items() if group == "kiln_docker"]
    missing = [disk for disk in members if not (ROOT / "dev" / disk).exists()]
    free = len(set(members) - set(state["extended"]))
    return [f"  kiln_docker,{len(missing) if 'missing' in fields else free}"] if members else []


def lvm(state: dict[str, Any], name: str, words: list[str]) -> None:
    groups = state["groups"]
    if name in ("vgcreate", "vgextend"):
        disk = disk_of(words)
        if groups.get(disk):
            refuse(f"Physical volume '/dev/{disk}' is already in volume group '{groups[disk]}'")
        groups[disk] = "kiln_docker"
    elif name == "lvcreate":
        state["volumes"].append(words[words.index("-n") + 1])
        state["extended"] = list(groups)
    elif name == "lvremove":
        state["volumes"].remove("making")
    elif name == "lvrename":
        state["volumes"] = ["data"]
    elif name == "lvextend":
        if set(groups) == set(state["extended"]):
            refuse("New size given (0 extents) not larger than existing size")
        state["extended"] = list(groups)


def btrfs(state: dict[str, Any], words: list[str]) -> None:
    if words[:2] != ["device", "add"]:
        return
    disk = disk_of(words)
    if disk in state["btrfs"]:
        refuse(f"ERROR: /dev/{disk} is mounted")
    state["btrfs"].append(disk)
    (SYS / "devices" / disk).mkdir(parents=True)


def mount(state: dict[str, Any], words: list[str]) -> None:
    kind = words[words.index("-t") + 1] if "-t" in words else ""
    if not kind:
        return
    source = "/dev/mapper/kiln_docker-data" if kind == "xfs" else f"/dev/{state['btrfs'][0]}"
    state["mounted"] = kind
    info = ROOT / "proc/self/mountinfo"
    info.parent.mkdir(parents=True, exist_ok=True)
    info.write_text(
        f"22 1 0:1 / / rw - ext4 /dev/root rw\n30 22 0:2 / {words[-1]} rw,noatime shared:1 - {kind} {source} rw\n"
    )


def act(state: dict[str, Any], name: str, words: list[str]) -> str:
    if name in ("pvs", "vgs", "lvs"):
        return "\n".join(report(state, name, words[-1]))
    if name == "wipefs":
        disk = dev(words[-1])
        return "signature" if disk in state["groups"] or disk in state["btrfs"] or disk in state["labels"] else ""
    if name == "blkid":
        label = state["labels"].get(dev(words[-1]))
        if not label:
            sys.exit(2)
        return str(label)
    if name == "mkfs.btrfs":
        disk = disk_of(words)
        state["btrfs"], state["labels"][disk] = [disk], "kiln-docker"
        (SYS / "devices" / disk).mkdir(parents=True)
    elif name == "btrfs":
        btrfs(state, words)
    elif name == "mount":
        mount(state, words)
    else:
        lvm(state, name, words)
    return ""


def main() -> None:
    name, words = Path(sys.argv[0]).name, sys.argv[1:]
    if words[:1] == ["--config"]:
        words = words[2:]
    state = json.loads(STATE.read_text()) if STATE.exists() else json.loads(json.dumps(EMPTY))
    state["log"].append([name, *words])
    number, _, moment = os.environ.get("KILL_PARENT", "0 ").partition(" ")
    kills = len(state["log"]) == int(number)
    if kills and moment == "before":
        STATE.write_text(json.dumps(state))
        os.kill(os.getppid(), signal.SIGKILL)
        return
    printed = act(state, name, words)
    STATE.write_text(json.dumps(state))
    if kills:
        os.kill(os.getppid(), signal.SIGKILL)
        return
    print(printed)


main()
