"""Laws of snapshots: they take time and say how far they are; one that an image uses stays; owners are honoured.

Sources: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSnapshot.html, API_DeleteSnapshot.html,
API_DescribeSnapshots.html
"""

from collections.abc import Callable
from typing import Any

from moto.core.responses import ActionResult, EmptyResult
from moto.ec2.models.elastic_block_store import Snapshot
from moto.ec2.responses import EC2Response
from moto.ec2.utils import random_snapshot_id

from sandbox.ec2.hardware import machines
from sandbox.ec2.model.errors import refused
from sandbox.ec2.model.tagging import read_tags
from sandbox.world.hypervisor import MachineError
from sandbox.world.world import ACCOUNT, World, current

Done = Callable[[str | None], None]


class Pending(Snapshot):
    """A snapshot with progress of its own: reported by the machine's disk copy, or by the clock."""

    percent: float | None = None
    began: float | None = None

    full_snapshot_size_in_bytes: int | None = None
    state_message: str | None = None

    def report(self, percent: int) -> None:
        self.percent = float(percent)

    @property
    def progress(self) -> str:
        if self.status == "completed":
            return "100%"
        if self.percent is not None:
            return f"{min(99, int(self.percent))}%"
        if self.began is None:
            return "0%"
        world = current()
        return f"{min(99, int(100 * (world.clock.now() - self.began) / world.delays.snapshot))}%"


def begin(backend: Any, volume: Any, description: str, tags: dict[str, str]) -> Pending:
    """Make a new record in state `pending`; `copy` makes it real."""
    snapshot = Pending(
        backend, random_snapshot_id(), volume, description, encrypted=volume.encrypted, kms_key_id=volume.kms_key_id
    )
    snapshot.status = "pending"
    snapshot.start_time = current().clock.utcnow()
    backend.snapshots[snapshot.id] = snapshot
    snapshot.add_tags(tags)
    return snapshot


def finish(snapshot: Any, error: str | None) -> None:
    """End a copy: `completed`, or `error` with its message."""
    snapshot.status = "error" if error else "completed"
    snapshot.state_message = error


def copy_by_clock(world: World, snapshots: list[Any], done: Done) -> None:
    """Complete all when the clock says so, without machines; then `done(None)`."""
    for snapshot in snapshots:
        snapshot.began = world.clock.now()

    def end() -> None:
        for snapshot in snapshots:
            finish(snapshot, None)
        done(None)

    world.later(world.delays.snapshot, end)


def copy_disk(world: World, snapshot: Any) -> str | None:
    """Copy the disk of a snapshot's volume, in the caller's thread. The error's message, or None."""
    assert world.hypervisor is not None
    volume = snapshot.volume
    try:
        machines.make_disk(world, volume)
        world.hypervisor.snapshot(volume.id, snapshot.id, snapshot.report)
        error = None
    except MachineError as failure:
        error = str(failure)
    with world.lock:
        finish(snapshot, error)
        gone = snapshot.id not in snapshot.ec2_backend.snapshots
    if gone and not error:  # deleted while it was copied
        world.hypervisor.delete_snapshot(snapshot.id)
    return error


def find_image_using(backend: Any, snapshot_id: str) -> Any:
    """Find the registered image that has this snapshot; None when there is none."""
    return next((image for image in backend.amis.values() if snapshot_id in image.snapshot_ids), None)


def delete(backend: Any, snapshot_id: str) -> None:
    snapshot = backend.snapshots.pop(snapshot_id)
    world = current()
    if world.hypervisor and snapshot.status == "completed":
        world.hypervisor.delete_snapshot(snapshot_id)


class Snapshots(EC2Response):
    def describe_snapshots(self) -> ActionResult:
        result = super().describe_snapshots()
        owners = self._get_param("OwnerIds", [])
        answer: Any = result.result
        if owners:
            wanted = {ACCOUNT if owner == "self" else owner for owner in owners}
            answer["Snapshots"] = [snapshot for snapshot in answer["Snapshots"] if snapshot.owner_id in wanted]
        return result

    def create_snapshot(self) -> ActionResult:
        world, volume = current(), self.ec2_backend.get_volume(self._get_param("VolumeId"))
        tags = read_tags(self.params).get("snapshot", {})
        snapshot = begin(self.ec2_backend, volume, self._get_param("Description") or "", tags)
        if world.hypervisor:
            queue = volume.attachment.instance.id if volume.attachment else "volumes"
            world.queues.add(queue, lambda: _copy(world, snapshot))
        else:
            copy_by_clock(world, [snapshot], lambda error: None)
        return ActionResult(snapshot)

    def delete_snapshot(self) -> ActionResult:
        backend, snapshot_id = self.ec2_backend, self._get_param("SnapshotId")
        image = find_image_using(backend, snapshot_id)
        if image:
            message = f"The snapshot {snapshot_id} is currently in use by {image.id}"
            raise refused("InvalidSnapshot.InUse", message)
        if backend.snapshots[snapshot_id].owner_id != ACCOUNT:
            raise refused("UnauthorizedOperation", f"You do not own the snapshot {snapshot_id}")
        delete(backend, snapshot_id)
        return EmptyResult()


def _copy(world: World, snapshot: Any) -> None:
    copy_disk(world, snapshot)
