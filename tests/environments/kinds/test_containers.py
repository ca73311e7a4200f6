"""Job definitions with all that a container can have: registered, compared with AWS's own forms, shown, taken away."""

from typing import Any

import pytest
import yaml

from environments.commands import destroy as destroy_command
from environments.kinds.batch import container_description, container_fields, container_properties
from environments.spec.jobs import JobDefinition
from kiln.errors import Exit, UserError
from sandbox.inprocess import Sandbox
from tests.support.environments import Define, Register, Registered, left
from tests.support.foreign_roles import make_role
from tests.support.inputs import inputs

SECRET = "arn:aws:secretsmanager:us-east-1:123456789012:secret:licence-a1B2c3"
REGISTRY = "arn:aws:secretsmanager:us-east-1:123456789012:secret:registry-d4E5f6"
IN_ECR = "111122223333.dkr.ecr.eu-west-1.amazonaws.com/our/tool:1"
EFS: dict[str, Any] = {"file_system": "fs-0123456789abcdef0"}
OPTIONS: list[dict[str, Any]] = [
    {"shared_memory": "1 GiB"},
    {"tmpfs": [{"container": "/scratch/", "size": "1 GiB", "options": ["rw", "mode=1777"]},
               {"container": "/run", "size": "1 MiB"}]},
    {"ulimits": {"nofile": {"soft": 1024, "hard": 65536}, "memlock": {"soft": "unlimited", "hard": "unlimited"}}},
    {"volumes": [{"host": "/refs", "container": "/refs"}, {"efs": EFS, "container": "/efs", "read_only": False}]},
    {"volumes": [{"efs": EFS | {"access_point": "fsap-0123456789abcdef0", "iam": True, "port": 20049},
                  "container": "/efs"}]},
    {"volumes": [{"efs": EFS | {"root": "/data", "encrypted": False}, "container": "/efs"}]},
    {"devices": [{"host": "/dev/fuse"}, {"host": "/dev/a", "container": "/dev/b", "permissions": ["write", "read"]}]},
    {"init_process": True, "read_only_root": True, "privileged": True, "user": "1000:100"},
    {"max_swap": "0 MiB"},
    {"max_swap": "1 GiB", "swappiness": 0},
    {"log": {"driver": "json-file", "options": {"max-size": "10m"}}},
    {"log": {"options": {"awslogs-group": "/own", "awslogs-datetime-format": "%H"}}},
    {"secrets": {"A": f"{SECRET}:key::", "B": "/parameter"}},
    {"repository_credentials": REGISTRY, "image": "registry.example.org/tool:1"},
    {"log": {"driver": "splunk", "options": {"splunk-url": "https://s"}, "secret_options": {"splunk-token": SECRET}}},
    {"environment": {"EMPTY": "", "FULL": "x"}},
    {"image": IN_ECR, "execution_role": "environment"},
    {"execution_role": "arn:aws:iam::123456789012:role/theirs", "secrets": {"A": SECRET}},
]  # fmt: skip
JOB = {"image": "busybox", "memory": "512 MiB"}


def job(more: dict[str, Any]) -> str:
    return yaml.safe_dump({"job_definitions": {"align": JOB | more}})


@pytest.mark.parametrize("more", OPTIONS, ids=str)
def test_what_was_registered_is_not_registered_again(
    sandbox: Sandbox, define: Define, registered: Registered, more: dict[str, Any]
) -> None:
    make_role(sandbox, "theirs", "ecs-tasks.amazonaws.com")
    env = define(job(more))
    assert registered(env)["code"] == Exit.DONE
    again = registered(env, plan=True)
    assert again["code"] == Exit.DONE, [step for step in again["resources"] if step["changes"]]


@pytest.mark.parametrize("more", OPTIONS, ids=str)
def test_a_change_of_any_option_is_another_revision(
    sandbox: Sandbox, define: Define, registered: Registered, more: dict[str, Any]
) -> None:
    make_role(sandbox, "theirs", "ecs-tasks.amazonaws.com")
    registered(define(job({})))
    plan = registered(env := define(job(more)), plan=True)
    [step] = [step for step in plan["resources"] if step["kind"] == "job definition"]
    assert (plan["code"], step["action"]) == (Exit.SOMETHING_TO_DO, "update")
    assert step["changes"]
    assert registered(env)["code"] == Exit.DONE
    revisions = sandbox.client("batch").describe_job_definitions(jobDefinitionName="align")["jobDefinitions"]
    assert len(revisions) == 2


def test_forms_that_aws_answers_are_no_differences() -> None:
    """Defaults, empty lists and orders of AWS Batch's own, against a definition that says nothing of them."""
    spec = JobDefinition.model_validate(
        JOB | {"devices": [{"host": "/dev/fuse"}], "max_swap": "1 GiB", "volumes": [{"efs": EFS, "container": "/efs"}]}
    )
    fields = container_fields.describe(inputs("genomics"), "align", spec)
    answered = container_properties.render(fields)
    answered |= {"ulimits": [], "secrets": [], "environment": []}
    answered["linuxParameters"] = {
        "devices": [{"hostPath": "/dev/fuse"}], "tmpfs": [], "initProcessEnabled": False, "maxSwap": 1024,
    }  # fmt: skip
    answered["volumes"][0]["efsVolumeConfiguration"] |= {
        "rootDirectory": "/",
        "authorizationConfig": {"iam": "DISABLED"},
    }
    read = container_description.read(answered)
    assert read == {name: fields[name] for name in read}
    answered["linuxParameters"]["swappiness"] = 10
    assert container_description.read(answered)["swappiness"] != fields["swappiness"]


def test_the_plan_shows_what_differs(
    sandbox: Sandbox, define: Define, register: Register, capsys: pytest.CaptureFixture[str]
) -> None:
    register(define(job({})))
    capsys.readouterr()
    register(define(job({"shared_memory": "1 GiB", "ulimits": {"nofile": {"soft": 1, "hard": 2}}})), plan=True)
    text = capsys.readouterr().out
    assert "sharedMemorySize: none → 1024" in text
    assert "ulimits: none → nofile=1, 2" in text


SECRETS = {"secrets": {"A": f"{SECRET}:key::", "B": "/db/password"}, "repository_credentials": REGISTRY,
           "image": "registry.example.org/tool:1"}  # fmt: skip


def policy_of(sandbox: Sandbox, role: str) -> dict[str, Any]:
    """What a role may do: action → resources."""
    iam, allowed = sandbox.client("iam"), dict[str, Any]()
    for policy in iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]:
        version = iam.get_policy(PolicyArn=policy["PolicyArn"])["Policy"]["DefaultVersionId"]
        told = iam.get_policy_version(PolicyArn=policy["PolicyArn"], VersionId=version)["PolicyVersion"]["Document"]
        allowed |= {action: each["Resource"] for each in told["Statement"] for action in each["Action"]}
    return allowed


def test_the_execution_role_may_fetch_what_jobs_name_and_no_more(
    sandbox: Sandbox, define: Define, registered: Registered
) -> None:
    assert registered(define(job(SECRETS)))["code"] == Exit.DONE
    assert policy_of(sandbox, "small-execution-role") == {
        "secretsmanager:GetSecretValue": [SECRET, REGISTRY],
        "ssm:GetParameters": ["arn:aws:ssm:us-east-1:123456789012:parameter/db/password"],
        "logs:CreateLogStream": ["arn:aws:logs:us-east-1:123456789012:log-group:/aws/batch/job:*"],
        "logs:PutLogEvents": ["arn:aws:logs:us-east-1:123456789012:log-group:/aws/batch/job:*"],
    }
    [found] = sandbox.client("batch").describe_job_definitions(jobDefinitionName="align")["jobDefinitions"]
    container = found["containerProperties"]
    assert container["executionRoleArn"] == "arn:aws:iam::123456789012:role/small-execution-role"
    assert container["repositoryCredentials"] == {"credentialsParameter": REGISTRY}
    role = sandbox.client("iam").get_role(RoleName="small-execution-role")["Role"]
    [trust] = role["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Principal"] == {"Service": "ecs-tasks.amazonaws.com"}


def test_the_execution_role_may_pull_the_images_of_ecr_that_jobs_name(
    sandbox: Sandbox, define: Define, registered: Registered
) -> None:
    keys = "roles: {secret_keys: ['arn:aws:kms:us-east-1:123456789012:key/0a1b']}\n"
    logs = {"log": {"options": {"awslogs-group": "/own", "awslogs-create-group": "true"}}}
    assert (
        registered(define(keys + job({"image": IN_ECR, "execution_role": "environment"} | logs)))["code"] == Exit.DONE
    )
    allowed = policy_of(sandbox, "small-execution-role")
    assert allowed["ecr:GetAuthorizationToken"] == ["*"]
    assert allowed["ecr:BatchGetImage"] == ["arn:aws:ecr:eu-west-1:111122223333:repository/our/tool"]
    assert allowed["logs:CreateLogGroup"] == ["arn:aws:logs:us-east-1:123456789012:log-group:/own:*"]
    assert allowed["kms:Decrypt"] == ["arn:aws:kms:us-east-1:123456789012:key/0a1b"]
    assert "secretsmanager:GetSecretValue" not in allowed


def test_no_execution_role_is_made_where_no_job_needs_one(
    sandbox: Sandbox, define: Define, registered: Registered
) -> None:
    registered(define(job({"image": IN_ECR})))
    assert not [name for name in left(sandbox)["roles"] if "execution" in name]


def test_destroy_env_takes_the_execution_role_and_its_policy_away(
    sandbox: Sandbox, define: Define, registered: Registered
) -> None:
    env = define(job(SECRETS))
    registered(env)
    done = destroy_command.destroy(
        env, None, buckets=[], amis=[], plan=False, yes=True, terminate_jobs=False, as_json=False
    )
    assert done == Exit.DONE
    assert not {"roles", "policies", "job definitions"} & left(sandbox).keys()


def test_a_credential_in_a_file_is_refused_and_not_shown(sandbox: Sandbox, define: Define, register: Register) -> None:
    for more in ({"environment": {"DB_PASSWORD": "hunter2-x"}}, {"secrets": {"A": "hunter2-x!"}},
                 {"repository_credentials": "me:hunter2-x"}):  # fmt: skip
        with pytest.raises(UserError, match=r"small\.yaml") as caught:
            register(define(job(more)))
        assert "hunter2" not in f"{caught.value} {getattr(caught.value, 'output', '')}"
