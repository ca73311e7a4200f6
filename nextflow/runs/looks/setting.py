"""What a run needs of its environment: looked up before anything is made, and refused where it is missing."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cloud import errors
from cloud.pages import list_all
from cloud.session import Cloud
from environments.model.region import Region
from environments.spec.environment import EnvironmentSpec
from jobs.looks import queues
from kiln import typed
from kiln.errors import UserError
from nextflow.config import places

DEFINITION = "nextflow"


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
    definition = _find_definition(cloud, spec)
    image = _find_image(definition)
    _check_image(cloud, image, account)
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


def find_bucket(cloud: Cloud, spec: EnvironmentSpec) -> tuple[str, str]:
    """Find the environment's work bucket and the account's id; raises UserError where the bucket is missing."""
    use = "work" if "work" in spec.buckets else next(iter(spec.buckets), "")
    if not use:
        raise UserError(
            f"{spec.name} has no bucket", "runs keep their work, cache and logs in S3; the definition names no bucket",
            "Add buckets: {work: {}} to the definition, and register it.",
        )  # fmt: skip
    account = cloud.account()
    bucket = spec.bucket_name(use, account, cloud.region)
    try:
        cloud.client("s3").head_bucket(Bucket=bucket)
    except Exception as error:
        if errors.code(error) not in ("404", "NoSuchBucket"):
            raise
        raise UserError(
            f"the bucket {bucket} is missing", f"runs of {spec.name} keep their work, cache and logs there",
            f"{typed.command(f'register-env --env {spec.name}')} makes it.",
        ) from None  # fmt: skip
    return bucket, account


def list_queues(cloud: Cloud, spec: EnvironmentSpec) -> tuple[str, ...]:
    """List the names of the environment's queues in AWS; raises UserError where it is not registered."""
    return tuple(str(queue["jobQueueName"]) for queue in queues.select(Region(cloud), spec.name, ""))


def find_head_queue(spec: EnvironmentSpec, names: tuple[str, ...]) -> str:
    """Choose the queue of head jobs (pure)."""
    if name := places.find_head_queue(names):
        return name
    raise UserError(
        f"{spec.name} has no queue for head jobs", f"its queues are {', '.join(names)}; none is called {places.HEAD}",
        f"Add a queue {places.HEAD} with On-Demand machines to the definition, as genomics.yaml has it, and register "
        "it.",
    )  # fmt: skip


def name_definition(spec: EnvironmentSpec) -> str:
    """Name the head's job definition (pure)."""
    named = [name for name in spec.job_definitions if name == DEFINITION or name.endswith(f"-{DEFINITION}")]
    return DEFINITION if DEFINITION in named or not named else named[0]


def _find_definition(cloud: Cloud, spec: EnvironmentSpec) -> dict[str, Any]:
    """The newest ACTIVE revision of the head's job definition."""
    name = name_definition(spec)
    revisions = list_all(
        cloud.client("batch"), "describe_job_definitions", "jobDefinitions", jobDefinitionName=name, status="ACTIVE"
    )
    if revisions:
        newest: dict[str, Any] = max(revisions, key=lambda revision: int(revision["revision"]))
        return newest
    raise UserError(
        f"there is no job definition {name} in {cloud.region}",
        "the head of a run is a job of that definition, whose image holds Nextflow",
        "invoke nextflow-image --push puts the image into ECR; then "
        f"{typed.command(f'register-env --env {spec.name}')}.",
    )


def _find_image(definition: Mapping[str, Any]) -> str:
    """The image of a definition of a single container; raises UserError for any other, which takes no command."""
    container = definition.get("containerProperties") or {}
    if container.get("image"):
        return str(container["image"])
    name = f"{definition['jobDefinitionName']}:{definition['revision']}"
    raise UserError(
        f"the job definition {name} is not of a single container",
        "a head's command and variables are overrides of containerProperties, which it lacks",
        f"Somebody else registered it: aws batch deregister-job-definition --job-definition {name}",
    )


def _check_image(cloud: Cloud, image: str, account: str) -> None:
    """Raise UserError for an image of this account's ECR that is not there; others are not looked at."""
    registry, _, path = image.partition("/")
    if not registry.startswith(f"{account}.dkr.ecr.{cloud.region}."):
        return
    name, at, digest = path.partition("@")
    repository, _, tag = name.partition(":")
    wanting = {"imageDigest": digest} if at else {"imageTag": tag or "latest"}
    query = {"registryId": registry.split(".")[0], "repositoryName": repository, "imageIds": [wanting]}
    gone = ("RepositoryNotFoundException", "ImageNotFoundException")
    if errors.or_none(cloud.client("ecr").describe_images, *gone, **query) is None:
        raise UserError(
            f"the image of Nextflow is missing: {image}", "the job definition names it, and ECR has it no more",
            "invoke nextflow-image --push puts it there; then register the environment again.",
        )  # fmt: skip
