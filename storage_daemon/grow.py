"""One growth: what exists already is finished first, so that it can be killed anywhere and run again.

In a process of its own (`kiln-storage grow`): what an AWS client costs in memory is paid only while it grows.
"""

from __future__ import annotations

import fcntl
import json
import os
import time
from dataclasses import asdict, dataclass
from typing import Any, Sequence

from . import devices, kinds, machine, metadata, pending, policy
from .ec2 import LIMITS, TAG, UNCERTAIN, Ec2, Refused, Volume
from .filesystems import FileSystem
from .metadata import Identity
from .settings import Settings

DEVICE_SECONDS = 90.0
LOCK = machine.STATE + "/lock"


@dataclass(frozen=True)
class Result:
    """`outcome` is grown, ceiling, limited (by AWS, or by its own device names) or failed; `seconds` what it took."""

    outcome: str
    why: str
    seconds: float = 0.0


def main(settings: Settings) -> int:
    """Print the result as JSON; exit code 0 when the file system has grown."""
    os.makedirs(machine.STATE, exist_ok=True)
    with open(LOCK, "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # one growth at a time, whoever asked for it
        began = time.monotonic()
        result = _attempt(settings)
        print(json.dumps(dict(asdict(result), seconds=round(time.monotonic() - began, 1))), flush=True)
    return 0 if result.outcome == "grown" else 1


def _attempt(settings: Settings) -> Result:
    try:
        here = metadata.identity()
        return Growth(settings, here, Ec2(here.region, here.instance), kinds.filesystem_of(settings)).run()
    except Refused as refusal:
        return Result("limited" if refusal.code in LIMITS else "failed", str(refusal))
    except machine.Failed as error:
        return Result("failed", str(error))


class Growth:
    """The order of things, with everything it acts on."""

    def __init__(self, settings: Settings, here: Identity, cloud: Ec2, files: FileSystem) -> None:
        self.settings, self.here, self.cloud, self.files = settings, here, cloud, files
        self.pending = pending.load()

    def run(self) -> Result:
        """Finish what an earlier growth began, else add a volume; raises Refused or machine.Failed."""
        mine = self._usable([volume for volume in self.cloud.volumes() if volume.state not in ("deleting", "deleted")])
        members = self.files.members()
        unfinished = [volume for volume in mine if not self._is_finished(volume, members)]
        for volume in unfinished:
            self._finish(volume, mine)
        if unfinished:
            return self._ended(f"finished with {', '.join(volume.id for volume in unfinished)}")
        size = self.pending.size or policy.next_size(self.settings, len(mine), policy.gib(self.files.size()))
        if not size:
            return Result("ceiling", f"{len(mine)} volumes were added, {policy.gib(self.files.size())} GiB in all")
        self.pending = self.pending.begin(size)
        volume = self._create()
        self._finish(volume, mine)
        return self._ended(f"added {volume.id} of {size} GiB")

    def _usable(self, mine: Sequence[Volume]) -> list[Volume]:
        """Without those that an earlier attempt has given up, or that AWS could not make: they are deleted."""
        useless = [volume for volume in mine if volume.id == self.pending.condemned or volume.state == "error"]
        for volume in useless:
            machine.log(f"{volume.id} cannot be used and is deleted")
            self._discard(volume)
        if self.pending.condemned:
            self.pending = self.pending.end()
        return [volume for volume in mine if volume not in useless]

    def _ended(self, what: str) -> Result:
        self.pending = self.pending.end()
        return Result("grown", what)

    def _is_finished(self, volume: Volume, members: Sequence[str]) -> bool:
        """Whether it is part of the file system and goes with the instance. Elsewhere, it is none of ours any more."""
        if volume.instance and volume.instance != self.here.instance:
            return True
        disk = devices.find(volume.id, volume.device) if volume.device else None
        return volume.deleted and disk in members

    def _create(self) -> Volume:
        settings = self.settings
        request: dict[str, Any] = {
            "AvailabilityZone": self.here.zone,
            "Size": self.pending.size,
            "VolumeType": settings.type,
            "Encrypted": settings.encrypted,
            "ClientToken": self.pending.token(self.here.instance),
        }
        optional = {"Iops": settings.iops, "Throughput": settings.throughput, "KmsKeyId": settings.kms_key}
        request.update({key: value for key, value in optional.items() if value is not None})
        own = {
            "Name": "kiln-storage-" + self.here.instance,
            TAG: self.here.instance,
            "kiln:expires": self.pending.expires,
        }
        try:
            volume_id = self.cloud.create(request, {**settings.tags, **own})
        except Refused as refusal:
            if refusal.code not in UNCERTAIN:  # nothing was made; another attempt may have other settings
                self.pending = self.pending.end()
            raise
        machine.log(f"made {volume_id} of {self.pending.size} GiB")
        try:
            return self.cloud.wait(volume_id, "available", "in-use")
        except machine.Failed:
            self.pending = self.pending.end()  # its token would bring the same volume again; a tag leads back to it
            raise

    def _finish(self, volume: Volume, mine: Sequence[Volume]) -> None:
        """Bring a volume of this instance into the file system, from wherever an earlier attempt left it."""
        if volume.state == "creating":
            volume = self.cloud.wait(volume.id, "available", "in-use")
        device = volume.device or self._attach(volume, mine)
        if not volume.deleted:
            self.pending = self.pending.bring(volume.id)
            self.cloud.delete_on_termination(volume.id, device)
        try:
            disk = machine.until(
                lambda: devices.find(volume.id, device), DEVICE_SECONDS, f"the disk of {volume.id}", 0.1
            )
        except machine.Failed as error:
            if self.pending.volume != volume.id:  # it was part of the file system once: never deleted
                raise
            self._discard(volume)
            raise machine.Failed(f"{error}: it was detached and deleted") from error
        self.files.add(disk)
        machine.log(f"{volume.id} is /dev/{disk}, part of {self.files.mount_point}")

    def _attach(self, volume: Volume, mine: Sequence[Volume]) -> str:
        names = devices.free_names([other.device for other in mine if other.device] + [self.settings.device])
        for name in names:
            try:
                self.cloud.attach(volume.id, name)
            except Refused as refusal:
                # Somebody else's volume may have a name that the kernel does not show.
                if refusal.code != "InvalidParameterValue" or "in use" not in str(refusal):
                    if refusal.code == "AttachmentLimitExceeded":
                        self._discard(volume)
                    raise
            else:
                return name
        self._discard(volume)
        raise Refused("AttachmentLimitExceeded", "every device name from /dev/sdf to /dev/sdp is taken")

    def _discard(self, volume: Volume) -> None:
        """Noted first, so that an attempt that is killed here is not followed by one that attaches it again."""
        self.pending = self.pending.condemn(volume.id)
        self.cloud.remove(self.cloud.volume(volume.id) or volume)
        self.pending = self.pending.end()
