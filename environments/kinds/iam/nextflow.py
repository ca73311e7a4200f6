"""What a head job of Nextflow may do in AWS Batch: the calls of a run, and what its entrypoint does (pure).

Its data is allowed by the policies of the tasks. A role cannot be told which run it is for, so the tag says only that
some run of Nextflow's has submitted a job (`kiln:run`): what carries none cannot be ended, another run's jobs could be.
Of the actions here ListJobs and the Describe calls of AWS Batch and EC2 know no resources.

Sources: "AWS Batch", Nextflow documentation (permissions of the head), and the calls of a run as recorded; "Supported
resource-level permissions for AWS Batch API actions" (aws:ResourceTag of jobs for CancelJob and TerminateJob;
TagResource where a call makes something with tags), AWS Batch User Guide.
"""

from collections.abc import Iterator

from cloud.policy import Permission, Scope, has_tag
from environments.kinds.iam import job_permissions
from environments.kinds.iam.statements import Statement, sid_of
from environments.spec.environment import EnvironmentSpec

RUN = "kiln:run"
"""The tag of every job of a run: head and tasks. Its value is the run's id."""
_LOOK = (
    "batch:DescribeComputeEnvironments", "batch:DescribeJobDefinitions", "batch:DescribeJobQueues",
    "batch:DescribeJobs", "batch:ListJobs", "ec2:DescribeInstances",
)  # fmt: skip
_ALL = (
    "batch:CancelJob", "batch:DeregisterJobDefinition", "batch:Describe*", "batch:Get*", "batch:List*",
    "batch:RegisterJobDefinition", "batch:SubmitJob", "batch:TerminateJob",
)  # fmt: skip


def nextflow_access(spec: EnvironmentSpec, scope: Scope) -> list[Statement]:
    """The statements of the head's policy, told apart by the environment's Sid."""
    sid = sid_of(spec.name)
    listed = list_head_permissions(spec, scope) if spec.roles.nextflow_access == "environment" else _list_all()
    statements = [permission.statement() for permission in listed]
    return [{**statement, "Sid": sid + statement["Sid"]} for statement in statements]


def _list_all() -> Iterator[Permission]:
    """Everything that AWS's console lists as List and Read, and five calls that write, on all resources: of 2019."""
    yield Permission("Nextflow", _ALL)


def list_head_permissions(spec: EnvironmentSpec, scope: Scope) -> Iterator[Permission]:
    """List what a head of this environment needs. Nextflow's own job definitions are all called nf-…."""
    definitions = job_permissions.name_definitions(scope, "nf-*")
    jobs = (job_permissions.all_jobs(scope),)
    yield Permission("HeadLook", _LOOK)
    yield job_permissions.submit("Head", [spec], scope, definitions)
    yield Permission("HeadLabel", ("batch:TagResource",), jobs)
    yield Permission("HeadDefinitions", ("batch:RegisterJobDefinition", "batch:TagResource"), definitions)
    yield Permission("HeadEnd", ("batch:CancelJob", "batch:TerminateJob"), jobs, has_tag(RUN))
    yield from job_permissions.pass_to_tasks("HeadPass", [spec], scope)
    yield job_permissions.read_logs("Head", [spec], scope)
    yield from job_permissions.look_at_machines("Head", [spec], scope)
