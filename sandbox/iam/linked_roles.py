"""Law: service-linked roles belong to their service.

Sources, in the IAM documentation: https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateServiceLinkedRole.html
(InvalidInput: the name is taken; which services take a suffix), API_DeleteServiceLinkedRole.html and
API_GetServiceLinkedRoleDeletionStatus.html (a task that fails while the service uses the role), API_DeleteRole.html
and API_AttachRolePolicy.html (UnmodifiableEntity), using-service-linked-roles.html.
"""

import json
from typing import Any
from uuid import uuid4

from moto.core.responses import ActionResult
from moto.iam.exceptions import IAMException
from moto.iam.models import iam_backends
from moto.iam.responses import IamResponse

from sandbox.iam import managed, visibility
from sandbox.iam.service_linked import TAKES_SUFFIX, is_known, make_role_name
from sandbox.world.facts import RoleDeletion
from sandbox.world.world import ACCOUNT, current

PATH = "/aws-service-role/"
DELETION = 2.0  # seconds of the sandbox's clock
_PROTECTED = (
    "DeleteRole", "AttachRolePolicy", "DetachRolePolicy", "PutRolePolicy", "DeleteRolePolicy", "UpdateRole",
    "UpdateAssumeRolePolicy", "PutRolePermissionsBoundary", "DeleteRolePermissionsBoundary",
)  # fmt: skip
_POLICIES = {
    "batch.amazonaws.com": "BatchServiceRolePolicy",
    "spot.amazonaws.com": "AWSEC2SpotServiceRolePolicy",
    "spotfleet.amazonaws.com": "AWSEC2SpotFleetServiceRolePolicy",
    "ecs.amazonaws.com": "AmazonECSServiceRolePolicy",
    "autoscaling.amazonaws.com": "AutoScalingServiceRolePolicy",
}


def create(service: str, suffix: str | None = None, description: str = "") -> Any:
    """Create the role of a service, as IAM makes it for a caller or for the service itself; raises IAM's errors."""
    backend: Any = iam_backends[ACCOUNT]["aws"]
    name = make_role_name(service, suffix)
    if any(role.name == name for role in backend.roles.values()):
        message = f"Service role name {name} has been taken in this account, please try a different suffix."
        raise IAMException("InvalidInput", message)
    trust = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    role = backend.create_role(
        name, json.dumps({"Version": "2012-10-17", "Statement": [trust]}), f"{PATH}{service}/",
        permissions_boundary=None, description=description, tags=[], max_session_duration="3600",
        linked_service=service,
    )  # fmt: skip
    arn = f"{managed.PREFIX}aws-service-role/{_POLICIES.get(service, '')}"
    managed.bring(backend, arn)
    if arn in backend.managed_policies:
        backend.attach_role_policy(arn, name)
    visibility.hide(role.id)
    return role


class LinkedRoles(IamResponse):
    def refuse_change_of_linked_role(self) -> None:
        """Raise for a change that only the service may make."""
        name = self._get_param("RoleName")
        role = next((role for role in self.backend.get_roles() if role.name == name), None)
        if role and role.path.startswith(PATH) and self._get_action() in _PROTECTED:
            message = (
                f"Cannot perform the operation on the protected role '{name}' - this role is only modifiable by AWS"
            )
            raise IAMException("UnmodifiableEntity", message)

    def create_service_linked_role(self) -> ActionResult:
        service, suffix = str(self._get_param("AWSServiceName")), self._get_param("CustomSuffix")
        if not is_known(service):
            raise IAMException("InvalidInput", f"Cannot find Service Linked Role template for {service}")
        if suffix and service not in TAKES_SUFFIX:
            raise IAMException("InvalidInput", f"Custom suffix is not allowed for {service}")
        return ActionResult({"Role": create(service, suffix, self._get_param("Description") or "")})

    def delete_service_linked_role(self) -> ActionResult:
        role = self.backend.get_role(self._get_param("RoleName"))
        if not role.path.startswith(PATH):
            raise IAMException("InvalidInput", f"{role.name} is not a service-linked role")
        service = role.path.removeprefix(PATH).rstrip("/")
        task = f"task{PATH}{service}/{role.name}/{uuid4()}"
        world = current()
        world.role_deletions[task] = RoleDeletion()

        def end() -> None:
            used = world.linked_role_users.get(service, list)()
            world.role_deletions[task] = RoleDeletion("FAILED" if used else "SUCCEEDED", tuple(used))
            if not used:
                role.managed_policies.clear()
                self.backend.roles.pop(role.id, None)

        world.later(DELETION, end)
        return ActionResult({"DeletionTaskId": task})

    def get_service_linked_role_deletion_status(self) -> ActionResult:
        task = str(self._get_param("DeletionTaskId"))
        deletion = current().role_deletions.get(task)
        if deletion is None:
            raise IAMException("NoSuchEntity", f"Deletion task {task} could not be found.")
        result: dict[str, Any] = {"Status": deletion.status}
        if deletion.users:
            usage = [{"Resources": list(deletion.users)}]
            result["Reason"] = {"Reason": "A service-linked role is still in use.", "RoleUsageList": usage}
        return ActionResult(result)
