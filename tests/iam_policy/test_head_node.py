"""head-up and head-down under exactly the printed policy; and without each statement that is theirs."""

from dataclasses import replace
from pathlib import Path

import pytest

from cloud.policy import Scope
from environments.commands import operator_policy
from environments.spec import definitions
from jobs.needs import needs as jobs_need
from kiln.errors import Exit
from nextflow import needs as nextflow_needs
from nextflow.head import answering, commands
from nextflow.head.asked import Asked
from sandbox.inprocess import Sandbox
from tests.support import environments as tools
from tests.support.denied import Become, told

PLAIN = Asked("genomics", ami="ecs/al2023", ssh_from="203.0.113.7/32", nextflow="none")
DENIALS = {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "403"}
# AWS asks for them where a role or a profile is made with tags; the offline AWS does not.
AT_CREATION = {"iam:TagInstanceProfile", "iam:TagRole"}
SPECS, BOUNDARY = [definitions.load("genomics")], "arn:aws:iam::123456789012:policy/limit"
WHOLE = operator_policy.list_permissions(SPECS, Scope(), others=[jobs_need, nextflow_needs.needs])
OWN = [permission for permission in WHOLE if permission.sid.startswith("HeadNode")]


@pytest.fixture
def genomics(sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Sandbox:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(answering, "await_ssh", lambda host: None)
    tools.register("genomics")
    return sandbox


def come_and_go() -> None:
    """All that the tasks do: start, open to another address, by SSM, remove."""
    for ssh_from in ("203.0.113.7/32", "203.0.113.8/32", "none"):
        assert commands.head_up(replace(PLAIN, ssh_from=ssh_from), None, as_json=False) == Exit.DONE
    assert commands.head_down("genomics", None, as_json=False) == Exit.DONE


def test_the_policy_is_enough(genomics: Sandbox, become: Become) -> None:
    become(WHOLE)
    genomics.calls.clear()
    come_and_go()
    assert [call.action for call in genomics.calls.all() if call.error in DENIALS] == []


@pytest.mark.parametrize("missing", OWN, ids=lambda permission: permission.sid)
def test_each_statement_is_missed(genomics: Sandbox, become: Become, missing: object) -> None:
    become([permission for permission in WHOLE if permission is not missing])
    assert "may not call" in told(come_and_go).what


@pytest.mark.parametrize(
    ("sid", "action"), [(each.sid, action) for each in OWN for action in each.actions if action not in AT_CREATION]
)
def test_each_action_is_missed(genomics: Sandbox, become: Become, sid: str, action: str) -> None:
    """An action that no call needs would stay unseen where only whole statements are taken away."""
    become([
        replace(each, actions=tuple(name for name in each.actions if name != action)) if each.sid == sid else each
        for each in WHOLE if each.sid != sid or len(each.actions) > 1
    ])  # fmt: skip
    assert "may not call" in told(come_and_go).what


def test_its_role_is_bound_too() -> None:
    bound = operator_policy.list_permissions(SPECS, Scope(), BOUNDARY, others=[nextflow_needs.needs])
    [making] = [each for each in bound if each.sid == "HeadNodeRolesMake"]
    assert making.condition == {"StringEquals": {"iam:PermissionsBoundary": [BOUNDARY]}}


def test_under_iam_existing_roles_are_looked_at_alone() -> None:
    existing = [SPECS[0].model_copy(update={"iam": "existing"})]
    own = [each for each in nextflow_needs.needs(existing, Scope()) if each.sid.startswith("HeadNode")]
    assert [each.sid for each in own] == ["HeadNodeLook", "HeadNodePass", "HeadNodeGroups"]
