"""The compute environment that takes the place of another: its name, and what it remembers (pure)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from environments.kinds.batch.compute_request import DesiredEnvironment
from environments.kinds.batch.existing_environment import ExistingEnvironment
from environments.model import ownership

_STAMP = "%Y-%m-%dT%H:%M:%SZ"


def make_stamp(now: str, before: Sequence[ExistingEnvironment]) -> str:
    """Say as a tag when a successor is made: now, or later than all before it where somebody's clock is ahead."""
    stamps = [datetime.strptime(now, _STAMP)]
    for existing in before:
        try:
            stamps.append(datetime.strptime(existing.tags.get(ownership.MADE, ""), _STAMP) + timedelta(seconds=1))
        except ValueError:  # not Kiln's writing
            continue
    return max(stamps).strftime(_STAMP)


def plan_successor(desired: DesiredEnvironment, existing: ExistingEnvironment) -> DesiredEnvironment:
    """Plan the successor of `existing`: its name in AWS shows the time, its tag remembers the AMI before."""
    made = make_stamp(desired.tags[ownership.MADE], (existing, *existing.others))
    name = f"{desired.name[:110]}-{made.replace('-', '').replace(':', '').replace('T', '-').rstrip('Z')}"
    environment = desired.environment
    memory = ownership.memory(existing.tags, environment).moved_to(desired.fields["imageIdOverride"])
    labels = {**desired.tags, ownership.MADE: made, ownership.key(environment): memory.as_tag()}
    return replace(desired, tags=labels, exclusive=True, aws_name=name)
