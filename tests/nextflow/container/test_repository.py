"""The repository in ECR, and which image of it is Nextflow's."""

import json

import pytest

from cloud.session import Cloud
from environments.plan.pushed_images import list_references
from nextflow.container import repository
from sandbox.inprocess import Sandbox
from tests.support.container_images import TinyImage, put_tiny


def test_it_is_made_once(cloud: Cloud, sandbox: Sandbox) -> None:
    address = repository.make_repository(cloud)
    assert address == "123456789012.dkr.ecr.us-east-1.amazonaws.com/nextflow"
    assert repository.make_repository(cloud) == address
    assert sandbox.calls.count("CreateRepository") == 1
    ecr = sandbox.client("ecr")
    (made,) = ecr.describe_repositories()["repositories"]
    assert (made["imageTagMutability"], made["imageScanningConfiguration"]) == ("IMMUTABLE", {"scanOnPush": True})
    rules = json.loads(ecr.get_lifecycle_policy(repositoryName="nextflow")["lifecyclePolicyText"])["rules"]
    assert [rule["selection"]["countType"] for rule in rules] == ["sinceImagePushed", "imageCountMoreThan"]


ECR = "123456789012.dkr.ecr.us-east-1.amazonaws.com"


@pytest.mark.parametrize("code", ["AccessDeniedException", "ThrottlingException"])
def test_what_a_former_run_did_not_come_to_is_added(
    cloud: Cloud, sandbox: Sandbox, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cloud.session.ATTEMPTS", 1)
    sandbox.faults.add("PutLifecyclePolicy", code, status=400, times=None)
    with pytest.raises(Exception, match=code):
        repository.make_repository(cloud)
    sandbox.faults.clear()
    ecr, name = sandbox.client("ecr"), {"repositoryName": "nextflow"}
    assert repository.make_repository(cloud) == f"{ECR}/nextflow"
    assert "imageCountMoreThan" in ecr.get_lifecycle_policy(**name)["lifecyclePolicyText"]
    ecr.put_image_tag_mutability(**name, imageTagMutability="MUTABLE")
    ecr.put_image_scanning_configuration(**name, imageScanningConfiguration={"scanOnPush": False})
    repository.make_repository(cloud)
    (made,) = ecr.describe_repositories()["repositories"]
    assert (made["imageTagMutability"], made["imageScanningConfiguration"]) == ("IMMUTABLE", {"scanOnPush": True})


def test_a_lifecycle_that_somebody_wrote_stays(cloud: Cloud, sandbox: Sandbox) -> None:
    repository.make_repository(cloud)
    ecr = sandbox.client("ecr")
    text = ecr.get_lifecycle_policy(repositoryName="nextflow")["lifecyclePolicyText"].replace("10", "50")
    ecr.put_lifecycle_policy(repositoryName="nextflow", lifecyclePolicyText=text)
    repository.make_repository(cloud)
    assert ecr.get_lifecycle_policy(repositoryName="nextflow")["lifecyclePolicyText"] == text


def test_a_repository_of_somebody_elses_is_left_as_it_is(cloud: Cloud, sandbox: Sandbox) -> None:
    ecr = sandbox.client("ecr")
    ecr.create_repository(repositoryName="nextflow", imageTagMutability="MUTABLE")
    assert repository.make_repository(cloud) == f"{ECR}/nextflow"
    (kept,) = ecr.describe_repositories()["repositories"]
    assert kept["imageTagMutability"] == "MUTABLE"
    with pytest.raises(ecr.exceptions.LifecyclePolicyNotFoundException):
        ecr.get_lifecycle_policy(repositoryName="nextflow")


def test_nextflows_image_is_the_newest_by_its_digest(cloud: Cloud, sandbox: Sandbox) -> None:
    assert list_references(cloud, [repository.NAME]) == {}
    assert repository.find_tagged(cloud, "one") is None
    address = repository.make_repository(cloud)
    assert list_references(cloud, [repository.NAME]) == {}
    for tag in ("one", "two"):
        image = TinyImage(tag.encode())
        put_tiny(sandbox.client("ecr"), "nextflow", image, tag)
        assert repository.find_tagged(cloud, tag) == image.digest
        assert list_references(cloud, [repository.NAME]) == {repository.NAME: f"{address}@{image.digest}"}
        sandbox.clock.advance(60)


def test_the_login_is_for_the_registry_and_hides_its_password(cloud: Cloud) -> None:
    login = repository.log_in(cloud)
    assert (login.registry, login.user) == ("123456789012.dkr.ecr.us-east-1.amazonaws.com", "AWS")
    assert login.password
    assert login.password not in repr(login)
