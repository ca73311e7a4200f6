"""What whoever sends jobs to AWS Batch and reads of them must be allowed: heads of Nextflow, people, the canary (pure).

`begin` is the beginning of each statement's Sid. Sources: the pages for AWS Batch, Amazon ECS and CloudWatch Logs,
Service Authorization Reference; "Granting a user permissions to pass a role to an AWS service", IAM User Guide.
"""

from collections.abc import Iterator, Sequence

from cloud.policy import Permission, Scope, pass_roles
from environments.spec.environment import EnvironmentSpec


def name_definitions(scope: Scope, *names: str) -> tuple[str, ...]:
    """ARNs of job definitions, with and without a revision."""
    return tuple(scope.arn("batch", f"job-definition/{name}{end}") for name in names for end in ("", ":*"))


def submit(begin: str, specs: Sequence[EnvironmentSpec], scope: Scope, definitions: Sequence[str]) -> Permission:
    """Send jobs of these definitions (ARNs) to any queue of the environments."""
    names = sorted({name for spec in specs for name in spec.queues})
    queues = tuple(scope.arn("batch", f"job-queue/{name}") for name in names)
    return Permission(f"{begin}Submit", ("batch:SubmitJob",), (*queues, *definitions, all_jobs(scope)))


def all_jobs(scope: Scope) -> str:
    """The ARN of every job: no more than a job's id is known in it."""
    return scope.arn("batch", "job/*")


def pass_to_tasks(sid: str, specs: Sequence[EnvironmentSpec], scope: Scope) -> Iterator[Permission]:
    """Name the environments' job roles in job definitions."""
    roles = sorted({scope.iam(f"role/{spec.job_role}") for spec in specs if spec.job_role})
    if roles:
        yield pass_roles(sid, roles, "ecs-tasks.amazonaws.com")


def read_logs(begin: str, specs: Sequence[EnvironmentSpec], scope: Scope) -> Permission:
    """Read what jobs have written."""
    groups = sorted({spec.log_group.name for spec in specs})
    streams = tuple(scope.arn("logs", f"log-group:{name}{end}") for name in groups for end in ("", ":*"))
    return Permission(f"{begin}Logs", ("logs:GetLogEvents",), streams)


def look_at_machines(begin: str, specs: Sequence[EnvironmentSpec], scope: Scope) -> Iterator[Permission]:
    """Ask ECS on which machine a job runs; AWS Batch names clusters for their compute environments."""
    names = sorted({name for spec in specs for name in spec.compute_environments})
    for sid, action, kind in (
        (f"{begin}Tasks", "ecs:DescribeTasks", "task"),
        (f"{begin}Machines", "ecs:DescribeContainerInstances", "container-instance"),
    ):
        yield Permission(sid, (action,), tuple(scope.arn("ecs", f"{kind}/{name}*_Batch_*/*") for name in names))
