"""Docker of a real machine against the sandbox's registries, under the role of its instance."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from cloud import wait
from images.plan.boot import describe_machine
from provision.image import make_image_recipe
from provision.model.recipe import Step
from provision.provisioners import container_images
from sandbox.command import state
from sandbox.world import folders
from tests.support.cli import Cli
from tests.support.one_machine import OneMachine
from tests.support.profiles import make_profile
from tests.support.saved_images import save_busybox

pytestmark = pytest.mark.e2e

ECR = "123456789012.dkr.ecr.us-east-1.amazonaws.com"
TEAM = "arn:aws:ecr:us-east-1:123456789012:repository/team/*"
ROLE = "kiln-registry-e2e"
LOGIN = f"aws ecr get-login-password --region us-east-1 | docker login --username AWS --password-stdin {ECR} 2>&1"
NAMES = "docker images --no-trunc --format '{{.Repository}}:{{.Tag}} {{.ID}}'"
AWS = "export PATH=/home/ec2-user/miniconda/bin:$PATH DOCKER_CONFIG=/run/kiln-registry-e2e\n"


@pytest.fixture(scope="module")
def docker(machine: OneMachine) -> Iterator[OneMachine]:
    """The machine with a role that may do everything in the repositories of a team, logged in to their registry.

    Its images are afterwards what they were: other tests share the machine.
    """
    ec2, ecr = machine.cloud.ec2, boto3.client("ecr")
    statements = [
        {"Effect": "Allow", "Action": "ecr:GetAuthorizationToken", "Resource": "*"},
        {"Effect": "Allow", "Action": "ecr:*", "Resource": TEAM},
    ]
    profile = {"Name": make_profile(ROLE, {"Version": "2012-10-17", "Statement": statements})}
    for name in ("team/app", "other/app"):
        ecr.create_repository(repositoryName=name)
    given = ec2.associate_iam_instance_profile(IamInstanceProfile=profile, InstanceId=machine.launched.instance_id)
    wait.until(lambda: "Login Succeeded" in bash(machine, f"{LOGIN} || true"), what="a login to ECR", timeout=120)
    before = set(bash(machine, NAMES).splitlines())
    yield machine
    for line in set(bash(machine, NAMES).splitlines()) - before:
        bash(machine, f"docker rmi -f {line.split()[1]} >/dev/null 2>&1 || true")
    assert set(bash(machine, NAMES).splitlines()) == before
    ec2.disassociate_iam_instance_profile(AssociationId=given["IamInstanceProfileAssociation"]["AssociationId"])


@pytest.fixture(scope="module")
def busybox(cli: Cli, offline_aws: state.State) -> str:
    """The name of a public image that a person has loaded."""
    file = save_busybox(folders.cache_of(Path(offline_aws.home)), cli.folder / "busybox.tar", "busybox:1")
    shown = cli("sandbox.load-image", str(file), "--as", "quay.io/kiln/busybox:e2e").stdout
    assert shown.startswith("quay.io/kiln/busybox:e2e  sha256:")
    return shown.split()[0]


def bash(machine: OneMachine, script: str) -> str:
    return machine.bash(AWS + script, timeout=300)


def refused(machine: OneMachine, command: str) -> str:
    """What a command says that must fail."""
    return bash(machine, f"if {command} >/tmp/said 2>&1; then cat /tmp/said; exit 1; fi; tr -d '\\n' </tmp/said")


def test_a_loaded_image_is_pulled_pushed_and_pulled_again_by_tag_and_by_digest(
    docker: OneMachine, busybox: str
) -> None:
    own = f"{ECR}/team/app"
    bash(docker, f"docker pull -q {busybox} && docker tag {busybox} {own}:1 && docker push -q {own}:1")
    (image,) = boto3.client("ecr").describe_images(repositoryName="team/app")["imageDetails"]
    assert image["imageTags"] == ["1"]
    digest: Any = image["imageDigest"]
    drop = f"docker rmi -f $(docker images -q {own}) >/dev/null"  # with all its names
    for reference in (f"{own}:1", f"{own}@{digest}"):
        said = bash(docker, f"{drop}\ndocker pull {reference}\ndocker run --rm {reference} echo it runs")
        assert f"Digest: {digest}" in said
        assert said.endswith("it runs")


def test_what_the_role_may_not_do_is_denied_in_awss_words(docker: OneMachine, busybox: str) -> None:
    other = f"{ECR}/other/app:1"
    pull = refused(docker, f"docker pull {other}")
    who = f"assumed-role/{ROLE}/{docker.launched.instance_id}"
    assert f"{who} is not authorized to perform: ecr:BatchGetImage on resource: " in pull
    bash(docker, f"docker pull -q {busybox}; docker tag {busybox} {other}")
    assert "is not authorized to perform: ecr:InitiateLayerUpload" in refused(docker, f"docker push {other}")
    none = refused(docker, f"docker pull {ECR}/team/none:1")
    assert "The repository with name 'team/none' does not exist in the registry with id '123456789012'" in none
    assert "no basic auth credentials" in refused(docker, f"DOCKER_CONFIG=/nowhere docker pull {ECR}/team/app:1")


def test_a_public_image_that_nobody_has_loaded_says_how_to(docker: OneMachine) -> None:
    said = refused(docker, "docker pull fedora:41")
    assert said.endswith("invoke sandbox.load-image FILE --as docker.io/library/fedora:41")


def test_the_small_image_is_no_more_than_a_shell_needs(docker: OneMachine) -> None:
    script = "ps -p 1 -o comm= | awk '{print \"first:\", $1}'\ncommand -v python3 || echo no Python\n"
    said = bash(docker, f"docker run --rm -i debian:stable-slim bash -s <<'INSIDE'\n{script}INSIDE\n")
    assert said.splitlines()[-2:] == ["first: bash", "no Python"]


def pull_step(machine: OneMachine, name: str) -> Step:
    """The step that build-ami takes for an image of ECR under container_images."""
    spec = machine.plan.boot.spec.model_copy(update={"container_images": container_images.Spec((name,))})
    recipe = make_image_recipe(spec, describe_machine(spec, machine.plan.base))
    (step,) = [step for step in recipe.steps if step.name == f"pull {name}"]
    return step


def test_an_image_is_given_what_the_builders_role_may_pull(docker: OneMachine) -> None:
    """And the login is left nowhere."""
    name = f"{ECR}/team/app:1"
    bash(docker, f"docker rmi -f $(docker images -q {ECR}/team/app)")
    (done,) = docker.run(pull_step(docker, name))
    assert done.ok, done.output
    assert f"pulled {ECR}/team/app 1" in done.output
    bash(docker, f"docker image inspect {name} >/dev/null; ! grep -rl {ECR} /root/.docker /home/ec2-user/.docker")
