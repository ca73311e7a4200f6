"""Compute environments: made, updated, deleted; each change takes effect after a while of the sandbox's clock.

Sources: https://docs.aws.amazon.com/batch/latest/APIReference/API_CreateComputeEnvironment.html,
…/API_UpdateComputeEnvironment.html, …/API_DeleteComputeEnvironment.html,
https://docs.aws.amazon.com/batch/latest/userguide/updating-compute-environments.html
"""

from typing import Any
from uuid import uuid4

from sandbox.batch.compute_environments import clusters, draining, resource_rules, states, update_rules
from sandbox.batch.model import account, names, quotas, tag_rules
from sandbox.batch.model.errors import executing, refused
from sandbox.batch.model.records import MOVING, Environment, Fields, Records
from sandbox.world.world import current

_IMITATED = (resource_rules.EC2, resource_rules.SPOT)
_OTHERS = "compute environments of EC2 and SPOT on Amazon ECS only"
_DEFAULT_IMAGE = {"imageType": "ECS_AL2023"}


def create(records: Records, request: Fields) -> Fields:
    name = request["computeEnvironmentName"]
    names.check("computeEnvironmentName", name)
    if name in records.environments:
        raise refused("Object already exists")
    quotas.check_environments(records)
    tag_rules.check(request.get("tags") or {})
    resources = _read_resources(request, records.region_name)
    role = request.get("serviceRole")
    uuid = str(uuid4())
    environment = Environment(
        name=name,
        arn=records.arn("compute-environment", name),
        kind=request["type"],
        state=request.get("state", "ENABLED"),
        resources=resources,
        service_role=account.make_role_arn(role) if role else account.ensure_linked_role(),
        uuid=uuid,
        cluster=clusters.create(records.region_name, name, uuid),
        tags=dict(request.get("tags") or {}),
        context=request.get("context", ""),
        unmanaged_vcpus=request.get("unmanagedvCpus"),
    )
    _raise(environment, resources.get("desiredvCpus", 0))
    if update_rules.can_be_updated(environment):
        environment.update_policy = dict(update_rules.DEFAULT_POLICY)
    records.environments[name] = environment
    current().later(current().delays.batch_environment, lambda: states.finish_making(records, environment))
    return _identify(environment)


def _read_resources(request: Fields, region: str) -> Fields:
    """Read computeResources with Batch's defaults; refused when they make no sense."""
    kind, given = request["type"], request.get("computeResources")
    if kind == "UNMANAGED":
        if given:
            raise executing("computeResources can not be specified for UNMANAGED compute environments.")
        return {}
    if request.get("unmanagedvCpus") is not None:
        raise executing("unmanagedvCpus can only be specified for UNMANAGED compute environments.")
    if not given:
        raise executing("computeResources can not be null for MANAGED compute environments.")
    if given["type"] not in _IMITATED or request.get("eksConfiguration"):
        raise NotImplementedError(_OTHERS)
    least = given.get("minvCpus", 0)
    defaults = {"minvCpus": least, "desiredvCpus": least, "allocationStrategy": resource_rules.BEST_FIT,
                "ec2Configuration": [_DEFAULT_IMAGE]}  # fmt: skip
    resources = {**defaults, **given}
    resource_rules.check(resources, region)
    return resources


def update(records: Records, request: Fields) -> Fields:
    environment = _find(records, request["computeEnvironment"])
    if environment.status in MOVING:
        raise refused("Cannot update, resource is being modified")
    update_rules.check(environment, request)
    changes = request.get("computeResources") or {}
    if changes.get("type", resource_rules.EC2) not in _IMITATED:
        raise NotImplementedError(_OTHERS)
    before = environment.resources
    resources = update_rules.apply_changes(before, changes, records.region_name) if changes else before
    infrastructure = bool(update_rules.list_infrastructure_fields(changes))
    environment.resources = resources
    environment.state = request.get("state", environment.state)
    environment.context = request.get("context", environment.context)
    environment.unmanaged_vcpus = request.get("unmanagedvCpus", environment.unmanaged_vcpus)
    if "serviceRole" in request:
        environment.service_role = account.make_role_arn(request["serviceRole"])
    if "updatePolicy" in request:
        policy = environment.update_policy or update_rules.DEFAULT_POLICY
        environment.update_policy = {**policy, **request["updatePolicy"]}
    states.move(environment, "UPDATING", "ComputeEnvironment Updating")
    delays = current().delays
    if "desiredvCpus" in changes:
        _raise(environment, changes["desiredvCpus"])
    if infrastructure:
        environment.template_version = None
        environment.revision += 1
        draining.end_updated(records, environment)
    delay = delays.batch_infrastructure if infrastructure else delays.batch_scaling
    current().later(delay, lambda: states.finish_making(records, environment))
    return _identify(environment)


def delete(records: Records, request: Fields) -> Fields:
    environment = _find(records, request["computeEnvironment"])
    if environment.status in MOVING:
        raise refused("Cannot delete, resource is being modified")
    if environment.state != "DISABLED":
        raise refused("Cannot delete, state must be DISABLED")
    if any(environment.arn in (*queue.environments(), *queue.leaving) for queue in records.queues.values()):
        raise refused("Cannot delete, found existing JobQueue relationship")
    states.move(environment, "DELETING", "ComputeEnvironment Deleting")
    current().later(current().delays.batch_environment, lambda: states.finish_deleting(records, environment))
    return {}


def _raise(environment: Environment, vcpus: int) -> None:
    """Remember a desiredvCpus that somebody asks for: machines for it are launched, and go when nothing needs them."""
    environment.raised = vcpus
    environment.raised_until = current().clock.now() + current().delays.batch_idle


def _identify(environment: Environment) -> Fields:
    return {"computeEnvironmentName": environment.name, "computeEnvironmentArn": environment.arn}


def _find(records: Records, named: Any) -> Environment:
    found = names.find(records.environments, named, records.arn("compute-environment", ""))
    if found is None:
        raise refused(f"{named} does not exist")
    return found
