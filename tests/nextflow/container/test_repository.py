"""The repository in ECR, and which image of it is Nextflow's."""

import json

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
