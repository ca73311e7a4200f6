"""The lock object of a run: whether a head has renewed it lately."""

import json
from dataclasses import dataclass
from typing import Any

from cloud import errors
from cloud.session import Cloud
from nextflow.runs.looks.ages import find_age
from nextflow.runs.places import Places

FRESH = 180.0  # seconds: a head renews its lock every 30, and another takes it after so many (NF_LOCK_STALE)


@dataclass(frozen=True)
class Lock:
    """`job` is the id of the head's job, "" for a head outside AWS Batch; `age` in seconds since it was renewed.

    `is_held`: its head has not given it back.
    """

    job: str
    run_id: str
    age: float
    is_held: bool = True

    @property
    def is_fresh(self) -> bool:
        """Whether somebody holds it who has renewed it lately."""
        return self.is_held and self.age < FRESH


def read(cloud: Cloud, places: Places) -> Lock | None:
    """Read a run's lock; None where there is none."""
    answer = errors.or_none(cloud.client("s3").get_object, "NoSuchKey", "404", Bucket=places.bucket, Key=places.lock)
    if answer is None:
        return None
    data = _read_json(answer["Body"].read())
    return Lock(
        str(data.get("job") or ""), str(data.get("session") or ""), find_age(answer), data.get("state") != "free"
    )


def _read_json(text: bytes) -> dict[str, Any]:
    try:
        data = json.loads(text)
    except ValueError:
        return {}
    return data if isinstance(data, dict) else {}
