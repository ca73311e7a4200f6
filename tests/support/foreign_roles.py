"""Roles of the offline AWS that are not Kiln's."""

import json
import shlex
from typing import Any

from sandbox.inprocess import Sandbox

AWS = "arn:aws:iam::aws:policy/"
ECS = f"{AWS}service-role/AmazonEC2ContainerServiceforEC2Role"


def make_role(
    sandbox: Sandbox, name: str, *services: str, policies: tuple[str, ...] = (), inline: tuple[dict[str, Any], ...] = ()
) -> None:  # fmt: skip
    """A role that these services may assume, with managed policies (ARNs) and a policy of the `inline` statements."""
    allow = {"Effect": "Allow", "Principal": {"Service": list(services)}, "Action": "sts:AssumeRole"}
    iam = sandbox.client("iam")
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=_document(allow))
    for policy in policies:
        iam.attach_role_policy(RoleName=name, PolicyArn=policy)
    if inline:
        iam.put_role_policy(RoleName=name, PolicyName="theirs", PolicyDocument=_document(*inline))
    sandbox.clock.advance(60)


def paste(sandbox: Sandbox, command: str) -> None:
    """Do what a command of the AWS CLI's iam does, as a person pastes it."""
    program, service, operation, *words = shlex.split(command)
    assert (program, service) == ("aws", "iam")
    assert "…" not in command
    given = {name.removeprefix("--"): value for name, value in zip(words[::2], words[1::2], strict=True)}
    names = {name: "".join(part.title() for part in name.split("-")) for name in given}
    iam = sandbox.client("iam")
    getattr(iam, operation.replace("-", "_"))(**{names[name]: value for name, value in given.items()})
    sandbox.clock.advance(60)


def _document(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
