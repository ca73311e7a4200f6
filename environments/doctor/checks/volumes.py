"""EBS volumes that nobody uses and somebody pays for."""

from collections.abc import Iterator
from datetime import timedelta

from cloud import storage_volumes
from environments.doctor.checks.finding import Finding, warning
from environments.doctor.facts.picture import Picture
from kiln import typed, words

_ATTACHING = timedelta(minutes=10)


def check_unattached_volumes(picture: Picture) -> Iterator[Finding]:
    """Find volumes that machines made to grow their storage, and that no machine has (amazon-ebs-autoscale#30)."""
    for volume in picture.volumes.unattached:
        owner = storage_volumes.read_owner(volume)
        ended = owner not in picture.volumes.living_owners
        if not ended and picture.scope.now - volume["CreateTime"] < _ATTACHING:
            continue  # being attached
        state = f"its machine {owner} is gone" if ended else f"its machine {owner} has not attached it"
        yield warning(
            f"{volume['VolumeId']} ({volume['Size']} GiB) is attached to nothing: {state}",
            f"it is paid for; {words.format_age(volume['CreateTime'], picture.scope.now)}",
            f"{typed.command('clean --apply')}, or aws ec2 delete-volume --volume-id {volume['VolumeId']}",
            volume["VolumeId"],
        )
