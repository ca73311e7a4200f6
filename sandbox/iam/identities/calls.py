"""Laws of who is asked about: a call without a name is about its caller; ids and lists are as IAM gives them."""

from typing import Any

from moto.core.responses import ActionResult
from moto.iam.responses import IamResponse

from sandbox.iam.identities import administrator, ids
from sandbox.iam.identities.parts import leave_out


class Users(IamResponse):
    def get_user(self) -> ActionResult:
        name = self._get_param("UserName")
        if not name:
            return ActionResult({"User": administrator.find_own(self.backend, self.get_access_key())})
        if name == administrator.NAME and name not in self.backend.users:
            return ActionResult({"User": administrator.make_user()})
        return super().get_user()

    def list_access_keys(self) -> ActionResult:
        name = self._get_param("UserName") or administrator.find_own(self.backend, self.get_access_key()).name
        if name == administrator.NAME and name not in self.backend.users:
            keys = administrator.list_keys(administrator.make_user())
            return ActionResult({"UserName": name, "AccessKeyMetadata": keys})
        return ActionResult({"UserName": name, "AccessKeyMetadata": self.backend.list_access_keys(name)})

    def create_user(self) -> ActionResult:
        return _give_id(super().create_user(), "User", ids.USER)

    def create_group(self) -> ActionResult:
        return _give_id(super().create_group(), "Group", ids.GROUP)

    def list_users(self) -> ActionResult:
        return leave_out(super().list_users(), "Users", "tags", "permissions_boundary")

    def list_roles(self) -> ActionResult:
        return leave_out(super().list_roles(), "Roles", "tags", "permissions_boundary", "role_last_used")

    def list_instance_profiles(self) -> ActionResult:
        return leave_out(super().list_instance_profiles(), "InstanceProfiles", "tags")

    def list_policy_versions(self) -> ActionResult:
        return leave_out(super().list_policy_versions(), "Versions", "document")


def _give_id(result: ActionResult, key: str, prefix: str) -> ActionResult:
    answer: Any = result.result
    answer[key].id = ids.make_id(prefix)
    return result
