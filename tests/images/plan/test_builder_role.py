"""The builder's role is looked at before a build: whether it may pull the images that need a login."""

from pathlib import Path
from typing import Any

import pytest

from cloud.session import Cloud
from images.plan import builder_role
from images.plan.builder_role import BuilderRole
from images.spec.image import ImageSpec
from kiln.errors import UserError
from sandbox.inprocess import Sandbox
from tests.support.foreign_roles import AWS, make_role
from tests.support.pasting import commands, paste, type_in
from tests.support.policies import allow

ECR = "123456789012.dkr.ecr.us-east-1.amazonaws.com/team/a:1"
OTHER = "arn:aws:ecr:*:*:repository/other"
PULL = ("ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer")
LOGIN = allow("ecr:GetAuthorizationToken")
SECRET = {"registries": {"quay.io": {"secret": "quay"}}, "container_images": ["quay.io/x/y"]}
PARAMETER = {"registries": {"docker.io": {"parameter": "/hub"}}, "container_images": ["me/z:1"]}
IMAGES: dict[str, Any] = {"container_images": [ECR]}


def spec(profile: str = "kiln-builder", **more: Any) -> ImageSpec:
    return ImageSpec.model_validate({
        "name": "x", "base": {"ssm": "ecs/al2023"}, "docker_storage": {"driver": "overlay2"},
        "builder": {"instance_profile": profile}, **more,
    })  # fmt: skip


def profile(sandbox: Sandbox, *inline: dict[str, Any], policies: tuple[str, ...] = ()) -> None:
    make_role(sandbox, "building", "ec2.amazonaws.com", inline=inline, policies=policies)
    iam = sandbox.client("iam")
    iam.create_instance_profile(InstanceProfileName="kiln-builder")
    iam.add_role_to_instance_profile(InstanceProfileName="kiln-builder", RoleName="building")
    sandbox.clock.advance(60)  # until EC2 knows it


@pytest.mark.parametrize(
    ("more", "rights", "lacks"),
    [
        (IMAGES, (), "lacks ecr:GetAuthorizationToken; ecr:BatchCheckLayerAvailability, ecr:BatchGetImage"),
        (IMAGES, (LOGIN,), "on repository/team/a"),
        (
            IMAGES,
            (LOGIN, allow(list(PULL), "arn:aws:ecr:*:*:repository/other")),
            "ecr:GetDownloadUrlForLayer on repository/team/a",
        ),
        (SECRET, (), "lacks secretsmanager:GetSecretValue on secret quay"),
        (SECRET, (allow("secretsmanager:*"), allow("*", Effect="Deny")), "is denied secretsmanager:GetSecretValue"),
        (PARAMETER, (LOGIN,), "lacks ssm:GetParameter on parameter/hub"),
    ],
)
def test_what_the_role_lacks_is_told_with_the_command(
    sandbox: Sandbox, tmp_path: Path, more: dict[str, Any], rights: tuple[dict[str, Any], ...], lacks: str
) -> None:
    profile(sandbox, *rights)
    [note] = builder_role.check(Cloud(), spec(**more)).notes
    assert note.startswith("the builder's role building ")
    assert lacks in note
    assert "the build fails where it pulls the container images" in note
    for command in commands(note):
        paste(command, tmp_path)
        sandbox.clock.advance(60)
        assert builder_role.check(Cloud(), spec(**more)) == BuilderRole()


@pytest.mark.parametrize(
    ("more", "rights", "policies"),
    [
        (IMAGES, (), (f"{AWS}AmazonEC2ContainerRegistryReadOnly",)),
        (IMAGES, (LOGIN, allow("ecr:*", "arn:aws:ecr:us-east-1:123456789012:repository/team/a")), ()),
        (SECRET, (allow("secretsmanager:GetSecretValue", "arn:aws:secretsmanager:*:*:secret:quay-??????"),), ()),
        ({"container_images": ["public.ecr.aws/docker/library/busybox:1"]}, (), ()),
    ],
)
def test_a_role_that_may_pull(
    sandbox: Sandbox, more: dict[str, Any], rights: tuple[dict[str, Any], ...], policies: tuple[str, ...]
) -> None:
    profile(sandbox, *rights, policies=policies)
    assert builder_role.check(Cloud(), spec(**more)) == BuilderRole()


@pytest.mark.parametrize("call", ["GetInstanceProfile", "SimulatePrincipalPolicy"])
def test_what_may_not_be_looked_at_is_not_checked(sandbox: Sandbox, call: str) -> None:
    profile(sandbox, LOGIN, allow(list(PULL)))
    for action in (call, "ListAttachedRolePolicies"):
        sandbox.faults.add(action, "AccessDenied", status=403, times=None)
    looked = builder_role.check(Cloud(), spec(**IMAGES))
    assert looked.notes == ()
    [unchecked] = looked.unchecked
    assert call in unchecked.why


@pytest.mark.parametrize("is_there", [True, False])
def test_a_profile_without_a_role_is_refused(sandbox: Sandbox, is_there: bool) -> None:
    if is_there:
        sandbox.client("iam").create_instance_profile(InstanceProfileName="kiln-builder")
    with pytest.raises(UserError, match="kiln-builder"):
        builder_role.check(Cloud(), spec(**IMAGES))


def test_the_plan_of_a_build_shows_it(sandbox: Sandbox, tmp_path: Path) -> None:
    profile(sandbox)
    path = tmp_path / "x.yaml"
    path.write_text(
        "name: x\nbase: {ssm: ecs/al2023}\ndocker_storage: {driver: overlay2}\n"
        f"builder: {{instance_profile: kiln-builder}}\ncontainer_images: ['{ECR}']\n"
    )
    shown = type_in("build-ami", "--image", str(path), "--plan").text
    assert "! the builder's role building lacks ecr:GetAuthorizationToken" in shown
    [*_, build] = commands(shown)
    [command] = [command for command in commands(shown) if command.startswith("aws iam put-role-policy")]
    paste(command, tmp_path)
    sandbox.clock.advance(60)
    assert "the builder's role" not in paste(build, tmp_path)[0].text
