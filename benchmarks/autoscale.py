"""What growing storage costs and holds: `python -m benchmarks.autoscale [al2023|al2]`, on a machine of the offline AWS.

raw rate     one process that writes zeros straight to a blank volume's device
fill rate    a container that writes zeros into Docker's storage from its start until three volumes were added
The machine's own clock and /proc are read; the calls are those that the offline AWS counted.
"""

import sys
import tempfile
from pathlib import Path
from typing import Any

import boto3

from cloud import wait
from provision.model import shell
from sandbox.command import client, state, variables
from tests.support.growing import added_volumes, growing_machine, make_role
from tests.support.one_machine import OneMachine

IDLE_SECONDS = 60
CALLS = ("CreateVolume", "AttachVolume", "ModifyInstanceAttribute", "DeleteVolume", "DetachVolume")

RAW = r"""
disk=$(readlink -f /dev/sdp)
began=$(date +%s%N)
dd if=/dev/zero of="$disk" bs=1M count=4096 conv=fsync 2>/dev/null
echo $((4096 * 1048576 * 1000 / (($(date +%s%N) - began) / 1000000)))
"""
IDLE = r"""
pid=$(systemctl show kiln-storage --property MainPID | cut -d = -f 2)
before=$(awk '{ print $14 + $15 }' /proc/$pid/stat)
sleep @SECONDS@
after=$(awk '{ print $14 + $15 }' /proc/$pid/stat)
awk '/^VmRSS/ { print $2 }' /proc/$pid/status
echo $((after - before))
"""
FILL = r"""
docker run --detach --name writer --network none @IMAGE@ /bin/bash -c 'cat /dev/zero >/filler' >/dev/null
date +%s%N >/run/began
"""
FILLED = r"""
docker inspect writer --format '{{.State.Status}}' >/run/state
used=$(df --output=used -B1 /var/lib/docker | tail -n 1)
now=$(date +%s%N)
docker kill writer >/dev/null 2>&1 || true
cat /run/state
echo $((used / ((now - $(cat /run/began)) / 1000000) * 1000))
"""


def main() -> int:
    base = sys.argv[1] if len(sys.argv) > 1 else "al2023"
    running = client.start(report=print)
    variables.turn_process_to(running)
    make_role()
    with tempfile.TemporaryDirectory() as folder, growing_machine(base, Path(folder)) as machine:
        show(base, measured(machine, running))
    return 0


def measured(machine: OneMachine, running: state.State) -> dict[str, float]:
    """Rates in bytes per second, memory in KiB, CPU in ticks of 10 ms, calls per volume."""
    raw = float(machine.bash(with_blank_volume(machine), timeout=600))
    rss, ticks = machine.bash(IDLE.replace("@SECONDS@", str(IDLE_SECONDS)), timeout=120).split()
    before, ec2 = calls(running), boto3.client("ec2")
    machine.bash(shell.check_container() + FILL.replace("@IMAGE@", shell.CHECK_IMAGE))
    wait.until(
        lambda: len(added_volumes(ec2, machine)) >= 3 or None, what="three growths", timeout=1200, every=1, longest=1
    )
    status, rate = machine.bash(FILLED).split()
    return {
        "raw": raw, "rss": float(rss), "ticks": float(ticks), "held": float(status == "running"), "fill": float(rate),
        "calls": (calls(running) - before) / 3,
    }  # fmt: skip


def with_blank_volume(machine: OneMachine) -> str:
    """Attach a volume for the raw rate; returns the script that measures it."""
    ec2, launched = boto3.client("ec2"), machine.launched
    zone = launched.placement.subnet.zone
    volume = ec2.create_volume(AvailabilityZone=zone, Size=5, VolumeType="gp3", Encrypted=True)["VolumeId"]
    ec2.get_waiter("volume_available").wait(VolumeIds=[volume])
    ec2.attach_volume(VolumeId=volume, InstanceId=launched.instance_id, Device="/dev/sdp")
    mapping: Any = [{"DeviceName": "/dev/sdp", "Ebs": {"VolumeId": volume, "DeleteOnTermination": True}}]
    ec2.modify_instance_attribute(InstanceId=launched.instance_id, BlockDeviceMappings=mapping)
    return "until [ -b /dev/sdp ]; do sleep 0.2; done\n" + RAW


def calls(running: state.State) -> int:
    """The calls that add volumes, so far; DescribeVolumes, with which one polls, is not among them."""
    made = state.get(running.endpoint, "calls")["actions"]
    return sum(int(made.get(name, 0)) for name in CALLS)


def show(base: str, found: dict[str, float]) -> None:
    share = found["ticks"] / 100 / IDLE_SECONDS * 100
    rows = [
        ("raw device", f"{found['raw'] / 2**20:8.0f} MiB/s"),
        ("fill through three growths", f"{found['fill'] / 2**20:8.0f} MiB/s"),
        ("  share of the raw device's", f"{found['fill'] / found['raw']:8.2f}         goal 0.9"),
        ("  disk never full", f"{'yes' if found['held'] else 'NO':>8}"),
        ("daemon, resident while it waits", f"{found['rss'] / 1024:8.1f} MiB     goal 40"),
        ("daemon, of a core while it waits", f"{share:8.2f} %       goal 0.5"),
        ("AWS calls per volume, polls apart", f"{found['calls']:8.1f}         goal 6"),
    ]
    print(f"\nstorage that grows on {base}, in the offline AWS")
    for name, value in rows:
        print(f"{name:<36} {value}".rstrip())


if __name__ == "__main__":
    sys.exit(main())
