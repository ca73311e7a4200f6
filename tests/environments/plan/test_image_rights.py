"""Rights to fetch images, secrets and credentials: of machines, and of an execution role that is not Kiln's."""

import pytest

from environments.doctor import command as commands
from environments.spec.jobs import JobDefinition
from kiln.errors import Exit
from sandbox.inprocess import Sandbox
from tests.support.container_images import TinyImage, put_tiny
from tests.support.environments import STOCK, Define, Registered
from tests.support.foreign_roles import AWS, ECS, make_role, paste
from tests.support.policies import allow

ECR = "123456789012.dkr.ecr.us-east-1.amazonaws.com/team/tool:1"
REPOSITORY = "arn:aws:ecr:us-east-1:123456789012:repository/team/tool"
SECRET = "arn:aws:secretsmanager:us-east-1:123456789012:secret:licence-a1B2c3"
JOB = "job_definitions: {{align: {{image: '{}', memory: 1 GiB{}}}}}\n"
JOIN = allow(["ecs:*", "logs:*"])
PULL = ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]


@pytest.fixture
def pushed(sandbox: Sandbox) -> None:
    """The image is there: only rights are spoken of here."""
    ecr = sandbox.client("ecr")
    ecr.create_repository(repositoryName="team/tool")
    put_tiny(ecr, "team/tool", TinyImage(), "1")


@pytest.mark.parametrize(
    ("image", "in_ecr"),
    [
        (ECR, True),
        ("123456789012.dkr.ecr-fips.us-gov-west-1.amazonaws.com/a/b@sha256:" + "0" * 64, True),
        ("123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn/a", True),
        ("123456789012.dkr-ecr.eu-west-1.on.aws/a:1", True),
        ("public.ecr.aws/docker/library/busybox:1", False),
        ("quay.io/nextflow/bash", False),
    ],
)
def test_which_images_are_in_ecr(image: str, in_ecr: bool) -> None:
    job = JobDefinition.model_validate({"image": image, "memory": "1 GiB"})
    assert bool(job.ecr_repository) is in_ecr


@pytest.mark.parametrize(
    ("image", "more", "rights", "lacks"),
    [
        (ECR, "", (), "lacks ecr:GetAuthorizationToken; "),
        (ECR, ", execution_role: none", (allow("ecr:GetAuthorizationToken"),), "ecr:BatchGetImage"),
        (ECR, "", (allow("ecr:GetAuthorizationToken"), allow(PULL, f"{REPOSITORY}s")), "on ECR's team/tool"),
        (ECR, "", (allow("ecr:GetAuthorizationToken"), allow(PULL, REPOSITORY)), ""),
        (ECR, ", execution_role: environment", (), ""),
        ("public.ecr.aws/docker/library/busybox:1", "", (), ""),
    ],
)
@pytest.mark.usefixtures("pushed")
def test_the_plan_warns_of_images_that_the_instance_role_may_not_pull(
    sandbox: Sandbox, registered: Registered, define: Define,
    image: str, more: str, rights: tuple[dict[str, object], ...], lacks: str,
) -> None:  # fmt: skip
    make_role(sandbox, "ecsInstanceRole", "ec2.amazonaws.com", inline=(JOIN, *rights))
    env = define(JOB.format(image, more))
    notes = [note for note in registered(env, STOCK, plan=True)["notes"] if "it lacks" in note]
    assert len(notes) == bool(lacks)
    if lacks:
        assert lacks in notes[0]
        assert "the jobs of align fail with CannotPullImage" in notes[0]
        command = notes[0][notes[0].index("aws iam ") :]
        assert command.endswith(f"{AWS}AmazonEC2ContainerRegistryPullOnly")
        paste(sandbox, command)
        assert registered(env, STOCK, plan=True)["notes"] == []


@pytest.mark.usefixtures("pushed")
def test_the_ordinary_instance_role_may_pull(sandbox: Sandbox, registered: Registered, define: Define) -> None:
    make_role(sandbox, "ecsInstanceRole", "ec2.amazonaws.com", policies=(ECS,))
    assert registered(define(JOB.format(ECR, "")), STOCK, plan=True)["notes"] == []


@pytest.mark.parametrize(
    ("more", "lacks"),
    [
        (f", secrets: {{A: '{SECRET}:key::'}}", "secretsmanager:GetSecretValue on secret licence-a1B2c3"),
        (", secrets: {A: /db/password}", "ssm:GetParameters on parameter/db/password"),
        (f", repository_credentials: '{SECRET}'", "secretsmanager:GetSecretValue"),
        (", execution_role: environment", "logs:CreateLogStream"),
    ],
)
def test_an_execution_role_that_is_not_kilns_must_fetch_what_jobs_name(
    sandbox: Sandbox, registered: Registered, define: Define, more: str, lacks: str
) -> None:
    make_role(sandbox, "theirs", "ecs-tasks.amazonaws.com")
    env = define("roles: {execution: theirs}\n" + JOB.format("registry.example.org/tool:1", more))
    [note] = [note for note in registered(env, STOCK, plan=True)["notes"] if "the role theirs" in note]
    assert lacks in note
    assert "the jobs of align fail before they start" in note
    registered(env, STOCK)
    paste(sandbox, note[note.index("aws iam ") :])
    assert not [note for note in registered(env, STOCK, plan=True)["notes"] if "the role theirs" in note]


@pytest.mark.parametrize("rights", [(), (allow("ecr:GetAuthorizationToken"),)])
def test_the_doctor_says_the_same_of_images(
    sandbox: Sandbox, registered: Registered, define: Define, capsys: pytest.CaptureFixture[str],
    rights: tuple[dict[str, object], ...],
) -> None:  # fmt: skip
    make_role(sandbox, "ecsInstanceRole", "ec2.amazonaws.com", inline=(JOIN, *rights))
    env = define(JOB.format(ECR, ""))
    registered(env, STOCK)
    capsys.readouterr()
    assert commands.doctor(env, "", None, as_json=False) == Exit.SOMETHING_TO_DO
    assert "the jobs of align fail with CannotPullImage" in capsys.readouterr().out
