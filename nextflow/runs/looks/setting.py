"""What a run needs of its environment: looked up before anything is made, and refused where it is missing."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cloud.session import Cloud
from environments.model.region import Region
from environments.spec.environment import EnvironmentSpec
from jobs.looks import queues
from kiln import typed
from kiln.errors import UserError
from nextflow.config import head_names
from nextflow.config.head_names import HEAD
from nextflow.runs.looks.bucket import find_bucket
from nextflow.runs.looks.definition import check_image, find_definition, find_image


@dataclass(frozen=True)
class Setting:
    """`definition` is the ARN of the head's job definition with its revision, `image` its container's; `queue` is the
    heads' (a name), `queues` are all of the environment (names): where tasks may be."""

    environment: str
    region: str
    account: str
    bucket: str
    definition: str
    image: str
    queue: str
    queues: tuple[str, ...]
    closed: tuple[str, ...] = ()
    """Those that take no jobs, and why."""


def find(cloud: Cloud, spec: EnvironmentSpec) -> Setting:
    """Find it; raises UserError for a missing bucket, queue, job definition or image, each with what makes it."""
    bucket, account = find_bucket(cloud, spec)
    described = queues.select(Region(cloud), spec.name, "")
    names = tuple(str(queue["jobQueueName"]) for queue in described)
    closed = {name: why for name, queue in zip(names, described, strict=True) if (why := _find_closed(queue))}
    head = find_head_queue(spec, names)
    if head in closed:
        raise UserError(
            f"the queue {head} takes no jobs", closed[head],
            f"Enable it: aws batch update-job-queue --job-queue {head} --state ENABLED; or "
            f"{typed.command(f'register-env --env {spec.name}')}.",
        )  # fmt: skip
    definition = find_definition(cloud, spec)
    image = find_image(definition)
    check_image(cloud, image, account)
    arn = str(definition["jobDefinitionArn"])
    others = tuple(f"{name}: {why}" for name, why in closed.items())
    return Setting(spec.name, cloud.region, account, bucket, arn, image, head, names, others)


def _find_closed(queue: Mapping[str, Any]) -> str:
    """Say why a queue takes no jobs; "" where it does (pure)."""
    if queue["state"] != "ENABLED":
        return f"it is {queue['state']}"
    if queue["status"] in ("INVALID", "DELETING", "DELETED"):
        return f"it is {queue['status']}: {queue.get('statusReason') or 'AWS Batch gives no reason'}"
    return ""


def list_queues(cloud: Cloud, spec: EnvironmentSpec) -> tuple[str, ...]:
    """List the names of the environment's queues in AWS; raises UserError where it is not registered."""
    return tuple(str(queue["jobQueueName"]) for queue in queues.select(Region(cloud), spec.name, ""))


def find_head_queue(spec: EnvironmentSpec, names: tuple[str, ...]) -> str:
    """Choose the queue of head jobs (pure)."""
    if name := head_names.find_head_queue(names):
        return name
    raise UserError(
        f"{spec.name} has no queue for head jobs", f"its queues are {', '.join(names)}; none is called {HEAD}",
        f"Add a queue {HEAD} with On-Demand machines to the definition, as genomics.yaml has it, and register "
        "it.",
    )  # fmt: skip
