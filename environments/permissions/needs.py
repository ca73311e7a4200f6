"""List what registering, showing and destroying environments must be allowed, by the names in their definitions.

Sources: the pages for AWS Batch, IAM, Amazon S3, Amazon EC2 and CloudWatch Logs in the Service Authorization Reference;
"Granting a user permissions to pass a role to an AWS service" (iam:PassedToService) and "Permissions boundaries for IAM
entities" (iam:PermissionsBoundary), IAM User Guide.
"""

from collections.abc import Iterator, Sequence

from cloud.policy import Permission, Scope, has_tag
from environments.model.ownership import PREFIX
from environments.permissions.needs_iam import iam
from environments.spec.environment import EnvironmentSpec

_LOOK = (
    "batch:DescribeComputeEnvironments", "batch:DescribeJobDefinitions", "batch:DescribeJobQueues",
    "batch:DescribeJobs", "batch:ListJobs", "ec2:DescribeImages", "ec2:DescribeInstances",
    "ec2:DescribeInstanceTypeOfferings", "ec2:DescribeInstanceTypes", "ec2:DescribeKeyPairs",
    "ec2:DescribeNetworkAcls", "ec2:DescribePlacementGroups", "ec2:DescribeRegions", "ec2:DescribeRouteTables",
    "ec2:DescribeSecurityGroups", "ec2:DescribeSubnets", "ec2:DescribeTags", "ec2:DescribeVpcEndpoints",
    "ecs:DescribeClusters",
    "iam:ListInstanceProfiles", "iam:ListPolicies", "iam:ListRoles", "kms:DescribeKey", "kms:GetKeyPolicy",
    "kms:ListGrants", "logs:DescribeLogGroups", "s3:ListAllMyBuckets",
)  # fmt: skip
_COMPUTE = (
    "batch:CreateComputeEnvironment", "batch:CreateJobQueue", "batch:DeleteComputeEnvironment", "batch:DeleteJobQueue",
    "batch:TagResource", "batch:UntagResource", "batch:UpdateComputeEnvironment", "batch:UpdateJobQueue",
)  # fmt: skip
_DEFINITIONS = (
    "batch:DeregisterJobDefinition", "batch:RegisterJobDefinition", "batch:TagResource", "batch:UntagResource",
)  # fmt: skip
_REMOVE = (
    "batch:DeleteComputeEnvironment", "batch:DeleteJobQueue", "batch:DeregisterJobDefinition", "batch:UntagResource",
    "batch:UpdateComputeEnvironment", "batch:UpdateJobQueue",
)  # fmt: skip
_BUCKETS = (
    "s3:CreateBucket", "s3:DeleteBucket", "s3:GetBucketPolicy", "s3:GetBucketPublicAccessBlock", "s3:GetBucketTagging",
    "s3:GetBucketVersioning", "s3:GetEncryptionConfiguration", "s3:GetLifecycleConfiguration", "s3:ListBucket",
    "s3:ListBucketVersions", "s3:PutBucketPolicy", "s3:PutBucketPublicAccessBlock", "s3:PutBucketTagging",
    "s3:PutBucketVersioning", "s3:PutEncryptionConfiguration", "s3:PutLifecycleConfiguration",
)  # fmt: skip
_EMPTY = ("s3:DeleteObject", "s3:DeleteObjectVersion")  # of a bucket that a person names to destroy-env
_LOGS = (
    "logs:CreateLogGroup", "logs:DeleteLogGroup", "logs:DeleteRetentionPolicy", "logs:ListTagsForResource",
    "logs:PutRetentionPolicy", "logs:TagResource", "logs:UntagResource",
)  # fmt: skip


def needs(specs: Sequence[EnvironmentSpec], scope: Scope, boundary: str = "") -> tuple[Permission, ...]:
    """List the permissions for these environments.

    `boundary` is the ARN of the policy that bounds every role; default: what the definitions name.
    """
    return (
        Permission("EnvironmentsLook", _LOOK),
        *_storage(specs, scope),
        *iam(specs, scope, boundary),
        *_network(specs, scope),
        *_batch(specs, scope),
    )


def _storage(specs: Sequence[EnvironmentSpec], scope: Scope) -> tuple[Permission, ...]:
    names = {spec.bucket_name(use, scope.account, scope.region) for spec in specs for use in spec.buckets}
    buckets = tuple(f"arn:{scope.partition}:s3:::{name}" for name in sorted(names))
    groups = sorted({spec.log_group.name for spec in specs})
    data = tuple(f"{bucket}/*" for bucket in buckets)
    logs = tuple(scope.arn("logs", f"log-group:{name}{end}") for name in groups for end in ("", ":*"))
    groups_alone = (Permission("LogGroups", _LOGS, logs),)
    if not buckets:
        return groups_alone
    return (Permission("Buckets", _BUCKETS, buckets), Permission("BucketsEmpty", _EMPTY, data), *groups_alone)


def _network(specs: Sequence[EnvironmentSpec], scope: Scope) -> tuple[Permission, ...]:
    """Security groups, by the environments' tags. The VPC, and tags at creation, come with images/needs.py."""
    named = {"ForAnyValue:StringEquals": {"aws:TagKeys": sorted(PREFIX + spec.name for spec in specs)}}
    groups = scope.ec2("security-group")
    change = ("ec2:CreateTags", "ec2:DeleteSecurityGroup", "ec2:DeleteTags")
    return (
        Permission("GroupsMake", ("ec2:CreateSecurityGroup",), groups, named),
        *(
            Permission(f"Groups{n}", change, groups, {"Null": {f"aws:ResourceTag/{PREFIX}{spec.name}": "false"}})
            for n, spec in enumerate(specs, 1)
        ),
    )


def _batch(specs: Sequence[EnvironmentSpec], scope: Scope) -> tuple[Permission, ...]:
    """By name: a roll-out adds something to the end of a compute environment's name."""
    compute = sorted({name for spec in specs for name in spec.compute_environments})
    queues = sorted({name for spec in specs for name in spec.queues})
    definitions = sorted({name for spec in specs for name in spec.job_definitions})
    # A queue is made and changed with its compute environments: AWS checks these actions for both.
    arns = [scope.arn("batch", f"compute-environment/{name}*") for name in compute]
    arns += [scope.arn("batch", f"job-queue/{name}") for name in queues]
    permissions = [Permission("Batch", _COMPUTE, tuple(arns))]
    permissions.append(Permission("Jobs", ("batch:TerminateJob",), (scope.arn("batch", "job/*"),)))
    if definitions:
        named = tuple(scope.arn("batch", f"job-definition/{n}{end}") for n in definitions for end in ("", ":*"))
        permissions.append(Permission("Definitions", _DEFINITIONS, named))
    own = {job.ecr_repository["repository"] for spec in specs for job in spec.job_definitions.values()
           if job.ecr_repository}  # fmt: skip
    if repositories := sorted({name for spec in specs for name in spec.repositories} | own):
        pushed = tuple(scope.arn("ecr", f"repository/{name}") for name in repositories)
        permissions.append(Permission("Pushed", ("ecr:DescribeImages",), pushed))
    return (*permissions, *_removals(specs, scope))


def _removals(specs: Sequence[EnvironmentSpec], scope: Scope) -> Iterator[Permission]:
    """What a definition no longer names is known by the environment's tag."""
    kinds = ("compute-environment", "job-definition", "job-queue")
    arns = tuple(scope.arn("batch", f"{kind}/*") for kind in kinds)
    for n, spec in enumerate(specs, 1):
        yield Permission(f"Removed{n}", _REMOVE, arns, has_tag(PREFIX + spec.name))
