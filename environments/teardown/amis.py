"""AMIs that environments ran, where a person names them to go. Source: DeregisterImage, Amazon EC2 API Reference."""

from collections.abc import Collection

from cloud import errors, tags
from cloud.machine_images import describe
from cloud.session import Cloud


def list_existing(cloud: Cloud, ids: Collection[str]) -> set[str]:
    """Those that EC2 knows."""
    return {ami for ami in ids if ami and describe(cloud, ImageIds=[ami])}


def list_own(cloud: Cloud, ids: Collection[str]) -> set[str]:
    """Those that Kiln made in this account."""
    query = {"Owners": ["self"], "Filters": [{"Name": "tag-key", "Values": [tags.IMAGE]}]}
    desired = sorted(ami for ami in ids if ami)
    return {image["ImageId"] for image in describe(cloud, **query)} & set(desired) if desired else set()


def delete(cloud: Cloud, ami: str) -> None:
    """Deregister it, with its snapshots, in one call."""
    with errors.gone_is_fine("InvalidAMIID.Unavailable"):
        cloud.ec2.deregister_image(ImageId=ami, DeleteAssociatedSnapshots=True)
