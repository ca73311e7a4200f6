"""A permissions boundary: on every role that Kiln makes, and no role without it."""

import json
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from cloud.policy import Scope
from cloud.session import Cloud
from environments.commands import environment as commands
from environments.commands import operator_policy
from environments.rollout.options import Options
from environments.spec import definitions
from jobs.needs import needs as jobs_need
from kiln.errors import Exit
from sandbox.inprocess import Sandbox
from tests.support import trust
from tests.support.denied import Become

LIMIT = "arn:aws:iam::123456789012:policy/limit"


@pytest.fixture
def bounded(sandbox: Sandbox, tmp_path: Path) -> str:
    """The genomics environment with a boundary, which exists."""
    everything = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
    sandbox.client("iam").create_policy(PolicyName="limit", PolicyDocument=json.dumps(everything))
    text = (definitions.HERE / "genomics.yaml").read_text()
    assert "\nroles:" not in text or "\nroles:\n" in text
    path = tmp_path / "bounded.yaml"
    line = f"permissions_boundary: {LIMIT}"
    path.write_text(
        text.replace("\nroles:\n", f"\nroles:\n  {line}\n") if "\nroles:\n" in text else f"{text}\nroles: {{{line}}}\n"
    )
    return str(path)


def test_every_role_has_it_and_none_is_made_without(sandbox: Sandbox, become: Become, bounded: str) -> None:
    spec = definitions.load(bounded)
    become(operator_policy.list_permissions([spec], Scope(), others=[jobs_need]))
    done = commands.register(
        bounded, "ecs-optimized", None, Options(), plan=False, yes=True, verbose=False, as_json=False
    )
    assert done == Exit.DONE
    admin, iam = sandbox.client("iam"), Cloud().client("iam")
    for name in (spec.roles.instance, spec.job_role):
        assert admin.get_role(RoleName=name)["Role"]["PermissionsBoundary"]["PermissionsBoundaryArn"] == LIMIT
    refused = [
        lambda: iam.delete_role_permissions_boundary(RoleName=spec.roles.instance),
        lambda: iam.put_role_permissions_boundary(
            RoleName=spec.roles.instance, PermissionsBoundary="arn:aws:iam::aws:policy/AdministratorAccess"
        ),
        lambda: iam.create_policy_version(PolicyArn=LIMIT, PolicyDocument="{}"),
        lambda: iam.create_role(RoleName="other", AssumeRolePolicyDocument=trust.EC2, PermissionsBoundary=LIMIT),
    ]
    for call in refused:
        with pytest.raises(ClientError, match="AccessDenied"):
            call()
    admin.delete_role_permissions_boundary(RoleName=spec.job_role)
    with pytest.raises(ClientError, match="AccessDenied"):
        iam.attach_role_policy(RoleName=spec.job_role, PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")
