"""What the commands of jobs need to be allowed beyond what environments and the doctor need.

Sources: the pages for AWS Batch, Amazon ECS, Amazon S3 and CloudWatch Logs, Service Authorization Reference.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from cloud.policy import Permission, Scope
from environments.kinds.iam import job_permissions
from environments.machines.recorded import PREFIX
from environments.spec.environment import EnvironmentSpec
from jobs.canary.run import BEGIN

_DEFINITIONS = ("batch:DeregisterJobDefinition", "batch:RegisterJobDefinition", "batch:TagResource")


def needs(specs: Sequence[EnvironmentSpec], scope: Scope, _boundary: str = "") -> tuple[Permission, ...]:
    """List the permissions for these environments; no role is made."""
    return (*_look(specs, scope), *_canary(specs, scope), *_files(specs, scope), _record(scope))


def _look(specs: Sequence[EnvironmentSpec], scope: Scope) -> Iterator[Permission]:
    """Tasks are named by jobs of any queue; of logs those of the environments alone."""
    yield Permission("JobsLook", ("ecs:DescribeTasks",))
    yield job_permissions.read_logs("Jobs", specs, scope)


def _canary(specs: Sequence[EnvironmentSpec], scope: Scope) -> Iterator[Permission]:
    """Its job definition, and jobs on the environments' queues, under the tasks' own role."""
    names = sorted(f"{BEGIN}-{spec.name}" for spec in specs)
    definitions = job_permissions.name_definitions(scope, *names)
    yield Permission("CanaryDefinitions", _DEFINITIONS, definitions)
    yield job_permissions.submit("Canary", specs, scope, definitions)
    yield Permission("CanaryJobs", ("batch:TagResource",), (job_permissions.all_jobs(scope),))
    yield from job_permissions.pass_to_tasks("CanaryPassToTasks", specs, scope)


def _files(specs: Sequence[EnvironmentSpec], scope: Scope) -> Iterator[Permission]:
    """What it stages in the environments' buckets; that it may delete there stands with the environments' needs."""
    begin = f"arn:{scope.partition}:s3:::"
    buckets = {spec.bucket_name(use, scope.account, scope.region): bucket.kms_key
               for spec in specs for use, bucket in spec.buckets.items()}  # fmt: skip
    if buckets:
        places = tuple(f"{begin}{name}/*{BEGIN}/*" for name in sorted(buckets))
        yield Permission("CanaryFiles", ("s3:GetObject", "s3:PutObject"), places)
    if keys := sorted({key for key in buckets.values() if key}):
        yield Permission("CanaryKeys", ("kms:Decrypt", "kms:GenerateDataKey"), tuple(keys))


def _record(scope: Scope) -> Permission:
    """What was measured goes into tags of the AMI, which may be a stock one; no other tag may be written so."""
    named: dict[str, dict[str, Any]] = {
        "ForAllValues:StringLike": {"aws:TagKeys": [f"{PREFIX}*"]},
        "Null": {"aws:TagKeys": "false"},
    }
    return Permission("MemoryRecord", ("ec2:CreateTags",), scope.ec2("image"), named)
