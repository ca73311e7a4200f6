"""The picture of a region's environments, by read calls alone.

What the credentials may not look at is told, and the rest goes on.
"""

from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from cloud import errors
from cloud.session import Cloud
from environments.doctor.looks import around as look_around
from environments.doctor.looks import batch as look_batch
from environments.doctor.looks import ec2 as look_ec2
from environments.doctor.looks import kms as look_kms
from environments.doctor.picture.described import Described
from environments.doctor.picture.picture import Part, Picture
from environments.kinds.batch import compute_environments, job_queues
from environments.model import ownership
from environments.spec.environment import EnvironmentSpec

Look = Callable[[Cloud, Picture], dict[str, Any]]
# Later ones use what earlier ones saw: an AMI may stand in a launch template.
LOOKS: tuple[tuple[Part, Look], ...] = (
    ("templates", look_ec2.templates),
    ("images", look_ec2.images),
    ("network", look_ec2.network),
    ("types", look_ec2.types),
    ("quotas", look_around.quotas),
    ("definitions", look_batch.definitions),
    ("roles", look_around.roles),
    ("agents", look_around.agents),
    ("keys", look_kms.keys),
    ("volumes", look_ec2.volumes),
    ("jobs", look_batch.jobs),
)


def region(cloud: Cloud, now: datetime | None = None) -> Picture:
    """All compute environments and queues, and nothing else yet; two calls where none is paged."""
    found = compute_environments.described(cloud)
    return Picture(
        cloud.region, now or datetime.now(UTC), environments=found, queues=job_queues.listed(cloud),
        region_environments=found,
    )  # fmt: skip


def kilns(picture: Picture) -> Picture:
    """What of it belongs to any environment of Kiln's, by its tags."""
    return replace(
        picture,
        environments=[each for each in picture.environments if ownership.users(each.get("tags") or {})],
        queues=[each for each in picture.queues if ownership.users(each.get("tags") or {})],
    )


def one(picture: Picture, name: str, spec: EnvironmentSpec | None) -> Picture:
    """What of it is one environment's: by its tag; by its definition's names where nobody's tag is on it."""

    def mine(each: Described, called: str, names: Collection[str]) -> bool:
        users = ownership.users(each.get("tags") or {})
        return name in users or (not users and each[called] in names)

    names, queues = (spec.compute_environments, spec.queues) if spec else ({}, {})
    return picture.around(
        name,
        [each for each in picture.environments if mine(each, "computeEnvironmentName", names)],
        [each for each in picture.queues if mine(each, "jobQueueName", queues)],
    )


def fill(cloud: Cloud, picture: Picture, *, without: Collection[Part] = ()) -> Picture:
    """The same with everything that the checks need to know of its environments and queues."""
    unseen: dict[Part, str] = {}
    for part, look in LOOKS:
        if part in without:
            continue
        try:
            picture = replace(picture, **look(cloud, picture))
        except Exception as error:
            if errors.code(error) not in errors.DENIED:
                raise
            told = errors.translate(error)
            unseen[part] = f"{told.what}: {told.why}" if told else str(error)
    return replace(picture, unseen=unseen)
