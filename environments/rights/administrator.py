"""What an administrator must have made under `iam: existing`: roles, whom they trust and what they hold (pure)."""

from collections.abc import Iterator
from typing import Any

from cloud.rights.demand import Demand
from environments.kinds.iam import roles, service_linked
from environments.rights.of_heads import list_head_demands
from environments.rights.of_images import list_execution_demands, list_image_demands
from environments.rights.of_machines import list_machine_demands
from environments.rights.of_services import demand_of_batch, demand_of_spot_fleet
from environments.rights.of_tasks import list_task_demands
from environments.rights.use import Use
from environments.spec.environment import EnvironmentSpec

_AWS = ":iam::aws:policy/"


def describe_requirements(spec: EnvironmentSpec, use: Use) -> dict[str, Any]:
    """Describe all of IAM that the environment uses, as a document for programs."""
    own = list(_roles(spec, use))
    return {
        "environment": spec.name,
        "roles": [_describe_role(name, service, demands) for name, service, demands in own],
        "instance_profiles": [{"name": spec.roles.profile, "role": spec.roles.instance}],
        "service_linked_roles": sorted(_linked(spec)),
    }


def summarize(spec: EnvironmentSpec, use: Use) -> dict[tuple[str, str], str]:
    """Say of every such resource, by kind and name, what it must hold."""
    texts = {(roles.KIND, name): _summarize_role(service, demands) for name, service, demands in _roles(spec, use)}
    texts["instance profile", spec.roles.profile] = f"holds the role {spec.roles.instance}"
    for service in _linked(spec):
        made = f"is made by aws iam create-service-linked-role --aws-service-name {service}"
        texts[service_linked.KIND, service_linked.NAMES[service]] = made
    return texts


def _roles(spec: EnvironmentSpec, use: Use) -> Iterator[tuple[str, str, list[Demand]]]:
    """Name, the service that assumes it, what it needs."""
    names = spec.roles
    machines = f"arn:{use.partition}:iam::{use.account}:role/{names.instance}"
    on_machines = list_task_demands(machines, use) if use.tasks_on_machine else ()
    pulled = list_image_demands(machines, use)
    yield names.instance, "ec2.amazonaws.com", [*list_machine_demands(machines, use), *pulled, *on_machines]
    if spec.job_role:
        yield spec.job_role, "ecs-tasks.amazonaws.com", list(list_task_demands(spec.job_role, use))
    if spec.with_execution_role:
        execution = list(list_execution_demands(spec.execution_role, use, spec))
        yield spec.execution_role, "ecs-tasks.amazonaws.com", execution
    if spec.nextflow_role:
        heads = list(list_head_demands(spec.nextflow_role, use, spec))
        yield spec.nextflow_role, "ecs-tasks.amazonaws.com", heads
    if names.service != "service-linked":
        yield names.service, "batch.amazonaws.com", [demand_of_batch(names.service, use, machines)]
    if any(compute.needs_fleet_role for compute in spec.compute_environments.values()):
        yield names.spot_fleet, "spotfleet.amazonaws.com", [demand_of_spot_fleet(names.spot_fleet, use, machines)]


def _linked(spec: EnvironmentSpec) -> set[str]:
    services = {"batch.amazonaws.com"} if spec.roles.service == "service-linked" else set()
    if any(compute.market == "spot" for compute in spec.compute_environments.values()):
        services |= {"spot.amazonaws.com", "spotfleet.amazonaws.com"}
    return services


def _describe_role(name: str, service: str, demands: list[Demand]) -> dict[str, Any]:
    allow = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    return {
        "name": name, "trust": {"Version": "2012-10-17", "Statement": [allow]},
        "managed_policies": _managed(demands),
        "inline_policies": {
            demand.name: {"Version": "2012-10-17", "Statement": list(demand.statements)}
            for demand in demands if _AWS not in demand.policy
        },
    }  # fmt: skip


def _managed(demands: list[Demand]) -> list[str]:
    return list(dict.fromkeys(demand.policy for demand in demands if _AWS in demand.policy))


def _summarize_role(service: str, demands: list[Demand]) -> str:
    own = dict.fromkeys(
        action for demand in demands if _AWS not in demand.policy for ask in demand.asks for action in ask.actions
    )
    holds = [*(arn.rpartition("/")[2] for arn in _managed(demands)), *own]
    return f"trusts {service}, and holds {', '.join(holds) or 'no policy'}"
