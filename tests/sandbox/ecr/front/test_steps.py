"""Every step of a push and a pull needs its right."""

import json
from typing import Any

import boto3
import pytest

from sandbox.ecr.front.front import Front
from sandbox.inprocess import Sandbox
from tests.support.container_images import TinyImage
from tests.support.registry_client import RegistryClient, log_in

NAME = "team/app"
ARN = f"arn:aws:ecr:us-east-1:123456789012:repository/{NAME}"
PULL = ("BatchGetImage", "GetDownloadUrlForLayer")
PUSH = ("BatchCheckLayerAvailability", "InitiateLayerUpload", "UploadLayerPart", "CompleteLayerUpload", "PutImage")


@pytest.fixture
def ann(sandbox: Sandbox, front: Front, ecr: Any) -> Any:
    """A user's Docker; `ann(actions)` allows ECR's actions on the repository, and those alone."""
    iam = sandbox.client("iam")
    iam.create_user(UserName="ann")
    key = iam.create_access_key(UserName="ann")["AccessKey"]

    def allow(*actions: str) -> None:
        statements = [
            {"Effect": "Allow", "Action": "ecr:GetAuthorizationToken", "Resource": "*"},
            {"Effect": "Allow", "Action": [f"ecr:{action}" for action in actions] or "ecr:None", "Resource": ARN},
        ]
        document = json.dumps({"Version": "2012-10-17", "Statement": statements})
        iam.put_user_policy(UserName="ann", PolicyName="ecr", PolicyDocument=document)
        sandbox.clock.advance(10)

    allow()
    keys = {"aws_access_key_id": key["AccessKeyId"], "aws_secret_access_key": key["SecretAccessKey"]}
    token = log_in(boto3.client("ecr", endpoint_url=sandbox.endpoint, region_name="us-east-1", **keys))
    return allow, RegistryClient(front, token=token)


def test_every_step_needs_its_right_at_the_moment_of_the_step(ann: Any, docker: RegistryClient) -> None:
    allow, hers = ann
    user = "User: arn:aws:iam::123456789012:user/ann is not authorized to perform"
    for missing in (action for action in PUSH if action != "BatchCheckLayerAvailability"):
        allow(*(action for action in PUSH if action != missing))
        answer = hers.push(NAME, TinyImage(missing.encode()), "1")
        assert answer.status == 403
        why = f"on resource: {ARN} because no identity-based policy allows the ecr:{missing} action"
        assert answer.error == f"denied: {user}: ecr:{missing} {why}"
    assert hers.ask("GET", f"/v2/{NAME}/manifests/1").status == 403
    allow(*PUSH)
    image = TinyImage()
    assert hers.push(NAME, image, "1").status == 201
    blob = f"/v2/{NAME}/blobs/{image.layer_digest}"
    assert hers.ask("HEAD", blob).status == 200
    assert [hers.ask("GET", path).status for path in (f"/v2/{NAME}/manifests/1", blob)] == [403, 403]
    allow(*PULL)
    assert [hers.ask("GET", path).status for path in (f"/v2/{NAME}/manifests/1", blob)] == [200, 200]
    assert [hers.ask("HEAD", blob).status, hers.push(NAME, image, "2").status] == [403, 403]
    assert "on resource: arn:aws:ecr:us-east-1:123456789012:repository/none" in hers.push("none", image, "1").error
