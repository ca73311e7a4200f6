"""Keeps the file system ahead of its writers: looks at it up to ten times a second, and has it grow in time."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections import deque
from typing import Any, Callable

from . import kinds, machine, pending, policy
from .filesystems import FileSystem
from .policy import Sample
from .settings import Settings

PATH = machine.STATE + "/state.json"
LONGEST = 900.0  # seconds after which a growth is killed; the next one goes on where it was


def spawn() -> subprocess.Popen[bytes]:
    """`kiln-storage grow`, whose credentials come from version 2 of the metadata service or not at all."""
    patient = {"AWS_EC2_METADATA_V1_DISABLED": "true", "AWS_METADATA_SERVICE_NUM_ATTEMPTS": "4",
               "AWS_METADATA_SERVICE_TIMEOUT": "2"}  # fmt: skip
    command = [sys.executable, "-m", str(__package__), "grow"]
    return subprocess.Popen(command, stdout=subprocess.PIPE, env={**os.environ, **patient})


class Watch:
    """What was seen so far, the growth under way, and when to try again."""

    def __init__(
        self,
        settings: Settings,
        files: FileSystem,
        start: Callable[[], Any] = spawn,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.settings, self.files, self._start, self._clock = settings, files, start, clock
        self._samples: deque[Sample] = deque()
        self._child: Any = None
        self._began = self._not_before = self._reported = 0.0
        self._failures = 0
        self._at_ceiling = self._total = -1
        self.growth_seconds = policy.FIRST_GUESS
        self.state: dict[str, Any] = {"pid": os.getpid(), "growths": 0, "now": "", "last": ""}
        self._unfinished = pending.load().is_open

    def look(self) -> float:
        """Look once and act; the seconds until the next look."""
        now = self._clock()
        if self._child is not None:
            self._collect(now)
        space = self.files.space()  # behind the collection: a growth that has just ended counts
        if space.total != self._total:  # another size: what fell before says nothing now
            self._samples.clear()
            self._total = space.total
        self._samples.append((now, space.free))
        while self._samples[0][0] < now - policy.WINDOW:
            self._samples.popleft()
        rate = policy.fall_rate(self._samples)
        if self._child is None:
            why = policy.why_grow(space, rate, self.growth_seconds, self.settings.minimum_free)
            if self._unfinished:
                why = "an interrupted growth is finished"
            if not why:
                # A rate rises and falls with every job: the line at the ceiling is printed again only where there was
                # room in between, and once an hour at most.
                if space.share >= policy.RELIEF and now - self._reported >= policy.SILENCE:
                    self._at_ceiling = -1
            elif now >= self._not_before and not self._is_full(now, space, why):
                self._grow(now, why)
        return min(0.2, policy.pause(space, rate)) if self._child is not None else policy.pause(space, rate)

    def _is_full(self, now: float, space: policy.Space, why: str) -> bool:
        """At the ceiling one line and one metric are all there is, until the file system has changed its size."""
        if self._unfinished:
            return False
        if self._at_ceiling == space.total:
            return True
        size, members = policy.gib(self.files.size()), len(self.files.members())
        if policy.next_size(self.settings, members - 1, size):
            return False
        self._at_ceiling, self._reported = space.total, now
        self._note(now=f"at its ceiling: {size} GiB on {members} volumes")
        machine.log(f"{why}, but {self.settings.mount_point} is at its ceiling: {size} of {self.settings.ceiling} GiB, "
                    f"{members - 1} of {self.settings.volumes} volumes added. It will not grow any more")  # fmt: skip
        print(metric("AtCeiling", 1, self.settings.mount_point), flush=True)
        return True

    def _grow(self, now: float, why: str) -> None:
        machine.log(f"{self.settings.mount_point} grows: {why}")
        self._began, self._child = now, self._start()
        self._note(now="growing: " + why)

    def _collect(self, now: float) -> None:
        if self._child.poll() is None:
            if now - self._began > LONGEST:
                self._child.kill()
            return
        output, code, self._child = self._child.stdout.read(), self._child.returncode, None
        try:
            result = json.loads(output.splitlines()[-1])
        except (IndexError, ValueError):
            result = {"outcome": "failed", "why": f"kiln-storage grow ended with {code}"}
        self._unfinished = pending.load().is_open
        took = now - self._began
        if result["outcome"] == "grown":
            self._failures, self._not_before = 0, 0.0
            self.growth_seconds = max(took, self.growth_seconds * 0.7)
            machine.log(f"{self.settings.mount_point} has grown in {took:.1f} s: {result['why']}")
            self._note(growths=self.state["growths"] + 1, now="", last=f"{result['why']} in {took:.0f} s")
            print(metric("GrowthSeconds", round(took, 1), self.settings.mount_point), flush=True)
            return
        self._failures += 1
        wait = policy.backoff(self._failures, result["outcome"] in ("limited", "ceiling"))
        self._not_before = now + wait
        machine.log(f"no growth ({result['outcome']}): {result['why']}. Next attempt in {wait:.0f} s")
        self._note(now=f"{result['outcome']}: {result['why']}")

    def _note(self, **changes: Any) -> None:
        self.state.update(changes, members=len(self.files.members()), size=policy.gib(self.files.size()))
        machine.write(PATH, json.dumps(self.state))


def metric(name: str, value: float, mount_point: str) -> str:
    """A line in CloudWatch's embedded metric format, for whatever ships the journal.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
    """
    directive = {"Namespace": "Kiln/Storage", "Dimensions": [["MountPoint"]], "Metrics": [{"Name": name}]}
    meta = {"Timestamp": int(time.time() * 1000), "CloudWatchMetrics": [directive]}
    return json.dumps({"_aws": meta, "MountPoint": mount_point, name: value})


def main(settings: Settings) -> int:
    """For ever; whatever it cannot help ends it, and systemd starts it again."""
    watch = Watch(settings, kinds.filesystem_of(settings))
    watch._note()
    while True:
        time.sleep(watch.look())
