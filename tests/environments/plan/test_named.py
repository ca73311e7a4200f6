"""What a definition names of the account, and is not there: said by the plan."""

import pytest

from cloud.looks import Looks
from cloud.session import Cloud
from environments.plan import named
from environments.spec import definitions
from kiln.errors import UserError
from sandbox.inprocess import Sandbox
from tests.support.container_images import TinyImage, put_tiny
from tests.support.environments import STOCK, Define, Register, Registered

ECR = "123456789012.dkr.ecr.us-east-1.amazonaws.com"
JOB = "job_definitions: {{align: {{memory: 1 GiB, {}}}}}\n"


def notes(registered: Registered, path: str) -> list[str]:
    return [note for note in registered(path, STOCK, plan=True)["notes"] if "align" in note]


@pytest.mark.parametrize(
    "arn",
    [
        "arn:aws:iam::123456789012:policy/nope",
        "arn:aws:iam::123456789012:policy/team/limits",
        "arn:aws:iam::aws:policy/NoSuchAccess",
    ],
)
def test_row_1_a_boundary_that_is_not_there_is_refused(
    sandbox: Sandbox, register: Register, define: Define, arn: str
) -> None:
    with pytest.raises(UserError) as refused:
        register(define(f"roles: {{permissions_boundary: '{arn}'}}\n"), STOCK)
    assert refused.value.what == f"there is no policy {arn}"
    assert "permissions_boundary" in refused.value.why
    assert sandbox.client("s3").list_buckets()["Buckets"] == []


def test_a_boundary_that_is_there_is_fine(sandbox: Sandbox, register: Register, define: Define) -> None:
    assert (
        register(define("roles: {permissions_boundary: 'arn:aws:iam::aws:policy/PowerUserAccess'}\n"), plan=True) == 2
    )


@pytest.mark.parametrize("group", ["/my/group", "batch", "/aws/batch"])
def test_row_1_a_log_group_that_is_not_there_is_a_warning(
    sandbox: Sandbox, registered: Registered, define: Define, group: str
) -> None:
    path = define(JOB.format(f"image: busybox, log: {{options: {{awslogs-group: {group}}}}}"))
    sandbox.client("logs").create_log_group(logGroupName=f"{group}/other")
    [note] = notes(registered, path)
    assert f"align logs to {group}, and us-east-1 has no such log group" in note
    assert f"aws logs create-log-group --log-group-name {group}" in note
    sandbox.client("logs").create_log_group(logGroupName=group)
    assert notes(registered, path) == []


@pytest.mark.parametrize(
    "options",
    [
        "awslogs-group: /aws/batch/job",
        "awslogs-group: /new, awslogs-create-group: 'true'",
        "awslogs-group: /afar, awslogs-region: eu-west-1",
        "mode: non-blocking",
    ],
)
def test_log_groups_that_are_made_or_elsewhere_are_fine(
    sandbox: Sandbox, registered: Registered, define: Define, options: str
) -> None:
    assert notes(registered, define(JOB.format(f"image: busybox, log: {{options: {{{options}}}}}"))) == []


@pytest.mark.parametrize(
    ("image", "lacking"),
    [
        (f"{ECR}/salmon:1.9", "no repository salmon"),
        (f"{ECR}/a:1", "no repository a"),
        (f"{ECR}/team/caller@sha256:{'9f' * 32}", "no repository team/caller"),
        (f"{ECR}/tools:2", "no image 2 in tools"),
        (f"{ECR}/tools", "no image latest in tools"),
    ],
)
def test_row_1_an_image_that_ecr_does_not_have_is_a_warning(
    sandbox: Sandbox, registered: Registered, define: Define, image: str, lacking: str
) -> None:
    sandbox.client("ecr").create_repository(repositoryName="tools")
    [note] = notes(registered, define(JOB.format(f"image: '{image}'")))
    assert f"align runs {image}, and ECR has {lacking}" in note


def test_an_image_that_ecr_has_is_fine(sandbox: Sandbox, registered: Registered, define: Define) -> None:
    ecr, image = sandbox.client("ecr"), TinyImage()
    ecr.create_repository(repositoryName="tools")
    put_tiny(ecr, "tools", image, "2")
    for reference in (f"{ECR}/tools:2", f"{ECR}/tools@{image.digest}", f"{ECR}/tools:2@{image.digest}"):
        assert notes(registered, define(JOB.format(f"image: '{reference}'"))) == []


def test_what_may_not_be_looked_at_is_not_checked(sandbox: Sandbox, cloud: Cloud, define: Define) -> None:
    denied: dict[str, dict[str, str]] = {
        "GetPolicy": {}, "DescribeLogGroups": {}, "DescribeImages": {"repositoryName": "salmon"},
    }  # fmt: skip
    for action, where in denied.items():
        sandbox.faults.add(action, "AccessDenied", status=403, times=None, where=where)
    more = JOB.format(f"image: '{ECR}/salmon:1', log: {{options: {{awslogs-group: /my/group}}}}")
    more += "roles: {permissions_boundary: 'arn:aws:iam::123456789012:policy/nope'}\n"
    looks = Looks()
    assert named.check(cloud, definitions.load(define(more)), "123456789012", looks) == ()
    assert [unchecked.what for unchecked in looks.unchecked] == [
        "whether there is the policy arn:aws:iam::123456789012:policy/nope",
        "whether there is the log group /my/group",
        f"whether ECR has {ECR}/salmon:1",
    ]


@pytest.mark.parametrize(
    "image",
    ["quay.io/nextflow/bash:latest", "999999999999.dkr.ecr.us-east-1.amazonaws.com/a:1",
     "123456789012.dkr.ecr.eu-west-1.amazonaws.com/a:1"],
)  # fmt: skip
def test_images_of_other_registries_are_not_asked_for(
    sandbox: Sandbox, registered: Registered, define: Define, image: str
) -> None:
    assert [note for note in notes(registered, define(JOB.format(f"image: '{image}'"))) if "ECR has" in note] == []
