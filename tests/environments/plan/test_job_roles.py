"""Roles that job definitions name by ARN are looked at as others are: there, trusting, and with what jobs need."""

from pathlib import Path

import pytest

from environments.plan.job_roles import list_named
from environments.spec.jobs import JobDefinition
from kiln.errors import UserError
from sandbox.inprocess import Sandbox
from tests.support.environments import STOCK, Define, Register, Registered
from tests.support.foreign_roles import make_role
from tests.support.pasting import commands, paste
from tests.support.policies import allow

ACCOUNT = "arn:aws:iam::123456789012:role"
TASKS = "ecs-tasks.amazonaws.com"
SECRET = "arn:aws:secretsmanager:us-east-1:123456789012:secret:licence-a1B2c3"
JOB = "job_definitions: {{align: {{image: 'quay.io/nextflow/bash:1', memory: 1 GiB, {}}}}}\n"


def test_which_roles_are_named() -> None:
    plain = {"image": "a", "memory": "1 GiB"}
    jobs = {
        "one": JobDefinition.model_validate(plain | {"job_role": f"{ACCOUNT}/a", "execution_role": f"{ACCOUNT}/b"}),
        "two": JobDefinition.model_validate(plain | {"job_role": f"{ACCOUNT}/a", "execution_role": "environment"}),
        "three": JobDefinition.model_validate(plain | {"job_role": "none"}),
    }
    roles = {role.arn: (role.runs, role.fetches) for role in list_named(jobs)}
    assert roles == {f"{ACCOUNT}/a": (("one", "two"), ()), f"{ACCOUNT}/b": ((), ("one",))}


@pytest.mark.parametrize("key", ["job_role", "execution_role"])
@pytest.mark.parametrize(
    ("role", "made", "what"),
    [
        (f"{ACCOUNT}/theirs", "", f"there is no role {ACCOUNT}/theirs"),
        (f"{ACCOUNT}/path/theirs", TASKS, f"there is no role {ACCOUNT}/path/theirs"),
        ("arn:aws:iam::999999999999:role/theirs", TASKS, "is in another account"),
        (f"{ACCOUNT}/theirs", "ec2.amazonaws.com", f"the role theirs does not trust {TASKS}"),
    ],
)
def test_a_role_that_no_task_can_have_is_refused(
    sandbox: Sandbox, register: Register, define: Define, tmp_path: Path, key: str, role: str, made: str, what: str
) -> None:
    if made:
        make_role(sandbox, "theirs", made)
    env = define(JOB.format(f"{key}: '{role}'"))
    with pytest.raises(UserError, match=what) as refused:
        register(env, STOCK, plan=True)
    assert "align" in refused.value.why
    if "trust" in what:
        [command] = commands(refused.value.hint)
        paste(command, tmp_path)
        sandbox.clock.advance(60)
        assert register(env, STOCK, plan=True) == 2


def test_a_role_of_the_environments_own_may_be_named_by_its_arn(
    sandbox: Sandbox, registered: Registered, define: Define
) -> None:
    env = define(JOB.format(f"job_role: '{ACCOUNT}/small-job-role'"))
    assert registered(env, STOCK, plan=True)["notes"] == []


@pytest.mark.parametrize(
    ("keys", "rights", "lacks"),
    [
        (f"job_role: '{ACCOUNT}/theirs'", (), "it lacks s3:ListBucket, s3:GetObject, s3:PutObject"),
        (f"job_role: '{ACCOUNT}/theirs'", (allow("s3:*"),), ""),
        (f"execution_role: '{ACCOUNT}/theirs', secrets: {{A: '{SECRET}'}}", (), "secretsmanager:GetSecretValue"),
        (f"execution_role: '{ACCOUNT}/theirs', secrets: {{A: '{SECRET}'}}",
         (allow("secretsmanager:GetSecretValue", SECRET), allow("logs:*")), ""),
    ],
)  # fmt: skip
def test_what_it_lacks_is_told_with_the_command(
    sandbox: Sandbox, registered: Registered, define: Define, tmp_path: Path,
    keys: str, rights: tuple[dict[str, object], ...], lacks: str,
) -> None:  # fmt: skip
    make_role(sandbox, "theirs", TASKS, inline=rights)
    env = define(JOB.format(keys))
    notes = registered(env, STOCK, plan=True)["notes"]
    assert bool(notes) == bool(lacks)
    if not lacks:
        return
    assert any(lacks in note for note in notes), notes
    registered(env, STOCK)
    for note in notes:
        [command] = commands(note)
        paste(command, tmp_path)
    sandbox.clock.advance(60)
    assert registered(env, STOCK, plan=True)["notes"] == []


def test_a_role_that_may_not_be_looked_at_is_not_checked(
    sandbox: Sandbox, registered: Registered, define: Define
) -> None:
    make_role(sandbox, "theirs", TASKS)
    sandbox.faults.add("GetRole", "AccessDenied", status=403, times=None, where={"RoleName": "theirs"})
    told = registered(define(JOB.format(f"job_role: '{ACCOUNT}/theirs'")), STOCK, plan=True)
    [unchecked] = told["not_checked"]
    assert unchecked["what"] == f"whether the role theirs of align is there, and trusts {TASKS}"
