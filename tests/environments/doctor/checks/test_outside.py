"""Log groups and images in ECR that job definitions name: the doctor says of them what the plan says."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.container_images import TinyImage, put_tiny
from tests.support.doctor import Patient

ECR = "123456789012.dkr.ecr.us-east-1.amazonaws.com"


@pytest.fixture
def align(patient: Patient) -> Iterator[Any]:
    """Registers revisions of the environment's job definition align, which goes again."""
    batch, made = patient.client("batch"), list[str]()

    def register(image: str = "busybox", **options: str) -> None:
        asked = [{"type": "VCPU", "value": "1"}, {"type": "MEMORY", "value": "512"}]
        container: dict[str, Any] = {"image": image, "command": ["true"], "resourceRequirements": asked}
        if options:
            named = {name.replace("_", "-"): value for name, value in options.items()}
            container["logConfiguration"] = {"logDriver": "awslogs", "options": named}
        while made:
            batch.deregister_job_definition(jobDefinition=made.pop())
        answer = batch.register_job_definition(
            jobDefinitionName="align", type="container", containerProperties=container, tags={"kiln:env:genomics": "x"}
        )
        made.append(answer["jobDefinitionArn"])
        patient.later()

    yield register
    for arn in made:
        batch.deregister_job_definition(jobDefinition=arn)
    patient.later()


@pytest.mark.parametrize("group", ["/my/group", "align", "/aws/batch"])
def test_row_1_a_log_group_that_is_not_there(patient: Patient, align: Any, group: str) -> None:
    align(awslogs_group=group)
    found = patient.one()
    assert f"error: the job definition align logs to {group}, and us-east-1 has no such log group" in found
    assert found.endswith(f"aws logs create-log-group --log-group-name {group}")
    patient.client("logs").create_log_group(logGroupName=group)
    assert patient.visit()["healthy"]
    patient.client("logs").delete_log_group(logGroupName=group)


@pytest.mark.parametrize(
    "options",
    [
        {"awslogs_group": "/aws/batch/job"},
        {"awslogs_group": "/new", "awslogs_create_group": "true"},
        {"awslogs_group": "/afar", "awslogs_region": "eu-west-1"},
        {},
    ],
)
def test_log_groups_that_are_made_or_elsewhere(patient: Patient, align: Any, options: dict[str, str]) -> None:
    align(**options)
    assert patient.visit()["healthy"]


def test_row_1_an_image_that_ecr_does_not_have(patient: Patient, align: Any) -> None:
    ecr, image = patient.client("ecr"), TinyImage()
    align(f"{ECR}/tools:2")
    assert f"error: the job definition align runs {ECR}/tools:2, and ECR has no repository tools" in patient.one()
    ecr.create_repository(repositoryName="tools")
    assert "and ECR has no image 2 in tools" in patient.one()
    put_tiny(ecr, "tools", image, "2")
    assert patient.visit()["healthy"]
    align(f"{ECR}/tools@{image.digest}")
    assert patient.visit()["healthy"]
    ecr.batch_delete_image(repositoryName="tools", imageIds=[{"imageDigest": image.digest}])
    assert f"ECR has no image {image.digest} in tools" in patient.one()
    ecr.delete_repository(repositoryName="tools", force=True)


@pytest.mark.parametrize("image", ["quay.io/nextflow/bash:latest", "999999999999.dkr.ecr.us-east-1.amazonaws.com/a:1"])
def test_images_of_others_are_not_asked_for(patient: Patient, align: Any, image: str) -> None:
    align(image)
    assert patient.visit()["healthy"]


def test_what_may_not_be_looked_at_is_not_checked(patient: Patient, align: Any) -> None:
    align(f"{ECR}/tools:2", awslogs_group="/my/group")
    patient.sandbox.faults.add(
        "DescribeImages", "AccessDenied", status=403, times=None, where={"repositoryName": "tools"}
    )
    patient.client("logs").create_log_group(logGroupName="/my/group")
    seen = patient.visit()
    assert (seen["healthy"], list(seen["unseen"]), seen["findings"]) == (False, ["outside"], [])
    patient.sandbox.faults.clear()
    patient.client("logs").delete_log_group(logGroupName="/my/group")
