"""What UpdateComputeEnvironment may change, and when it may.

Source: https://docs.aws.amazon.com/batch/latest/userguide/updating-compute-environments.html and
https://docs.aws.amazon.com/batch/latest/APIReference/API_UpdateComputeEnvironment.html: scaling updates are always
possible; all others are infrastructure updates, which need the service-linked role and an allocation strategy other
than BEST_FIT.
"""

from typing import Any

from sandbox.batch.compute_environments import resource_rules
from sandbox.batch.model import account
from sandbox.batch.model.errors import executing, refused
from sandbox.batch.model.records import Environment

SCALING = ("minvCpus", "maxvCpus", "desiredvCpus", "scalingPolicy")
# https://docs.aws.amazon.com/batch/latest/APIReference/API_UpdatePolicy.html
DEFAULT_POLICY = {"terminateJobsOnUpdate": False, "jobExecutionTimeoutMinutes": 30}
LONGEST = 7200
# An empty value removes them.
_REMOVABLE = ("imageId", "ec2KeyPair", "placementGroup")


def can_be_updated(environment: Environment) -> bool:
    """Return whether the infrastructure can be updated in place."""
    strategy = environment.resources.get("allocationStrategy")
    return account.is_linked(environment.service_role) and strategy in resource_rules.UPDATABLE


def list_infrastructure_fields(changes: dict[str, Any]) -> list[str]:
    return sorted(set(changes) - set(SCALING))


def check(environment: Environment, request: dict[str, Any]) -> None:
    """Refuse a request that asks for nothing, or for what this environment cannot do."""
    if not {"state", "computeResources", "serviceRole", "unmanagedvCpus"} & set(request):
        raise refused("One of [state | compute-resources | service-role | unmanaged-vcpus] is required.")
    changes = request.get("computeResources") or {}
    if changes and environment.kind == "UNMANAGED":
        raise executing("computeResources can not be specified for UNMANAGED compute environments.")
    if "serviceRole" in request:
        _check_role(environment, request["serviceRole"])
    _check_policy(request.get("updatePolicy") or {})
    fields = list_infrastructure_fields(changes)
    if not fields:
        return
    named = ", ".join(fields)
    if not account.is_linked(environment.service_role):
        raise refused(
            f"Following fields [{named}] can be updated only for Non-fargate Compute Environment having a Batch "
            "Service Linked Role"
        )
    if not can_be_updated(environment):
        raise refused(
            f"Following fields [{named}] can be updated only for Compute Environment having an allocation strategy "
            "other than BEST_FIT"
        )


def _check_role(environment: Environment, named: str) -> None:
    """Refuse to change a service-linked role to a regular one, or back."""
    linked, wanted = account.is_linked(environment.service_role), account.is_linked(account.make_role_arn(named))
    if linked and not wanted:
        raise refused("Cannot change the service-linked role of a compute environment to a regular IAM role.")
    if wanted and not linked:
        raise refused("Cannot change the IAM role of a compute environment to a service-linked role.")


def _check_policy(policy: dict[str, Any]) -> None:
    if not 1 <= policy.get("jobExecutionTimeoutMinutes", 30) <= LONGEST:
        raise executing(f"jobExecutionTimeoutMinutes must be between 1 and {LONGEST}.")


def apply_changes(resources: dict[str, Any], changes: dict[str, Any], region: str) -> dict[str, Any]:
    """Return computeResources after these changes; refused when they would make no sense."""
    after = {**resources, **{key: value for key, value in changes.items() if key != "updateToLatestImageVersion"}}
    _check_desired(resources, after, changes)
    for name in _REMOVABLE:
        if after.get(name) == "":
            del after[name]
    template = changes.get("launchTemplate")
    if template and "" in (template.get("launchTemplateId"), template.get("launchTemplateName")):
        after.pop("launchTemplate")
    resource_rules.check(after, region)
    return after


def _check_desired(before: dict[str, Any], after: dict[str, Any], changes: dict[str, Any]) -> None:
    """desiredvCpus is Batch's own: it can only be raised, and follows the limits by itself.

    Source: https://docs.aws.amazon.com/batch/latest/userguide/error-desired-vcpus-update.html
    """
    if "desiredvCpus" not in changes:
        after["desiredvCpus"] = min(max(before["desiredvCpus"], after["minvCpus"]), max(after["maxvCpus"], 0))
        return
    if changes["desiredvCpus"] < before["desiredvCpus"]:
        raise refused(
            "Manually scaling down compute environment is not supported. Disconnecting job queues from compute "
            "environment will cause it to scale-down to minvCpus"
        )
