"""What the commands of Nextflow's side need to be allowed beyond what environments, the doctor and jobs need.

Sources: the pages for Amazon EC2, AWS Batch, Amazon S3 and Amazon ECR, Service Authorization Reference;
https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-push-iam.html (what docker push asks for).
"""

from collections.abc import Iterator, Sequence

from cloud.policy import Permission, Scope
from environments.spec.environment import EnvironmentSpec
from nextflow.config.head_names import HEAD, NEXTFLOW, find_head_definition, find_head_queue
from nextflow.head.needs import list_head_nodes

_REPOSITORY = (
    "ecr:CreateRepository", "ecr:DescribeImages", "ecr:DescribeRepositories", "ecr:GetLifecyclePolicy",
    "ecr:ListTagsForResource", "ecr:PutImageScanningConfiguration", "ecr:PutImageTagMutability",
    "ecr:PutLifecyclePolicy", "ecr:TagResource",
)  # fmt: skip
# Docker's own calls, with a login of ECR.
DOCKER = (
    "ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:CompleteLayerUpload", "ecr:GetDownloadUrlForLayer",
    "ecr:InitiateLayerUpload", "ecr:PutImage", "ecr:UploadLayerPart",
)  # fmt: skip


def needs(specs: Sequence[EnvironmentSpec], scope: Scope, boundary: str = "") -> tuple[Permission, ...]:
    """List the permissions for these environments; `boundary` is the ARN of the policy that bounds every role."""
    return (
        Permission("NextflowPrices", ("ec2:DescribeSpotPriceHistory",)),
        Permission("NextflowLogin", ("ecr:GetAuthorizationToken",)),
        Permission("NextflowRepository", _REPOSITORY + DOCKER, (scope.arn("ecr", "repository/nextflow"),)),
        *_runs(specs, scope),
        *_uploads(specs, scope),
        *list_head_nodes(specs, scope, boundary),
    )


def _runs(specs: Sequence[EnvironmentSpec], scope: Scope) -> Iterator[Permission]:
    """Head jobs of their own definition, with tags, and what runs have below _nextflow/ of the environments' buckets.

    That jobs may be listed and ended, and buckets listed, stands with the environments' needs.
    """
    named = {find_head_definition(spec.job_definitions) for spec in specs} or {NEXTFLOW}
    definitions = tuple(
        scope.arn("batch", f"job-definition/{name}{end}") for name in sorted(named) for end in ("", ":*")
    )
    names = sorted({queue for spec in specs if (queue := find_head_queue(spec.queues))} or {HEAD})
    queues = tuple(scope.arn("batch", f"job-queue/{name}") for name in names)
    jobs = (scope.arn("batch", "job/*"),)
    yield Permission("RunsSubmit", ("batch:SubmitJob",), (*queues, *definitions, *jobs))
    yield Permission("RunsTags", ("batch:TagResource",), jobs)
    buckets = {spec.bucket_name(use, scope.account, scope.region) for spec in specs for use in spec.buckets}
    if buckets:
        places = tuple(f"arn:{scope.partition}:s3:::{bucket}/_nextflow/*" for bucket in sorted(buckets))
        yield Permission("RunsFiles", ("s3:DeleteObject", "s3:GetObject", "s3:PutObject"), places)


def _uploads(specs: Sequence[EnvironmentSpec], scope: Scope) -> Iterator[Permission]:
    """What invoke upload does in the buckets; HeadObject is allowed by s3:GetObject."""
    names = sorted({spec.bucket_name(use, scope.account, scope.region) for spec in specs for use in spec.buckets})
    buckets = tuple(f"arn:{scope.partition}:s3:::{name}" for name in names)
    if buckets:
        yield Permission("UploadsBegun", ("s3:ListBucketMultipartUploads",), buckets)
        objects = ("s3:GetObject", "s3:ListMultipartUploadParts", "s3:PutObject")
        yield Permission("Uploads", objects, tuple(f"{bucket}/*" for bucket in buckets))
