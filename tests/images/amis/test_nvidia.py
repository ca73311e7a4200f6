"""Which AMIs have NVIDIA's driver, by Kiln's tag and by AWS's names; what cannot be told is not guessed."""

import pytest

from images.amis.nvidia import Driver, find_alias, record, tell_driver

GPU = "al2023-ami-ecs-gpu-hvm-2023.0.20261002-kernel-6.1-x86_64-ebs"
PLAIN = "al2023-ami-ecs-hvm-2023.0.20261002-kernel-6.1-x86_64"


@pytest.mark.parametrize(
    ("name", "owner", "labels", "driver"),
    [
        (GPU, "amazon", {}, "nvidia"),
        ("amzn2-ami-ecs-gpu-hvm-2.0.20260620-x86_64-ebs", "amazon", {}, "nvidia"),
        ("amzn2-ami-ecs-kernel-5.10-gpu-hvm-2.0.20260620-x86_64-ebs", "amazon", {}, "nvidia"),
        (GPU, "123456789012", {}, "nvidia"),  # a copy
        (PLAIN, "amazon", {}, "none"),
        ("al2023-ami-ecs-hvm-2023.0.20261002-kernel-6.1-arm64", "amazon", {}, "none"),
        ("al2023-ami-ecs-neuron-hvm-2023.0.20261002-kernel-6.1-x86_64", "amazon", {}, "none"),
        ("amzn2-ami-ecs-inf-hvm-2.0.20260620-x86_64-ebs", "amazon", {}, "none"),
        ("amzn-ami-2018.03.20240201-amazon-ecs-optimized", "amazon", {}, "none"),
        (PLAIN, "123456789012", {}, "unknown"),  # a copy may have got one
        ("lab-gpu-2026", "123456789012", {}, "unknown"),
        ("Deep Learning Base OSS Nvidia Driver GPU AMI (Amazon Linux 2023)", "amazon", {}, "unknown"),
        ("lab-gpu-2026", "123456789012", {"kiln:gpu": "nvidia"}, "nvidia"),
        ("lab", "123456789012", {"kiln:gpu": "none"}, "none"),
        ("lab", "123456789012", {"kiln:gpu": "maybe"}, "unknown"),
    ],
)
def test_row_3_how_an_ami_is_known(name: str, owner: str, labels: dict[str, str], driver: Driver) -> None:
    assert tell_driver(name, owner, labels) == driver


@pytest.mark.parametrize(
    ("base", "text", "driver"),
    [
        ("nvidia", "", "nvidia"),
        ("none", "dnf install -y jq", "none"),
        ("none", "dnf install -y nvidia-driver", "unknown"),
        ("none", "sh CUDA_12.run", "unknown"),
        ("unknown", "", "unknown"),
    ],
)
def test_row_3_what_a_build_records(base: Driver, text: str, driver: Driver) -> None:
    assert record(base, ["{}", text]) == driver


def test_aws_publishes_some_for_x86_alone() -> None:
    assert (find_alias("al2", "x86_64"), find_alias("al2023", "arm64")) == ("ecs/al2-gpu", "")
