"""The role that storage tests make is one that EC2 knows when it is handed out."""

import boto3

from sandbox.inprocess import Sandbox
from tests.support.growing import make_role


def test_it_is_seen_by_ec2(sandbox: Sandbox) -> None:
    name = make_role()
    assert make_role() == name
    image = boto3.client("ssm").get_parameter(
        Name="/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id"
    )
    request = {"ImageId": image["Parameter"]["Value"], "InstanceType": "m6i.large", "MinCount": 1, "MaxCount": 1}
    assert boto3.client("ec2").run_instances(**request, IamInstanceProfile={"Name": name})["Instances"]
