"""Volumes that nobody uses and somebody pays for."""

from collections.abc import Iterator
from datetime import timedelta

from cloud import storage_volumes
from environments.doctor.picture.finding import Finding, warning
from environments.doctor.picture.picture import Picture
from kiln import typed, words

_ATTACHING = timedelta(minutes=10)


def unattached(picture: Picture) -> Iterator[Finding]:
    """Volumes that machines made to grow their storage, and that are attached to nothing (amazon-ebs-autoscale#30)."""
    for each in picture.volumes:
        owner = storage_volumes.owner(each)
        gone = owner not in picture.alive
        if not gone and picture.now - each["CreateTime"] < _ATTACHING:
            continue  # being attached
        whose = f"its machine {owner} is gone" if gone else f"its machine {owner} has not attached it"
        yield warning(
            f"{each['VolumeId']} ({each['Size']} GiB) is attached to nothing: {whose}",
            f"it is paid for; {words.age(each['CreateTime'], picture.now)}",
            f"{typed.command('clean --apply')}, or aws ec2 delete-volume --volume-id {each['VolumeId']}",
            each["VolumeId"],
        )
