"""IAM with AWS's laws: propagation, conflicts at deletion, quotas, AWS's own policies, protected roles.

Sources: https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html ("Changes that I make are not always
immediately visible": a change "might take some time" to be seen by every service),
reference_iam-quotas.html (sizes and counts), and in the IAM API Reference API_DeletePolicy.html (attached, more than
one version), API_DeleteRole.html (DeleteConflict, UnmodifiableEntity), API_CreateServiceLinkedRole.html.
"""

from typing import Any

from moto.core.common_types import TYPE_RESPONSE
from moto.core.responses import ActionResult
from moto.iam.exceptions import DeleteConflictException, IAMException, LimitExceededException
from moto.iam.responses import IamResponse

from sandbox.iam import managed, visibility
from sandbox.iam.identities import ids
from sandbox.iam.identities.calls import Users
from sandbox.iam.identities.parts import leave_out
from sandbox.iam.identities.trust import check_trust
from sandbox.iam.linked_roles import LinkedRoles
from sandbox.iam.simulation import Simulation
from sandbox.world.refusals import Refusal, make_body
from sandbox.world.world import current

_POLICY_SIZE, _POLICIES_PER_ROLE = 6144, 10
_CHANGES_OF_POLICIES = ("DeletePolicy", "CreatePolicyVersion", "DeletePolicyVersion", "SetDefaultPolicyVersion")
_MINE = "You can not delete or change a policy that AWS manages."


class Iam(LinkedRoles, Simulation, Users, IamResponse):
    def call_action(self) -> TYPE_RESPONSE:
        world = current()
        with world.lock:
            world.settle()
            for name in ("PolicyArn", "PermissionsBoundary"):
                managed.bring(self.backend, self._get_param(name))
            try:
                self.refuse_change_of_linked_role()
                self.refuse_change_of_awss_policy()
            except IAMException as error:
                return _answer(error)  # type: ignore[no-any-return]
            return super().call_action()

    def refuse_change_of_awss_policy(self) -> None:
        arn = str(self._get_param("PolicyArn"))
        if arn.startswith(managed.PREFIX) and self._get_action() in _CHANGES_OF_POLICIES:
            raise IAMException("AccessDenied", _MINE)

    def create_role(self) -> ActionResult:
        check_trust(self.backend, self._get_param("AssumeRolePolicyDocument"))
        boundary = self._get_param("PermissionsBoundary")
        if boundary and boundary not in self.backend.managed_policies:
            raise IAMException("NoSuchEntity", f"Policy {boundary} does not exist or is not attachable.")
        result = super().create_role()
        visibility.hide(result.result["Role"].id)  # type: ignore[index]
        return result

    def update_assume_role_policy(self) -> ActionResult:
        check_trust(self.backend, self._get_param("PolicyDocument"))
        return super().update_assume_role_policy()

    def create_instance_profile(self) -> ActionResult:
        result = super().create_instance_profile()
        result.result["InstanceProfile"].id = ids.make_id(ids.INSTANCE_PROFILE)  # type: ignore[index]
        visibility.hide(result.result["InstanceProfile"].id)  # type: ignore[index]
        return result

    def add_role_to_instance_profile(self) -> ActionResult:
        result = super().add_role_to_instance_profile()
        visibility.hide(self.backend.get_instance_profile(self._get_param("InstanceProfileName")).id)
        return result

    def create_access_key(self) -> ActionResult:
        result = super().create_access_key()
        visibility.hide(result.result["AccessKey"].access_key_id)  # type: ignore[index]
        return result

    def create_policy(self) -> ActionResult:
        _check_size(self._get_param("PolicyDocument"))
        result = super().create_policy()
        result.result["Policy"].id = ids.make_id(ids.MANAGED_POLICY)  # type: ignore[index]
        return result

    def create_policy_version(self) -> ActionResult:
        _check_size(self._get_param("PolicyDocument"))
        return leave_out(super().create_policy_version(), "PolicyVersion", "document")

    def put_role_policy(self) -> ActionResult:
        role = self.backend.get_role(self._get_param("RoleName"))
        return self._seen_later(role, self._get_param("PolicyName"), super().put_role_policy)

    def put_user_policy(self) -> ActionResult:
        user = self.backend.get_user(self._get_param("UserName"))
        return self._seen_later(user, self._get_param("PolicyName"), super().put_user_policy)

    def attach_role_policy(self) -> ActionResult:
        role, arn = self.backend.get_role(self._get_param("RoleName")), self._get_param("PolicyArn")
        if arn in role.managed_policies:  # attached already: AWS says yes and does nothing
            return ActionResult({})
        if len(role.managed_policies) >= _POLICIES_PER_ROLE:
            raise LimitExceededException(f"Cannot exceed quota for PoliciesPerRole: {_POLICIES_PER_ROLE}")
        return self._seen_later(role, arn, super().attach_role_policy)

    def attach_user_policy(self) -> ActionResult:
        user = self.backend.get_user(self._get_param("UserName"))
        return self._seen_later(user, self._get_param("PolicyArn"), super().attach_user_policy)

    def _seen_later(self, owner: Any, policy: str, act: Any) -> ActionResult:
        before = policy in owner.policies or policy in owner.managed_policies
        result: ActionResult = act()
        if not before:
            visibility.hide(visibility.link(owner, policy))
        return result

    def delete_policy(self) -> ActionResult:
        arn = self._get_param("PolicyArn")
        policy = self.backend.get_policy(arn)
        limited = [role for role in self.backend.get_roles() if role.permissions_boundary_arn == arn]
        if policy.attachment_count > 0 or limited:
            raise DeleteConflictException("Cannot delete a policy attached to entities.")
        if len(policy.versions) > 1:
            raise DeleteConflictException(
                "This policy has more than one version. Before you delete a policy, you must delete the policy's "
                "versions. The default version is deleted with the policy."
            )
        return super().delete_policy()

    def list_policies(self) -> ActionResult:
        if self._get_param("Scope") != "Local" and not self._get_param("OnlyAttached"):
            managed.bring_all(self.backend)
        return leave_out(super().list_policies(), "Policies", "tags")


def _answer(error: IAMException) -> Any:
    """As bytes: moto knows only the errors of botocore's model, and IAM's own denial is not among them."""
    refusal = Refusal(str(error.code), str(error.message), _status(str(error.code)))
    told = {"status": refusal.status, "Content-Type": "text/xml"}
    return refusal.status, told, make_body(refusal, "query")[1].decode()


def _status(code: str) -> int:
    return {"NoSuchEntity": 404, "AccessDenied": 403, "DeleteConflict": 409, "EntityAlreadyExists": 409,
            "LimitExceeded": 409}.get(code, 400)  # fmt: skip


def _check_size(document: str) -> None:
    """Refuse a policy that is too long; white space does not count (IAM quotas)."""
    if len("".join(document.split())) > _POLICY_SIZE:
        raise LimitExceededException(f"Cannot exceed quota for PolicySize: {_POLICY_SIZE}")
