"""What a call of IAM must be allowed.

Sources: https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html,
https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html (iam:PermissionsBoundary: of the call
that sets one, else the one that the role has), reference_policies_iam-condition-keys.html (iam:PassedToService,
iam:AWSServiceName, iam:PolicyARN), API_AddRoleToInstanceProfile.html (needs iam:PassRole)
"""

from collections.abc import Iterator
from typing import Any

from moto.iam.models import iam_backends

from sandbox.iam.evaluation import tags
from sandbox.iam.evaluation.policy import Question
from sandbox.iam.service_linked import make_role_name
from sandbox.world.request import Request
from sandbox.world.world import ACCOUNT

# Parameter → type in the ARN; the first that a request has is its resource.
_KINDS = {
    "RoleName": ("role", "roles"), "InstanceProfileName": ("instance-profile", "instance_profiles"),
    "UserName": ("user", "users"), "GroupName": ("group", "groups"), "PolicyName": ("policy", "managed_policies"),
}  # fmt: skip
_CREATES = ("CreateRole", "CreateInstanceProfile", "CreateUser", "CreateGroup", "CreatePolicy")


def ask(request: Request) -> Iterator[Question]:
    operation, action = request.operation, f"iam:{request.operation}"
    if operation == "CreateServiceLinkedRole":
        service = str(request.get("AWSServiceName"))
        path = f"aws-service-role/{service}/{make_role_name(service, request.get('CustomSuffix'))}"
        yield Question(action, f"arn:aws:iam::{ACCOUNT}:role/{path}", {"iam:awsservicename": (service,)})
        return
    if operation == "AddRoleToInstanceProfile":
        yield _ask_about("instance-profile", "instance_profiles", str(request.get("InstanceProfileName")), request)
        role = _ask_about("role", "roles", str(request.get("RoleName")), request)
        keys = {**role.context, "iam:passedtoservice": ("ec2.amazonaws.com",)}
        yield Question("iam:PassRole", role.resource, keys, role.known)
        return
    if operation == "SimulatePrincipalPolicy":
        yield Question(action, str(request.get("PolicySourceArn")))
        return
    if operation == "RemoveRoleFromInstanceProfile":
        yield _ask_about("instance-profile", "instance_profiles", str(request.get("InstanceProfileName")), request)
        return
    for parameter, (kind, table) in _KINDS.items():
        if request.get(parameter):
            yield _ask_about(kind, table, str(request.get(parameter)), request)
            return
    yield _ask_about_policy(request) if request.get("PolicyArn") else Question(action, "*", _list_keys(request))


def _ask_about(kind: str, table: str, name: str, request: Request) -> Question:
    action, creates = f"iam:{request.operation}", request.operation in _CREATES
    found = _find(table, name)
    if found is None or creates:
        path = (request.get("Path") or "/") if creates else "/"
        return Question(action, f"arn:aws:iam::{ACCOUNT}:{kind}{path}{name}", _list_keys(request), creates)
    keys = tags.list_carried(tags.as_dict(getattr(found, "tags", None) or []), "iam")
    boundary = getattr(found, "permissions_boundary_arn", None)
    keys |= {"iam:permissionsboundary": (boundary,)} if boundary else {}
    return Question(action, found.arn, keys | _list_keys(request))


def _ask_about_policy(request: Request) -> Question:
    arn = str(request.get("PolicyArn"))
    found = _iam().managed_policies.get(arn)
    keys = tags.list_carried(tags.as_dict(found.tags), "iam") if found else {}
    return Question(
        f"iam:{request.operation}", arn, keys | _list_keys(request), found is not None or ":aws:policy/" in arn
    )


def _list_keys(request: Request) -> tags.Keys:
    own: dict[str, str | None] = dict(tags.as_dict(request.get("Tags")))
    own |= dict.fromkeys(request.get("TagKeys") or [])
    keys = tags.list_requested(own)
    if request.get("PermissionsBoundary"):
        keys["iam:permissionsboundary"] = (str(request.get("PermissionsBoundary")),)
    if request.get("PolicyArn"):
        keys["iam:policyarn"] = (str(request.get("PolicyArn")),)
    return keys


def _find(table: str, name: str) -> Any:
    found = getattr(_iam(), table).values()
    return next((entity for entity in found if entity.name == name), None)


def _iam() -> Any:
    return iam_backends[ACCOUNT]["aws"]
