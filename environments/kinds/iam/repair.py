"""The service role of a compute environment put back, so that AWS Batch can delete it.

Source: "INVALID compute environment", AWS Batch User Guide ("you can't delete a compute environment … if its service
role was deleted"): Batch ends instances and clusters through that role.
"""

from collections.abc import Mapping
from typing import Any

from cloud import errors, tags
from cloud.session import Cloud
from environments.kinds.iam import roles
from environments.kinds.iam.trust_policies import decide_trust, read_trust, trust_command
from environments.model import ownership
from kiln.errors import UserError

_SERVICE = "batch.amazonaws.com"
_LINKED = f"/aws-service-role/{_SERVICE}/"
_POLICY = "service-role/AWSBatchServiceRole"


def is_needed(described: dict[str, Any]) -> bool:
    """Whether AWS Batch says that it cannot assume the role."""
    return described["status"] == "INVALID" and "sts:AssumeRole" in described.get("statusReason", "")


def service_role(cloud: Cloud, environment: str, described: dict[str, Any]) -> None:
    """See that the role is there, trusts AWS Batch, and has its policy. A role that is made carries the environment's
    tag, and so goes with it. Raises UserError where the role is somebody else's and wrong."""
    iam, arn = cloud.client("iam"), described["serviceRole"]
    if _LINKED in arn:
        _linked(iam)
        return
    path, _, name = arn.partition(":role")[2].rpartition("/")
    answer = errors.or_none(iam.get_role, RoleName=name)
    if answer:
        role = answer["Role"]
    else:
        labels = {ownership.key(environment): ownership.now()}
        role = iam.create_role(
            Path=f"{path}/", RoleName=name, AssumeRolePolicyDocument=roles.trust(_SERVICE),
            Description="Made by Kiln", Tags=tags.as_list(labels),
        )["Role"]  # fmt: skip
        role["Tags"] = tags.as_list(labels)
    own = bool(ownership.users(tags.as_dict(role.get("Tags"))))
    if decide_trust(role["AssumeRolePolicyDocument"], _SERVICE, arn.split(":")[4]).holds is False:
        if not own:
            raise _not_ours(name, read_trust(role["AssumeRolePolicyDocument"]))
        iam.update_assume_role_policy(RoleName=name, PolicyDocument=roles.trust(_SERVICE))
    if own:
        iam.attach_role_policy(RoleName=name, PolicyArn=f"arn:{arn.split(':')[1]}:iam::aws:policy/{_POLICY}")


def _linked(iam: Any) -> None:
    try:
        iam.create_service_linked_role(AWSServiceName=_SERVICE)
    except Exception as error:
        if errors.code(error) != "InvalidInput":  # it has been taken in this account: it is there
            raise


def _not_ours(name: str, document: Mapping[str, Any]) -> UserError:
    return UserError(
        f"the role {name} does not trust AWS Batch, which so cannot delete the compute environment",
        "the role is not Kiln's: it is left as it is",
        f"Let it trust {_SERVICE}, then try again: {trust_command(name, document, _SERVICE)}",
    )
