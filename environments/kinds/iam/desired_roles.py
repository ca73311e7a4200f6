"""Which roles an environment has: whom each trusts, and which managed policies it gets (pure).

Sources: "Required roles and policies" of the AWS Batch User Guide (service, Spot fleet, instance role), "IAM roles for
tasks" of the Amazon ECS Developer Guide (the job role trusts ecs-tasks.amazonaws.com, the execution role too).
"""

from dataclasses import dataclass
from typing import Any

from environments.model.inputs import Inputs
from environments.model.resource import Desired

NAME = "role"
_S3_READ, _SESSIONS = "AmazonS3ReadOnlyAccess", "AmazonSSMManagedInstanceCore"


@dataclass(frozen=True, kw_only=True)
class DesiredRole(Desired):
    """A role of an environment; `known` are the ARNs of the policies that Kiln attaches, and so detaches again."""

    environment: str
    known: tuple[str, ...]


def list_roles(inputs: Inputs) -> tuple[DesiredRole, ...]:
    """List the roles that an environment's definition asks for, each for one service, with its policies (pure)."""
    spec, roles = inputs.spec, inputs.spec.roles
    data, storage = _data_policies(inputs), _storage_policies(inputs)
    sessions = [inputs.managed(_SESSIONS)] if roles.session_manager else []
    ecs = inputs.managed("service-role/AmazonEC2ContainerServiceforEC2Role")
    on_machines = data if spec.job_role is None else []
    desired_roles = [_role(inputs, roles.instance, "ec2.amazonaws.com", [ecs, *storage, *sessions, *on_machines])]
    if spec.job_role:
        desired_roles.append(_role(inputs, spec.job_role, "ecs-tasks.amazonaws.com", data))
    if spec.with_execution_role:
        execution = [inputs.iam_arn("policy", spec.execution_policy)]
        desired_roles.append(_role(inputs, spec.execution_role, "ecs-tasks.amazonaws.com", execution))
    if spec.nextflow_role:
        heads = [*data, inputs.iam_arn("policy", roles.nextflow_policy)]
        desired_roles.append(_role(inputs, spec.nextflow_role, "ecs-tasks.amazonaws.com", heads))
    if roles.service != "service-linked":
        service = inputs.managed("service-role/AWSBatchServiceRole")
        desired_roles.append(_role(inputs, roles.service, "batch.amazonaws.com", [service]))
    if any(compute.needs_fleet_role for compute in spec.compute_environments.values()):
        fleet = inputs.managed("service-role/AmazonEC2SpotFleetTaggingRole")
        desired_roles.append(_role(inputs, roles.spot_fleet, "spotfleet.amazonaws.com", [fleet]))
    return tuple(desired_roles)


def _role(inputs: Inputs, name: str, service: str, policies: list[str]) -> DesiredRole:
    foreign = inputs.spec.iam == "existing"
    fields: dict[str, Any] = {"trust": service}
    if not foreign:
        fields |= {"policies": sorted(policies), "boundary": inputs.spec.roles.permissions_boundary}
    return DesiredRole(
        NAME, name, fields, inputs.tags, foreign=foreign, environment=inputs.spec.name, known=_known(inputs)
    )


def _data_policies(inputs: Inputs) -> list[str]:
    """Of whoever reads and writes the workflows' data."""
    spec, roles = inputs.spec, inputs.spec.roles
    arns = [inputs.iam_arn("policy", roles.bucket_policy)] if spec.buckets else []
    if roles.s3_read == "all":
        arns.append(inputs.managed(_S3_READ))
    elif roles.s3_read:
        arns.append(inputs.iam_arn("policy", roles.public_buckets_policy))
    return arns


def _storage_policies(inputs: Inputs) -> list[str]:
    name = inputs.spec.roles.storage_policy
    return [inputs.iam_arn("policy", name)] if name else []


def _known(inputs: Inputs) -> tuple[str, ...]:
    """Policies that Kiln attaches, and so takes away again; what else somebody attached stays."""
    roles = inputs.spec.roles
    own = (roles.bucket_policy, roles.public_buckets_policy, roles.storage_policy, roles.nextflow_policy,
           inputs.spec.execution_policy)  # fmt: skip
    return (
        *(inputs.iam_arn("policy", name) for name in own if name),
        inputs.managed(_S3_READ),
        inputs.managed(_SESSIONS),
    )
