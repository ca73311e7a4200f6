"""What a role of an environment needs, by what it is there for (pure)."""

from collections.abc import Iterator

from cloud.rights.demand import Demand
from environments.kinds.iam.desired_roles import DesiredRole
from environments.rights.of_heads import list_head_demands
from environments.rights.of_images import list_execution_demands, list_image_demands
from environments.rights.of_machines import list_machine_demands
from environments.rights.of_services import demand_of_batch, demand_of_spot_fleet
from environments.rights.of_tasks import list_task_demands
from environments.rights.use import Use
from environments.spec.environment import EnvironmentSpec


def list_role_demands(
    role: DesiredRole, arn: str, use: Use, spec: EnvironmentSpec, machines: str
) -> Iterator[Demand]:  # fmt: skip
    """List what a role (its ARN) needs; `machines` is the ARN of the role that machines have."""
    service = role.fields["trust"]
    if service == "ec2.amazonaws.com":
        yield from list_demands_on_machines(arn, use) if arn == machines else ()
    elif service == "ecs-tasks.amazonaws.com" and role.name == spec.job_role:
        yield from list_task_demands(arn, use)
    elif service == "ecs-tasks.amazonaws.com" and role.name == spec.execution_role:
        yield from list_execution_demands(arn, use, spec)
    elif service == "ecs-tasks.amazonaws.com" and role.name == spec.nextflow_role:
        yield from list_head_demands(arn, use, spec)
    elif service == "batch.amazonaws.com":
        yield demand_of_batch(arn, use, machines)
    elif service == "spotfleet.amazonaws.com":
        yield demand_of_spot_fleet(arn, use, machines)


def list_demands_on_machines(role: str, use: Use) -> Iterator[Demand]:
    """List what is done on machines with their role (its ARN): by themselves, for images, and by tasks on it."""
    yield from list_machine_demands(role, use)
    yield from list_image_demands(role, use)
    yield from list_task_demands(role, use) if use.tasks_on_machine else ()
