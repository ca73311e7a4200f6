"""From a builder to an AMI: stop, CreateImage, wait, tag, deregister."""

from collections.abc import Callable
from typing import Any

from cloud import errors, tags, wait
from cloud.session import Cloud
from images.builder.instances import describe
from kiln import signals
from kiln.errors import UserError
from kiln.undo import Undo

Progress = Callable[[str], None]


def stop(cloud: Cloud, instance: str) -> None:
    """Stop the builder, so that its file systems are whole; raises UserError when it ended instead."""
    cloud.ec2.stop_instances(InstanceIds=[instance])

    def stopped() -> bool | None:
        described = describe(cloud, instance)
        state = described["State"]["Name"] if described else "terminated"
        if state in {"terminated", "shutting-down"}:
            raise UserError(f"{instance} ended instead of stopping", "its time limit passed, or someone terminated it",
                            "Raise builder.time_limit.")  # fmt: skip
        return True if state == "stopped" else None

    wait.until(stopped, what=f"the stop of {instance}", timeout=900, every=0.4, longest=3)


def create(
    cloud: Cloud,
    undo: Undo,
    instance: str,
    name: str,
    description: str,
    own: dict[str, str],
    devices: list[str],
    *,
    reboot: bool,
) -> str:
    """CreateImage; the AMI and its snapshots are tagged from birth. Returns the AMI's id.

    `reboot` is for a one-time Spot builder, which cannot be stopped: EC2 shuts it down while it takes the snapshots
    (NoReboot=false). A stopped builder has nothing to reboot.
    """
    with signals.hold():
        ami = cloud.ec2.create_image(
            InstanceId=instance,
            Name=name,
            Description=description,
            NoReboot=not reboot,
            BlockDeviceMappings=[{"DeviceName": device, "Ebs": {"DeleteOnTermination": True}} for device in devices],
            TagSpecifications=tags.make_specifications(own, "image", "snapshot"),
        )["ImageId"]
        undo.push(
            "AMI and its snapshots",
            lambda: deregister(cloud, ami),
            by_hand=f"aws ec2 deregister-image --image-id {ami} --delete-associated-snapshots",
        )
    return str(ami)


def wait_available(cloud: Cloud, ami: str, progress: Progress) -> dict[str, Any]:
    """DescribeImages' entry of the AMI once it is available, however long that takes; raises UserError if it failed."""

    def available() -> dict[str, Any] | None:
        image = _find(cloud, ami)
        if image is None:
            return None
        if image["State"] == "available":
            return image
        if image["State"] in {"failed", "error", "invalid", "deregistered"}:
            reason = image.get("StateReason", {}).get("Message") or "AWS gives no reason"
            raise UserError(
                f"{ami} did not become available: its state is {image['State']}",
                reason,
                "Build again; a KMS key without grants is a common cause.",
            )
        progress(_percent(cloud, image))
        return None

    return wait.until(available, what=f"the image {ami}", timeout=None, every=0.4, longest=10)


def _find(cloud: Cloud, ami: str) -> dict[str, Any] | None:
    """None where there is no such AMI (yet): CreateImage answers some seconds before the id is known everywhere."""
    answer = errors.or_none(cloud.ec2.describe_images, ImageIds=[ami])
    return dict(answer["Images"][0]) if answer and answer["Images"] else None


def list_snapshots(image: dict[str, Any]) -> list[str]:
    """List the ids of an AMI's snapshots; `image` is its entry of DescribeImages (pure)."""
    return [m["Ebs"]["SnapshotId"] for m in image.get("BlockDeviceMappings", []) if m.get("Ebs", {}).get("SnapshotId")]


def _percent(cloud: Cloud, image: dict[str, Any]) -> str:
    snapshots = list_snapshots(image)
    answer = errors.or_none(cloud.ec2.describe_snapshots, SnapshotIds=snapshots) if snapshots else None
    if answer is None:
        return "snapshots are being made"
    parts = [snapshot.get("Progress") or "0%" for snapshot in answer["Snapshots"]]
    return f"snapshot {', '.join(parts)}"


def deregister(cloud: Cloud, ami: str) -> None:
    """Deregister an AMI and delete its snapshots.

    The id may not be known for some seconds after CreateImage: it is asked again before it is taken as gone.
    """
    image = wait.until(lambda: _find(cloud, ami), what=f"news of {ami}", timeout=60)
    with errors.gone_is_fine("InvalidAMIID.Unavailable"):
        cloud.ec2.deregister_image(ImageId=ami)
    for snapshot in list_snapshots(image):
        delete_snapshot(cloud, snapshot)


def delete_snapshot(cloud: Cloud, snapshot: str) -> None:
    """Delete an EBS snapshot; one that is gone already is no error."""
    with errors.gone_is_fine():
        cloud.ec2.delete_snapshot(SnapshotId=snapshot)


def set_tags(cloud: Cloud, ids: list[str], own: dict[str, str]) -> None:
    """Set tags on AMIs and snapshots; their other tags stay."""
    cloud.ec2.create_tags(Resources=ids, Tags=tags.as_list(own))


def share(cloud: Cloud, image: dict[str, Any], accounts: tuple[str, ...]) -> None:
    """Let other accounts launch the AMI and read its snapshots."""
    if not accounts:
        return
    users = [{"UserId": account} for account in accounts]
    cloud.ec2.modify_image_attribute(ImageId=image["ImageId"], LaunchPermission={"Add": users})
    for snapshot in list_snapshots(image):
        cloud.ec2.modify_snapshot_attribute(
            SnapshotId=snapshot, Attribute="createVolumePermission", OperationType="add", UserIds=list(accounts)
        )
