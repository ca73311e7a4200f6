"""What the role of Nextflow's head jobs must be allowed beside the tasks' data: Kiln's own policy for it (pure).

Source: the page for AWS Batch, Service Authorization Reference.
"""

from collections.abc import Iterator

from cloud.policy import Scope
from cloud.rights.demand import Ask, Demand
from environments.kinds.iam.nextflow import RUN, nextflow_access
from environments.rights.of_machines import known
from environments.rights.of_tasks import list_task_demands
from environments.rights.use import Use
from environments.spec.environment import EnvironmentSpec

_JOB = "00000000-0000-0000-0000-000000000000"


def list_head_demands(role: str, use: Use, spec: EnvironmentSpec) -> Iterator[Demand]:
    """List what heads do with a role (its ARN): a run's calls of AWS Batch, and the tasks' data."""
    yield from list_task_demands(role, use)
    statements = tuple(nextflow_access(spec, Scope(use.region, use.account)))
    queue = next(iter(spec.queues))
    definition, job = use.arn("batch", "job-definition/nf-kiln:1"), use.arn("batch", f"job/{_JOB}")
    asks = (
        Ask(("batch:DescribeJobs", "batch:DescribeJobDefinitions")),
        Ask(("batch:SubmitJob",), (use.arn("batch", f"job-queue/{queue}"), definition, job), f"the queue {queue}"),
        Ask(("batch:RegisterJobDefinition",), (definition,), "job definitions nf-…"),
        Ask(("batch:TerminateJob",), (job,), "jobs of runs"),
    )
    policy = f"arn:{use.partition}:iam::{use.account}:policy/{spec.roles.nextflow_policy}"
    context = {**known(use), f"aws:ResourceTag/{RUN}": ("kiln",)}
    loss = "head jobs of Nextflow can submit no task, or end none"
    yield Demand(role, "kiln-nextflow", loss, policy, statements, asks, context)
