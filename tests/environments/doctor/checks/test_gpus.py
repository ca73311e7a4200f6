"""The doctor says of GPUs without a driver what the plan says."""

from typing import Any

import pytest

from environments.doctor.checks.definitions import check_drivers
from environments.doctor.facts.picture import Picture
from tests.support.doctor_pictures import picture

NAMES = {
    "none": "al2023-ami-ecs-hvm-2023.0.20261002-kernel-6.1-x86_64",
    "nvidia": "al2023-ami-ecs-gpu-hvm-2023.0.20261002-kernel-6.1-x86_64-ebs",
    "unknown": "lab",
}


def seen(driver: str, types: str = "g5.xlarge", gpus: int = 1, ami: str = "ami-1") -> Picture:
    image = {"ImageId": "ami-1", "Name": NAMES[driver], "ImageOwnerAlias": "amazon"}
    asks = [{"type": "GPU", "value": str(gpus)}] if gpus else []
    revision = {"jobDefinitionName": "train", "revision": 2, "containerProperties": {"resourceRequirements": asks}}
    earlier = {
        **revision,
        "revision": 1,
        "containerProperties": {"resourceRequirements": [{"type": "GPU", "value": "8"}]},
    }
    resources: dict[str, Any] = {"ec2Configuration": [{"imageType": "ECS_AL2023", "imageIdOverride": ami}]}
    return picture(types, resources=resources, images={"ami-1": image}, definitions=(earlier, revision))


def test_row_3_a_gpu_job_on_an_ami_without_the_driver() -> None:
    of_job, of_types = check_drivers(seen("none"))
    assert (of_job.severity, of_job.resource) == ("error", "train")
    assert of_job.what == "the job definition train asks for 1 GPU, and ami-1, the AMI of q, has no NVIDIA driver"
    assert "invoke register-env --env e --ami ecs/al2023-gpu" in of_job.fix
    assert (of_types.severity, of_types.what) == ("warning", "one allows g5.xlarge, and ami-1 has no NVIDIA driver")


@pytest.mark.parametrize(("driver", "count"), [("nvidia", 0), ("unknown", 1)])
def test_row_3_with_the_driver_or_where_it_cannot_be_told(driver: str, count: int) -> None:
    findings = list(check_drivers(seen(driver)))
    assert [finding.severity for finding in findings] == ["warning"] * count


@pytest.mark.parametrize(("types", "gpus"), [("c5.2xlarge", 0), ("c5.2xlarge", 1)])
def test_row_3_without_gpu_types_nothing_is_said(types: str, gpus: int) -> None:
    assert list(check_drivers(seen("none", types, gpus))) == []


def test_row_3_awss_own_choice_of_an_ami_has_it() -> None:
    assert list(check_drivers(seen("none", ami=""))) == []
