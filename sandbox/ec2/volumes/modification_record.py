"""A change of a volume as DescribeVolumesModifications shows it: how far it is says the clock.

Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_VolumeModification.html ("modifying | optimizing |
completed | failed"), https://docs.aws.amazon.com/ebs/latest/userguide/monitoring-volume-modifications.html (a new size
is there once the volume is optimizing).
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sandbox.world.world import current


@dataclass(frozen=True)
class Settings:
    """What ModifyVolume changes. `size` is in GiB, `throughput` in MiB/s."""

    size: int
    volume_type: str
    iops: int | None
    throughput: int | None


@dataclass(frozen=True)
class Change:
    """A change from `original` to `target`; `began` is in seconds since the epoch, `error` why it failed."""

    volume: Any
    original: Settings
    target: Settings
    began: float
    error: str = ""

    @property
    def volume_id(self) -> str:
        return str(self.volume.id)

    @property
    def modification_state(self) -> str:
        if self.error:
            return "failed"
        delays, passed = current().delays, current().clock.now() - self.began
        if passed < delays.volume_modifying:
            return "modifying"
        return "optimizing" if passed < delays.volume_modifying + delays.volume_optimizing else "completed"

    @property
    def ended(self) -> float | None:
        """When it completed or failed, in seconds since the epoch; None before."""
        if self.error:
            return self.began
        delays = current().delays
        return self.began + delays.volume_modifying + delays.volume_optimizing if self._is("completed") else None

    @property
    def progress(self) -> int:
        if self.error or self._is("modifying"):
            return 0
        delays = current().delays
        passed = current().clock.now() - self.began - delays.volume_modifying
        return 100 if self._is("completed") else min(99, int(100 * passed / delays.volume_optimizing))

    def _is(self, state: str) -> bool:
        return self.modification_state == state

    def show(self) -> dict[str, Any]:
        """Return the VolumeModification of EC2's API."""
        return {
            "VolumeId": self.volume_id,
            "ModificationState": self.modification_state,
            "StatusMessage": self.error or None,
            "Progress": self.progress,
            "StartTime": _make_time(self.began),
            "EndTime": None if self.ended is None else _make_time(self.ended),
            **_show("Original", self.original),
            **_show("Target", self.target),
        }

    def get_filter_value(self, name: str) -> str:
        """Return what a filter of DescribeVolumesModifications goes by; moto asks for it."""
        return str(self.show().get("".join(part.capitalize() for part in name.split("-"))))


def _show(which: str, settings: Settings) -> dict[str, Any]:
    return {
        f"{which}Size": settings.size, f"{which}VolumeType": settings.volume_type, f"{which}Iops": settings.iops,
        f"{which}Throughput": settings.throughput, f"{which}MultiAttachEnabled": False,
    }  # fmt: skip


def _make_time(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None)
