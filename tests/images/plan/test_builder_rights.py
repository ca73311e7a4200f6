"""What a builder's role must be allowed, for images that are pulled with a login."""

import json
from pathlib import Path

import pytest
import yaml

from cloud.policy import Scope
from environments.commands import operator_policy
from images.plan.builder_rights import list_rights
from images.spec.image import ImageSpec
from kiln.errors import Exit, UserError

ECR = "123456789012.dkr.ecr.eu-west-1.amazonaws.com"
IMAGE = {
    "name": "x", "base": {"ssm": "ecs/al2023"}, "docker_storage": {"driver": "overlay2"},
    "builder": {"instance_profile": "kiln-builder"},
    "container_images": [f"{ECR}/team/a:1", f"{ECR}/b@sha256:{'0' * 64}", "quay.io/x/y", "me/z:1", "ghcr.io/p/q:2"],
    "registries": {"quay.io": {"secret": "quay"}, "docker.io": {"parameter": "/hub"},
                   "ghcr.io": {"secret": "arn:aws:secretsmanager:us-east-1:123456789012:secret:gh-a1B2c3"}},
}  # fmt: skip


def test_every_source_has_its_right_and_no_more() -> None:
    rights = list_rights([ImageSpec.model_validate(IMAGE)], Scope("us-east-1", "123456789012"))
    assert {right.sid: right.resources for right in rights} == {
        "BuilderRegistry": ("*",),
        "BuilderImages": (
            "arn:aws:ecr:eu-west-1:123456789012:repository/b",
            "arn:aws:ecr:eu-west-1:123456789012:repository/team/a",
        ),
        "BuilderSecrets": (
            "arn:aws:secretsmanager:us-east-1:123456789012:secret:gh-a1B2c3",
            "arn:aws:secretsmanager:us-east-1:123456789012:secret:quay-??????",
        ),
        "BuilderParameters": ("arn:aws:ssm:us-east-1:123456789012:parameter/hub",),
    }


def test_iam_policy_prints_them_for_the_builder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "x.yaml"
    path.write_text(yaml.safe_dump(IMAGE))
    assert operator_policy.print_builder_policy([], [str(path)], "us-east-1", "123456789012") == Exit.DONE
    actions = [each["Action"] for each in json.loads(capsys.readouterr().out)["Statement"]]
    assert ["ecr:GetAuthorizationToken"] in actions


def test_where_every_image_is_public_there_is_nothing_to_allow() -> None:
    with pytest.raises(UserError, match="needs no rights"):
        operator_policy.print_builder_policy([], ["nextflow-al2023"], "", "")
