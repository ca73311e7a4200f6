"""What a run needs of its environment: looked up before anything is made, and refused where it is missing."""

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

DEFINITION, QUEUE = "nextflow", "head"


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


def find(cloud: Cloud, spec: EnvironmentSpec) -> Setting:
    """Find it; raises UserError for a missing bucket, queue, job definition or image, each with what makes it."""
    bucket, account = find_bucket(cloud, spec)
    names = list_queues(cloud, spec)
    queue = find_head_queue(spec, names)
    definition = _find_definition(cloud, spec)
    image = str(definition["containerProperties"]["image"])
    _check_image(cloud, image)
    arn = str(definition["jobDefinitionArn"])
    return Setting(spec.name, cloud.region, account, bucket, arn, image, queue, names)


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
    """Choose the queue of head jobs: head, or the queue whose name ends so (pure)."""
    for name in names:
        if name == QUEUE or name.endswith((f"-{QUEUE}", f"_{QUEUE}")):
            return name
    raise UserError(
        f"{spec.name} has no queue for head jobs", f"its queues are {', '.join(names)}; none is called {QUEUE}",
        f"Add a queue {QUEUE} with On-Demand machines to the definition, as genomics.yaml has it, and register it.",
    )  # fmt: skip


def _find_definition(cloud: Cloud, spec: EnvironmentSpec) -> dict[str, Any]:
    """The newest ACTIVE revision of the head's job definition."""
    named = [name for name in spec.job_definitions if name == DEFINITION or name.endswith(f"-{DEFINITION}")]
    name = DEFINITION if DEFINITION in named or not named else named[0]
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


def _check_image(cloud: Cloud, image: str) -> None:
    """Raise UserError for an image of this account's ECR that is not there; others are not looked at."""
    registry, _, path = image.partition("/")
    if not (registry.endswith(".amazonaws.com") and f".ecr.{cloud.region}." in registry):
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
