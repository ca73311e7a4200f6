"""What ECR's calls must be allowed: by the caller's policies, or by the repository's."""

import base64
import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from sandbox.ecr.model.logins import find_login
from sandbox.inprocess import Sandbox
from tests.support.container_images import TinyImage, put_tiny

NAME = "team/app"
ARN = f"arn:aws:ecr:us-east-1:123456789012:repository/{NAME}"
PUSH = ("BatchCheckLayerAvailability", "InitiateLayerUpload", "UploadLayerPart", "CompleteLayerUpload", "PutImage")


@pytest.fixture
def user(sandbox: Sandbox) -> Any:
    """ECR as a user sees it who may do nothing; `allow` of this module changes that."""
    iam = sandbox.client("iam")
    iam.create_user(UserName="ann")
    key = iam.create_access_key(UserName="ann")["AccessKey"]
    sandbox.clock.advance(10)
    sandbox.client("ecr").create_repository(repositoryName=NAME, tags=[{"Key": "team", "Value": "red"}])
    keys = {"aws_access_key_id": key["AccessKeyId"], "aws_secret_access_key": key["SecretAccessKey"]}
    import boto3

    return boto3.client("ecr", endpoint_url=sandbox.endpoint, region_name="us-east-1", **keys)


def allow(sandbox: Sandbox, actions: tuple[str, ...], resource: str = ARN, **condition: Any) -> None:
    statement = {"Effect": "Allow", "Action": [f"ecr:{action}" for action in actions], "Resource": resource}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement | condition]})
    sandbox.client("iam").put_user_policy(UserName="ann", PolicyName="ecr", PolicyDocument=document)
    sandbox.clock.advance(10)


def test_a_push_needs_each_of_its_steps_on_the_repository(sandbox: Sandbox, user: Any) -> None:
    for missing in PUSH:
        allow(sandbox, tuple(action for action in PUSH if action != missing))
        with pytest.raises(ClientError, match=f"not authorized to perform: ecr:{missing} on resource: {ARN} because"):
            put_tiny(user, NAME, TinyImage(missing.encode()), "1")
    allow(sandbox, PUSH)
    put_tiny(user, NAME, TinyImage(), "1")
    allow(sandbox, PUSH, ARN.replace("app", "other"))
    with pytest.raises(ClientError, match="AccessDenied"):
        put_tiny(user, NAME, TinyImage(), "2")


def test_a_policy_may_ask_for_the_repositorys_tags(sandbox: Sandbox, user: Any) -> None:
    for team, there in (("red", True), ("blue", False)):
        condition = {"StringEquals": {"ecr:ResourceTag/team": team}}
        allow(sandbox, ("ListImages",), "*", Condition=condition)
        if there:
            assert user.list_images(repositoryName=NAME)["imageIds"] == []
        else:
            with pytest.raises(ClientError, match="AccessDenied"):
                user.list_images(repositoryName=NAME)


def set_policy(sandbox: Sandbox, effect: str, principal: Any) -> None:
    statement = {"Effect": effect, "Principal": principal, "Action": "ecr:ListImages"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    sandbox.client("ecr").set_repository_policy(repositoryName=NAME, policyText=document)


def test_a_repositorys_policy_allows_by_itself(sandbox: Sandbox, user: Any) -> None:
    set_policy(sandbox, "Allow", {"AWS": "arn:aws:iam::123456789012:user/ann"})
    assert user.list_images(repositoryName=NAME)["imageIds"] == []
    set_policy(sandbox, "Allow", {"AWS": "arn:aws:iam::123456789012:user/bob"})
    with pytest.raises(ClientError, match="no identity-based policy allows the ecr:ListImages action"):
        user.list_images(repositoryName=NAME)
    set_policy(sandbox, "Allow", {"AWS": "arn:aws:iam::123456789012:root"})
    with pytest.raises(ClientError, match="AccessDenied"):
        user.list_images(repositoryName=NAME)


def test_a_repositorys_policy_denies_what_the_callers_allows(sandbox: Sandbox, user: Any) -> None:
    allow(sandbox, ("ListImages",))
    set_policy(sandbox, "Deny", "*")
    with pytest.raises(ClientError, match="explicit deny in a resource-based policy"):
        user.list_images(repositoryName=NAME)
    sandbox.client("ecr").delete_repository_policy(repositoryName=NAME)
    assert user.list_images(repositoryName=NAME)["imageIds"] == []


def test_a_password_is_its_callers_and_ends_after_twelve_hours(sandbox: Sandbox, user: Any) -> None:
    with pytest.raises(ClientError, match=r"ecr:GetAuthorizationToken on resource: \*"):
        user.get_authorization_token()
    allow(sandbox, ("GetAuthorizationToken",), "*")
    (data,) = user.get_authorization_token()["authorizationData"]
    assert data["proxyEndpoint"] == "https://123456789012.dkr.ecr.us-east-1.amazonaws.com"
    assert data["expiresAt"].timestamp() == pytest.approx(sandbox.clock.now() + 12 * 3600, abs=60)
    name, _, password = base64.b64decode(data["authorizationToken"]).decode().partition(":")
    assert name == "AWS"
    header = f"Basic {data['authorizationToken']}"
    login = find_login(sandbox.world, header)
    assert login is not None
    assert login.access_key == user._request_signer._credentials.access_key
    other = base64.b64encode(f"root:{password}".encode()).decode()
    for wrong in ("", "Basic x", f"Basic {other}", f"Bearer {data['authorizationToken']}"):
        assert find_login(sandbox.world, wrong) is None
    sandbox.clock.advance(12 * 3600)
    assert find_login(sandbox.world, header) is None


def test_the_password_of_a_key_that_is_gone_opens_nothing(sandbox: Sandbox, user: Any) -> None:
    allow(sandbox, ("GetAuthorizationToken",), "*")
    header = "Basic " + user.get_authorization_token()["authorizationData"][0]["authorizationToken"]
    key = user._request_signer._credentials.access_key
    sandbox.client("iam").delete_access_key(UserName="ann", AccessKeyId=key)
    assert find_login(sandbox.world, header) is None


def test_a_lifecycle_policy_has_its_effect_within_a_day(sandbox: Sandbox, user: Any) -> None:
    ecr = sandbox.client("ecr")
    put_tiny(ecr, NAME, TinyImage(b"old"), "1")
    put_tiny(ecr, NAME, TinyImage(b"new"), "1")
    selection = {"tagStatus": "untagged", "countType": "sinceImagePushed", "countUnit": "days", "countNumber": 1}
    rule = {"rulePriority": 1, "selection": selection, "action": {"type": "expire"}}
    ecr.put_lifecycle_policy(repositoryName=NAME, lifecyclePolicyText=json.dumps({"rules": [rule]}))
    assert len(ecr.list_images(repositoryName=NAME)["imageIds"]) == 2
    sandbox.clock.advance(2 * 86400)
    assert [entry["imageTag"] for entry in ecr.list_images(repositoryName=NAME)["imageIds"]] == ["1"]
    ecr.delete_lifecycle_policy(repositoryName=NAME)
    put_tiny(ecr, NAME, TinyImage(b"newest"), "1")
    sandbox.clock.advance(3 * 86400)
    assert len(ecr.list_images(repositoryName=NAME)["imageIds"]) == 2
