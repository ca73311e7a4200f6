"""What an image definition may say, and what follows from it."""

from typing import Any

import pytest
from pydantic import ValidationError

from images.spec.base import Base
from images.spec.builder import Builder
from images.spec.image import ImageSpec, Volumes

LEAST: dict[str, Any] = {"name": "x", "base": {"ssm": "ecs/al2023"}, "docker_storage": {"driver": "overlay2"}}
AMI = "ami-0123456789abcdef0"


@pytest.mark.parametrize(
    "base",
    [
        {"ssm": "ecs/al2"}, {"ami": AMI, "family": "al2"}, {"owner": "self", "name": "x-*", "family": "al1"},
    ],
)  # fmt: skip
def test_a_base_is_named_in_one_of_three_ways(base: dict[str, str]) -> None:
    assert Base.model_validate(base).model_dump(exclude_none=True) == base


@pytest.mark.parametrize(
    "base",
    [
        {}, {"family": "al2"}, {"ssm": "ecs/al3"}, {"ssm": "ecs/al2", "ami": AMI}, {"ami": AMI},
        {"ami": "ami-1", "family": "al2"}, {"name": "x-*", "family": "al2"}, {"owner": "self", "family": "al2"},
        {"owner": "self", "name": "x-*"}, {"owner": "somebody", "name": "x", "family": "al2"},
    ],
)  # fmt: skip
def test_a_base_that_is_none(base: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        Base.model_validate(base)


@pytest.mark.parametrize("cidr", ["203.0.113.7/32", "10.0.0.0/8", "2001:db8::/32", "auto", "none"])
def test_an_address_range_that_may_reach_ssh(cidr: str) -> None:
    assert Builder(ssh_from=cidr).ssh_from == cidr


@pytest.mark.parametrize("cidr", ["0.0.0.0/0", "10.0.0.0/7", "::/0", "2001::/31", "10.0.0.1/8", "everybody", ""])
def test_an_address_range_that_is_too_wide_or_none(cidr: str) -> None:
    with pytest.raises(ValidationError):
        Builder(ssh_from=cidr)


@pytest.mark.parametrize(
    "volumes",
    [{"root": {"device": "/dev/sdb"}}, {"data": {"size": "1 GiB"}}, {"data": {"device": "/dev/sdb"}}],
)
def test_volumes_that_lack_something(volumes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Volumes.model_validate(volumes)
    Volumes.model_validate({"data": {"device": "/dev/sdb", "size": "1 GiB"}})


@pytest.mark.parametrize(
    "more",
    [
        {"tags": {"kiln:x": "y"}}, {"tags": {"aws:x": "y"}}, {"tags": {"": "y"}}, {"tags": {"k" * 129: ""}},
        {"tags": {"k": "v" * 257}}, {"ami_name": "a{b}"}, {"ami_name": "a:b"}, {"ami_name": "x" * 101},
        {"name": "X"}, {"name": "-x"}, {"description": "x" * 201}, {"share": {"accounts": ["1"]}},
        {"tests": [{"name": "", "script": "true"}]}, {"tests": [{"name": "a", "script": ""}]},
    ],
)  # fmt: skip
def test_what_is_refused(more: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        ImageSpec.model_validate(LEAST | more)


@pytest.mark.parametrize(
    "more",
    [
        {"tags": {"k" * 128: "v" * 256}}, {"ami_name": "a ({name}) [{date}] ./-'@_{key}"}, {"description": "x" * 200},
        {"share": {"accounts": ["123456789012"]}},
    ],
)  # fmt: skip
def test_what_is_taken(more: dict[str, Any]) -> None:
    ImageSpec.model_validate(LEAST | more)


@pytest.mark.parametrize(
    ("base", "family", "arch"),
    [
        ({"ssm": "ecs/al2-arm64"}, "al2", "arm64"), ({"ssm": "ecs/al1"}, "al1", "x86_64"),
        ({"ami": AMI, "family": "al2"}, "al2", "x86_64"),
    ],
)  # fmt: skip
def test_family_and_architecture_follow_from_the_base(base: dict[str, str], family: str, arch: str) -> None:
    spec = ImageSpec.model_validate(LEAST | {"base": base})
    assert (spec.family, spec.arch) == (family, arch)


ECR = "123456789012.dkr.ecr.us-east-1.amazonaws.com/a:1"
PROFILE = {"builder": {"instance_profile": "kiln-builder"}}
HUB = {"registries": {"docker.io": {"secret": "hub"}}, "container_images": ["me/private:1"]}


@pytest.mark.parametrize("more", [{"container_images": [ECR]}, HUB, HUB | {"container_images": [ECR, "me/private:1"]}])
def test_images_that_are_pulled_with_a_login_need_a_role(more: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="invoke iam-policy --builder --image x"):
        ImageSpec.model_validate(LEAST | more)
    assert ImageSpec.model_validate(LEAST | PROFILE | more).private_images == tuple(more["container_images"])


@pytest.mark.parametrize("images", [[], ["ubuntu:24.04"], ["public.ecr.aws/docker/library/busybox:1"]])
def test_images_that_anybody_may_pull_need_none(images: list[str]) -> None:
    assert ImageSpec.model_validate(LEAST | {"container_images": images}).private_images == ()
