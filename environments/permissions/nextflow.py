"""List what the person or role that runs Nextflow on an environment must be allowed: its calls, and no more.

Sources: "AWS Batch", Nextflow documentation (permissions of the head), and the calls of a run as recorded; the pages
for AWS Batch, Amazon S3, Amazon ECS and CloudWatch Logs, Service Authorization Reference.
"""

from collections.abc import Iterator, Sequence

from cloud.policy import Permission, Scope
from environments.kinds.iam import job_permissions
from environments.spec.environment import EnvironmentSpec

_LOOK = (
    "batch:DescribeComputeEnvironments", "batch:DescribeJobDefinitions", "batch:DescribeJobQueues",
    "batch:DescribeJobs", "ec2:DescribeInstances", "s3:ListAllMyBuckets",
)  # fmt: skip
_OBJECTS = (
    "s3:AbortMultipartUpload", "s3:DeleteObject", "s3:GetObject", "s3:GetObjectTagging",
    "s3:ListMultipartUploadParts", "s3:PutObject", "s3:PutObjectTagging",
)  # fmt: skip
_LISTS = ("s3:GetBucketAcl", "s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads")


def list_nextflow_permissions(specs: Sequence[EnvironmentSpec], scope: Scope) -> tuple[Permission, ...]:
    """List the permissions for Nextflow on these environments. Nextflow's job definitions are all called nf-…."""
    return (Permission("NextflowLook", _LOOK), *_jobs(specs, scope), *_data(specs, scope), *_output(specs, scope))


def _jobs(specs: Sequence[EnvironmentSpec], scope: Scope) -> Iterator[Permission]:
    """Of a job's ARN no more than its id is known: jobs of other queues can be ended too, but none be submitted."""
    definitions = job_permissions.name_definitions(scope, "nf-*")
    yield job_permissions.submit("Nextflow", specs, scope, definitions)
    yield Permission("NextflowJobs", ("batch:TagResource", "batch:TerminateJob"), (job_permissions.all_jobs(scope),))
    yield Permission("NextflowDefinitions", ("batch:RegisterJobDefinition", "batch:TagResource"), definitions)
    yield from job_permissions.pass_to_tasks("NextflowPassToTasks", specs, scope)


def _data(specs: Sequence[EnvironmentSpec], scope: Scope) -> Iterator[Permission]:
    """The environment's buckets; those under s3_read to be read."""
    begin = f"arn:{scope.partition}:s3:::"
    own = {spec.bucket_name(use, scope.account, scope.region): bucket.kms_key
           for spec in specs for use, bucket in spec.buckets.items()}  # fmt: skip
    if own:
        names = sorted(own)
        yield Permission("NextflowBuckets", _LISTS, tuple(begin + name for name in names))
        yield Permission("NextflowObjects", _OBJECTS, tuple(f"{begin}{name}/*" for name in names))
    if keys := sorted({key for key in own.values() if key}):
        yield Permission("NextflowKeys", ("kms:Decrypt", "kms:GenerateDataKey"), tuple(keys))
    if reads := sorted(_list_reads(specs)):
        places = tuple(begin + name + end for name in reads for end in ("", "/*"))
        yield Permission("NextflowReads", ("s3:GetObject", "s3:ListBucket"), places)


def _list_reads(specs: Sequence[EnvironmentSpec]) -> set[str]:
    """Names of buckets; * where the tasks may read every bucket."""
    return {name for spec in specs for name in (("*",) if spec.roles.s3_read == "all" else spec.roles.s3_read)}


def _output(specs: Sequence[EnvironmentSpec], scope: Scope) -> Iterator[Permission]:
    """A failed task's log; and its machine's type, for the trace (fetchInstanceType)."""
    yield job_permissions.read_logs("Nextflow", specs, scope)
    yield from job_permissions.look_at_machines("Nextflow", specs, scope)
