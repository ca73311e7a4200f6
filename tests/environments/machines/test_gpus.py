"""Row 3: GPUs that jobs ask for and no AMI gives are refused at plan, what may fail is warned of."""

from pathlib import Path
from typing import Any

import pytest

from environments.machines.job_needs import Place, find_missing_drivers, write_driver_fix
from kiln.errors import UserError
from sandbox.inprocess import Sandbox
from tests.support.environments import STOCK, Define, Register, Registered

JOB = "job_definitions:\n  train: {image: busybox, gpus: 1, memory: 1 GiB}\n"
TYPES = "instance_types: [c5.2xlarge], max_vcpus: 100"


def of_gpus(define: Define, types: str = "g4dn.xlarge", more: str = "", **changes: str) -> str:
    path = define(more, **changes)
    Path(path).write_text(Path(path).read_text().replace(TYPES, f"instance_types: [{types}], max_vcpus: 100"))
    return path


def named(sandbox: Sandbox, name: str, tags: dict[str, str]) -> str:
    """An AMI of this account."""
    ec2 = sandbox.client("ec2")
    snapshot = ec2.describe_snapshots()["Snapshots"][0]["SnapshotId"]
    image = ec2.register_image(
        Name=name, RootDeviceName="/dev/xvda", Architecture="x86_64",
        BlockDeviceMappings=[{"DeviceName": "/dev/xvda", "Ebs": {"SnapshotId": snapshot}}],
        TagSpecifications=[{"ResourceType": "image", "Tags": [{"Key": k, "Value": v} for k, v in tags.items()]}],
    )["ImageId"]  # fmt: skip
    sandbox.clock.advance(10)
    return str(image)


@pytest.mark.parametrize("types", ["g4dn.xlarge", "g4dn", "g5.xlarge", "g4dn.xlarge, c5.2xlarge"])
@pytest.mark.parametrize("ami", [STOCK, "ecs/al2023"])
def test_row_3_a_gpu_job_on_an_ami_without_the_driver_is_refused(
    sandbox: Sandbox, register: Register, define: Define, types: str, ami: str
) -> None:
    with pytest.raises(UserError) as refused:
        register(of_gpus(define, types, JOB), ami)
    assert refused.value.what.startswith("the job definition train asks for 1 GPU, and ami-")
    assert refused.value.what.endswith("the AMI of one, has no NVIDIA driver")
    assert "invoke register-env --env small --ami ecs/al2023-gpu" in refused.value.hint
    assert "/aws/service/ecs/optimized-ami/amazon-linux-2023/gpu/recommended" in refused.value.hint
    assert not sandbox.client("batch").describe_compute_environments()["computeEnvironments"]


def test_row_3_of_al2_the_base_is_al2s(sandbox: Sandbox, register: Register, define: Define) -> None:
    with pytest.raises(UserError) as refused:
        register(of_gpus(define, more=JOB), "ecs/al2")
    assert "base: {ssm: ecs/al2-gpu}" in refused.value.hint


def test_row_3_with_the_driver_nothing_is_said(sandbox: Sandbox, registered: Registered, define: Define) -> None:
    assert registered(of_gpus(define, more=JOB, ami="ecs/al2023-gpu"))["notes"] == []
    [compute] = sandbox.client("batch").describe_compute_environments()["computeEnvironments"]
    [configuration] = compute["computeResources"]["ec2Configuration"]
    assert configuration["imageType"] == "ECS_AL2023_NVIDIA"


def test_row_3_gpu_types_without_gpu_jobs_are_warned_of(
    sandbox: Sandbox, registered: Registered, define: Define
) -> None:
    [note] = registered(of_gpus(define, "g4dn.xlarge, c5.2xlarge"), STOCK, plan=True)["notes"]
    assert note.startswith("one allows g4dn.xlarge, and ami-")
    assert "has no NVIDIA driver: its GPUs are paid for, and no job can use them; use the ECS GPU-optimized" in note


def test_row_3_types_without_gpus_need_no_driver(sandbox: Sandbox, registered: Registered, define: Define) -> None:
    assert registered(define(), STOCK, plan=True)["notes"] == []


@pytest.mark.parametrize(
    ("tags", "words"),
    [
        ({}, "cannot be told: without it jobs with gpus wait for ever"),
        ({"kiln:gpu": "nvidia"}, ""),
    ],
)
def test_row_3_an_ami_of_ones_own_is_never_refused(
    sandbox: Sandbox, registered: Registered, define: Define, tags: dict[str, str], words: str
) -> None:
    ami = named(sandbox, "lab-2026", {"kiln:family": "al2023", **tags})
    notes = registered(of_gpus(define, more=JOB), ami, plan=True)["notes"]
    assert [note for note in notes if "another kind" not in note and words not in note] == []
    assert any("cannot be told" in note for note in notes) == bool(words)


def test_row_3_an_ami_of_kilns_that_is_known_to_have_none_is_refused(
    sandbox: Sandbox, register: Register, define: Define
) -> None:
    ami = named(sandbox, "lab-2026", {"kiln:family": "al2023", "kiln:gpu": "none"})
    with pytest.raises(UserError, match=f"and {ami}, the AMI of one, has no NVIDIA driver"):
        register(of_gpus(define, more=JOB), ami)


@pytest.mark.parametrize(
    ("ami", "given", "words"),
    [
        ("ecs/al2023-gpu", "ecs/al2023", "--ami ecs/al2023 is another kind of AMI than what the definition names "
                                         "(ecs/al2023-gpu, on ecs/al2023-gpu): without NVIDIA's driver"),
        ("ecs/al2023", "ecs/al2023-gpu", "(ecs/al2023, on ecs/al2023): with NVIDIA's driver"),
        ("latest", "ecs/al2", "(latest, on ecs/al2023): al2, not al2023"),
    ],
)  # fmt: skip
def test_row_3_an_ami_of_another_kind_is_spoken_of(
    sandbox: Sandbox, registered: Registered, define: Define, ami: str, given: str, words: str
) -> None:
    notes = registered(define(ami=ami), given, plan=True)["notes"]
    assert [note for note in notes if words in note], notes


@pytest.mark.parametrize("given", ["", "ecs/al2023", "ecs-optimized"])
def test_row_3_an_ami_of_the_same_kind_is_not(
    sandbox: Sandbox, registered: Registered, define: Define, given: str
) -> None:
    assert registered(define(), given, plan=True)["notes"] == []


NONE, SOME = Place("low", ("g5.xlarge",), "ami-1", "none"), Place("high", ("g5.xlarge",), "ami-2", "nvidia")
PLAIN = Place("plain", (), "ami-1", "none")


@pytest.mark.parametrize(
    ("queues", "hopeless"),
    [
        ({"q": [NONE]}, [True]),
        ({"q": [NONE], "r": [PLAIN]}, [True]),
        ({"q": [NONE], "r": [SOME]}, [False]),
        ({"q": [NONE, SOME]}, []),
        ({"r": [PLAIN]}, []),
    ],
)
def test_row_3_queues_of_several_kinds(queues: Any, hopeless: list[bool]) -> None:
    spoken = [misfit.hopeless for name, misfit in find_missing_drivers({"train": 2}, queues, "fix") if name == "train"]
    assert spoken == hopeless


def test_row_3_arm_has_no_stock_ami_with_the_driver() -> None:
    assert "for arm64 with the driver: allow x86_64 types" in write_driver_fix("al2023", "arm64", "invoke register-env")
