"""Row 1: the rights themselves of roles that are not Kiln's, whatever gives them; and the commands that do."""

from pathlib import Path
from typing import Any

import pytest

from kiln.errors import Exit
from provision.docker.autoscale_policy import write_policy as storage_policy
from sandbox.inprocess import Sandbox
from tests.support.environments import STOCK, Define, Register, Registered
from tests.support.foreign_roles import AWS, ECS, make_role, paste
from tests.support.policies import allow, document

GROWS = {"launch_template": "genomics-workflow-template"}
STORAGE = tuple(storage_policy()["Statement"])
BUCKET = "small-123456789012-us-east-1"
JOIN = ["ecs:DiscoverPollEndpoint", "ecs:Poll", "ecs:RegisterContainerInstance", "ecs:Submit*"]
ON_MACHINE = "task_credentials: instance-role\n"
DATA = (
    allow("s3:ListBucket", f"arn:aws:s3:::{BUCKET}"),
    allow(["s3:GetObject", "s3:PutObject"], f"arn:aws:s3:::{BUCKET}/*"),
)


def lacking(notes: list[str], *actions: str) -> str:
    """The note that names these actions as missing."""
    [note] = [note for note in notes if "it lacks" in note and all(action in note for action in actions)]
    assert "…" not in note
    return note


@pytest.mark.parametrize(
    ("attached", "inline", "more", "losses"),
    [
        ((ECS,), (), "", {"cannot grow": "ec2:CreateVolume"}),
        ((), (), "", {"cannot grow": "ec2:AttachVolume", "cannot join ECS": "ecs:Poll",
                      "do not start": "logs:PutLogEvents on the log group /aws/batch/job"}),
        ((ECS,), (), ON_MACHINE, {"cannot grow": "ec2:CreateTags", "the buckets": f"on the bucket {BUCKET}"}),
        ((ECS,), STORAGE[:-1], "", {"cannot grow": "ec2:ModifyInstanceAttribute"}),
        ((ECS,), (allow("ec2:*"), *DATA[:1]), ON_MACHINE, {"the buckets": "s3:GetObject, s3:PutObject"}),
        ((ECS,), STORAGE, "roles: {session_manager: true}\n", {"Session Manager": "ssmmessages:OpenDataChannel"}),
    ],
)  # fmt: skip
def test_row_1_every_right_that_an_instance_role_lacks_comes_with_its_command(
    sandbox: Sandbox, registered: Registered, define: Define,
    attached: tuple[str, ...], inline: tuple[dict[str, Any], ...], more: str, losses: dict[str, str],
) -> None:  # fmt: skip
    make_role(sandbox, "ecsInstanceRole", "ec2.amazonaws.com", policies=attached, inline=inline)
    env = define(more, **GROWS)
    told = registered(env, STOCK, plan=True)
    assert told["not_checked"] == []
    assert len(told["notes"]) == len(losses)
    for loss, right in losses.items():
        note = lacking(told["notes"], right)
        assert loss in note
    registered(env, STOCK)
    for note in told["notes"]:
        paste(sandbox, note[note.index("aws iam ") :])
    assert registered(env, STOCK, plan=True)["notes"] == []


def test_row_1_the_command_is_the_managed_policy_where_there_is_one(
    sandbox: Sandbox, registered: Registered, define: Define
) -> None:
    make_role(sandbox, "ecsInstanceRole", "ec2.amazonaws.com")
    notes = registered(define(**GROWS), STOCK, plan=True)["notes"]
    ends = f"aws iam attach-role-policy --role-name ecsInstanceRole --policy-arn {ECS}"
    assert lacking(notes, "ecs:Poll").endswith(ends)
    own = "arn:aws:iam::123456789012:policy/ebs-autoscale-policy"
    ends = f"aws iam attach-role-policy --role-name ecsInstanceRole --policy-arn {own}"
    assert lacking(notes, "ec2:CreateVolume").endswith(ends)


@pytest.mark.parametrize(
    ("attached", "inline"),
    [
        ((f"{AWS}AdministratorAccess",), ()),
        ((f"{AWS}PowerUserAccess",), ()),
        ((), (allow("*"),)),
        ((), (allow(JOIN), allow("logs:*", "arn:aws:logs:*:*:log-group:/aws/batch/*"), *STORAGE, *DATA)),
        ((), (allow(["ecs:*", "logs:CreateLogStream", "logs:Put*", "ec2:*Volume*", "ec2:Describe*", "ec2:*Tags",
                     "ec2:ModifyInstanceAttribute"]),
              {"Effect": "Allow", "NotAction": "iam:*", "Resource": "arn:aws:s3:::small-*"})),
    ],
)  # fmt: skip
def test_row_1_equal_rights_by_other_means_are_no_reason_for_a_note(
    sandbox: Sandbox, registered: Registered, define: Define,
    attached: tuple[str, ...], inline: tuple[dict[str, Any], ...],
) -> None:  # fmt: skip
    make_role(sandbox, "ecsInstanceRole", "ec2.amazonaws.com", policies=attached, inline=inline)
    told = registered(define(ON_MACHINE, **GROWS), STOCK, plan=True)
    assert (told["notes"], told["not_checked"]) == ([], [])


def test_row_1_a_bucket_may_give_the_rights_itself(sandbox: Sandbox, registered: Registered, define: Define) -> None:
    make_role(sandbox, "theirs", "ecs-tasks.amazonaws.com")
    env = define("roles: {job: theirs}\n")
    assert lacking(registered(env, STOCK, plan=True)["notes"], "s3:GetObject")
    registered(env, STOCK)
    who = {"Principal": {"AWS": "arn:aws:iam::123456789012:role/theirs"}}
    sandbox.client("s3").put_bucket_policy(
        Bucket=BUCKET, Policy=document(*({**statement, **who} for statement in DATA))
    )
    assert not [note for note in registered(env, STOCK, plan=True)["notes"] if "it lacks" in note]


def test_row_1_storage_that_does_not_grow_needs_no_rights(
    sandbox: Sandbox, registered: Registered, define: Define
) -> None:
    make_role(sandbox, "ecsInstanceRole", "ec2.amazonaws.com", policies=(ECS,))
    assert registered(define(), STOCK, plan=True)["notes"] == []


@pytest.mark.parametrize(
    ("key", "service", "right"),
    [
        ("job", "ecs-tasks.amazonaws.com", "s3:PutObject"),
        ("service", "batch.amazonaws.com", "ec2:RunInstances"),
        ("spot_fleet", "spotfleet.amazonaws.com", "ec2:TerminateInstances"),
    ],
)
def test_row_1_of_every_role(
    sandbox: Sandbox, registered: Registered, define: Define, key: str, service: str, right: str
) -> None:
    make_role(sandbox, "theirs", service)
    env = Path(define(f"roles: {{{key}: theirs}}\n"))
    if key == "spot_fleet":
        env.write_text(env.read_text().replace("one: {inst", "one: {market: spot, allocation_strategy: BEST_FIT, inst"))
    note = lacking(registered(str(env), STOCK, plan=True)["notes"], right)
    registered(str(env), STOCK)
    paste(sandbox, note[note.index("aws iam ") :])
    assert not [note for note in registered(str(env), STOCK, plan=True)["notes"] if "it lacks" in note]


def test_row_1_under_iam_existing_the_command_has_the_document(
    sandbox: Sandbox, registered: Registered, define: Define
) -> None:
    make_role(sandbox, "ecsInstanceRole", "ec2.amazonaws.com", policies=(ECS,))
    make_role(sandbox, "small-job-role", "ecs-tasks.amazonaws.com")
    iam = sandbox.client("iam")
    iam.create_instance_profile(InstanceProfileName="ecsInstanceRole")
    iam.add_role_to_instance_profile(InstanceProfileName="ecsInstanceRole", RoleName="ecsInstanceRole")
    iam.create_service_linked_role(AWSServiceName="batch.amazonaws.com")
    env = define("iam: existing\n", **GROWS)
    notes = registered(env, STOCK, plan=True)["notes"]
    for note in (lacking(notes, "ec2:CreateVolume"), lacking(notes, "s3:GetObject")):
        assert "aws iam put-role-policy --role-name " in note
        paste(sandbox, note[note.index("aws iam ") :])
    assert registered(env, STOCK, plan=True)["notes"] == []


@pytest.mark.parametrize(
    ("statement", "text"),
    [
        (allow("ec2:CreateVolume", Effect="Deny"), "it is denied ec2:CreateVolume by"),
        (
            allow(["ecs:Poll", "ecs:RegisterContainerInstance"], Effect="Deny"),
            "it is denied ecs:RegisterContainerInstance",
        ),
    ],
)
def test_row_1_what_a_policy_denies_no_other_policy_gives(
    sandbox: Sandbox, registered: Registered, define: Define, statement: dict[str, Any], text: str
) -> None:
    make_role(
        sandbox, "ecsInstanceRole", "ec2.amazonaws.com", policies=(f"{AWS}AdministratorAccess",), inline=(statement,)
    )
    [note] = registered(define(**GROWS), STOCK, plan=True)["notes"]
    assert text in note
    assert "take these actions out of the Deny in" in note
    assert "theirs" in note


def test_row_1_a_boundary_is_no_lack_of_a_policy(sandbox: Sandbox, registered: Registered, define: Define) -> None:
    make_role(sandbox, "ecsInstanceRole", "ec2.amazonaws.com", policies=(f"{AWS}AdministratorAccess",))
    iam = sandbox.client("iam")
    limit = iam.create_policy(PolicyName="limit", PolicyDocument=document(allow(["ecs:*", "logs:*"])))["Policy"]["Arn"]
    iam.put_role_permissions_boundary(RoleName="ecsInstanceRole", PermissionsBoundary=limit)
    [note] = registered(define(**GROWS), STOCK, plan=True)["notes"]
    assert "it is kept from ec2:" in note
    assert "permissions boundary" in note


def test_row_1_by_the_documents_where_iam_may_not_be_asked(
    sandbox: Sandbox, registered: Registered, define: Define
) -> None:
    make_role(sandbox, "ecsInstanceRole", "ec2.amazonaws.com", policies=(ECS,), inline=STORAGE[:-1])
    asked = registered(define(**GROWS), STOCK, plan=True)
    sandbox.faults.add("SimulatePrincipalPolicy", "AccessDenied", status=403, times=None)
    read = registered(define(**GROWS), STOCK, plan=True)
    assert (read["notes"], read["not_checked"]) == (asked["notes"], asked["not_checked"])
    assert read["notes"]


@pytest.mark.parametrize("closed", ["GetPolicyVersion", "ListRolePolicies", "GetRolePolicy"])
def test_row_1_where_neither_can_be_looked_at_it_is_not_checked(
    sandbox: Sandbox, register: Register, registered: Registered, define: Define, closed: str,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    make_role(sandbox, "ecsInstanceRole", "ec2.amazonaws.com", policies=(ECS,), inline=STORAGE)
    env = define("roles: {storage_policy: null}\n", **GROWS)
    registered(env, STOCK)
    sandbox.faults.add("SimulatePrincipalPolicy", "AccessDenied", status=403, times=None)
    sandbox.faults.add(closed, "AccessDenied", status=403, times=None)
    told = registered(env, STOCK, plan=True)
    assert told["notes"] == []
    assert {entry["what"].partition(" may do")[0] for entry in told["not_checked"]} == {
        "whether the role ecsInstanceRole"
    }  # fmt: skip
    assert all(f"may not call {closed}" in entry["why"] for entry in told["not_checked"])
    assert register(env, STOCK, plan=True) == Exit.DONE
    shown = capsys.readouterr().out
    assert "✓" not in shown
    assert "? not checked: whether the role ecsInstanceRole may do" in shown


def test_row_1_a_right_that_hangs_on_an_unknown_condition_is_not_checked(
    sandbox: Sandbox, registered: Registered, define: Define
) -> None:
    condition = {"StringEquals": {"aws:SourceVpc": "vpc-1"}}
    make_role(sandbox, "ecsInstanceRole", "ec2.amazonaws.com", policies=(ECS,),
              inline=(allow("ec2:*", Condition=condition),))  # fmt: skip
    told = registered(define(**GROWS), STOCK, plan=True)
    assert told["notes"] == []
    [entry] = told["not_checked"]
    assert "aws:SourceVpc" in entry["why"]
    assert "ec2:CreateVolume" in entry["why"]
