"""Stands for lvm2, btrfs-progs, xfsprogs, util-linux: run under their names, with KILN_ROOT as the machine.

State is the file `tools` (see marshal) in KILN_ROOT: `groups` (disk → volume group, "" for a physical volume of none),
`extended` (disks that the logical volume covers), `volumes`, `btrfs` (disks), `labels`, `mounted`, `log`. With
KILL_PARENT="n before" or "n behind" the process that ran the nth command is killed then.

Thousands of these start, and more modules (pathlib, json, signal) would take three times as long as all that they do.
"""

import marshal
import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

ROOT = os.environ.get("KILN_ROOT", "")
STATE = ROOT + "/tools"
KILL = 9
NAMES = (
    *("pvs", "vgs", "lvs", "vgcreate", "vgextend", "lvcreate", "lvextend", "lvremove", "lvrename", "vgchange"),
    *("pvresize", "xfs_growfs", "mkfs.xfs", "mkfs.btrfs", "btrfs", "wipefs", "blkid", "mount", "umount"),
)
DEVICES = ROOT + "/sys/fs/btrfs/0000-aaaa/devices/"


def refuse(text: str) -> None:
    print(text, file=sys.stderr)
    sys.exit(5)


def dev(word: str) -> str:
    """The disk's name; there must be such a disk."""
    name = word.removeprefix("/dev/")
    if not os.path.exists(f"{ROOT}/dev/{name}"):
        refuse(f"Cannot use {word}: device not found")
    return name


def disk_of(words: list[str]) -> str:
    return dev(next(word for word in words if word.startswith("/dev/") and not word.startswith("/dev/kiln_docker")))


def report(state: "dict[str, Any]", name: str, fields: str) -> list[str]:
    groups = state["groups"]
    if name == "pvs":
        return [f"  /dev/{disk},{group}" for disk, group in groups.items()]
    if name == "lvs":
        return [f"  kiln_docker,{volume}" for volume in state["volumes"]]
    members = [disk for disk, group in groups.items() if group == "kiln_docker"]
    missing = [disk for disk in members if not os.path.exists(f"{ROOT}/dev/{disk}")]
    free = len(set(members) - set(state["extended"]))
    return [f"  kiln_docker,{len(missing) if 'missing' in fields else free}"] if members else []


def lvm(state: "dict[str, Any]", name: str, words: list[str]) -> None:
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


def btrfs(state: "dict[str, Any]", words: list[str]) -> None:
    if words[:2] != ["device", "add"]:
        return
    disk = disk_of(words)
    if disk in state["btrfs"]:
        refuse(f"ERROR: /dev/{disk} is mounted")
    state["btrfs"].append(disk)
    os.makedirs(DEVICES + disk)


def mount(state: "dict[str, Any]", words: list[str]) -> None:
    kind = words[words.index("-t") + 1] if "-t" in words else ""
    if not kind:
        return
    source = "/dev/mapper/kiln_docker-data" if kind == "xfs" else f"/dev/{state['btrfs'][0]}"
    state["mounted"] = kind
    os.makedirs(ROOT + "/proc/self", exist_ok=True)
    with open(ROOT + "/proc/self/mountinfo", "w") as info:
        info.write(
            f"22 1 0:1 / / rw - ext4 /dev/root rw\n30 22 0:2 / {words[-1]} rw,noatime shared:1 - {kind} {source} rw\n"
        )


def act(state: "dict[str, Any]", name: str, words: list[str]) -> str:
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
        os.makedirs(DEVICES + disk)
    elif name == "btrfs":
        btrfs(state, words)
    elif name == "mount":
        mount(state, words)
    else:
        lvm(state, name, words)
    return ""


def read() -> "dict[str, Any]":
    try:
        with open(STATE, "rb") as file:
            state: dict[str, Any] = marshal.load(file)
            return state
    except FileNotFoundError:
        return {"groups": {}, "extended": [], "volumes": [], "btrfs": [], "labels": {}, "mounted": "", "log": []}


def write(state: "dict[str, Any]") -> None:
    with open(STATE, "wb") as file:
        marshal.dump(state, file)


def main() -> None:
    name, words = os.path.basename(sys.argv[0]), sys.argv[1:]
    if words[:1] == ["--config"]:
        words = words[2:]
    state = read()
    state["log"].append([name, *words])
    number, _, moment = os.environ.get("KILL_PARENT", "0 ").partition(" ")
    kills = len(state["log"]) == int(number)
    if kills and moment == "before":
        write(state)
        os.kill(os.getppid(), KILL)
        return
    printed = act(state, name, words)
    write(state)
    if kills:
        os.kill(os.getppid(), KILL)
        return
    print(printed)
