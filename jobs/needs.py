"""What the commands of jobs need to be allowed beyond what environments and the doctor need.

Sources: the pages for AWS Batch, Amazon ECS, Amazon S3 and CloudWatch Logs, Service Authorization Reference.
"""

from collections.abc import Iterator, Sequence

from cloud.policy import Permission, Scope
from environments.spec.environment import EnvironmentSpec


def needs(specs: Sequence[EnvironmentSpec], scope: Scope) -> tuple[Permission, ...]:
    """List the permissions for these environments."""
    return tuple(_look(specs, scope))


def _look(specs: Sequence[EnvironmentSpec], scope: Scope) -> Iterator[Permission]:
    """Tasks are named by jobs of any queue; of logs those of the environments alone."""
    yield Permission("JobsLook", ("ecs:DescribeTasks",))
    groups = sorted({spec.log_group.name for spec in specs})
    streams = tuple(scope.arn("logs", f"log-group:{name}{end}") for name in groups for end in ("", ":*"))
    yield Permission("JobsLogs", ("logs:GetLogEvents",), streams)
