"""Instance profiles for machines of the offline AWS."""

import json
from typing import Any

import boto3
from botocore.exceptions import ClientError

from cloud import errors, wait
from cloud.session import Cloud
from images.amis.base import read_parameter

PARAMETER = "ecs/al2023"
TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}


def make_profile(name: str, policy: dict[str, Any]) -> str:
    """The name of an instance profile whose role has that policy; made unless it exists, and known to EC2 by then."""
    iam = boto3.client("iam")
    try:
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(TRUST))
    except iam.exceptions.EntityAlreadyExistsException:
        return name
    iam.put_role_policy(RoleName=name, PolicyName="own", PolicyDocument=json.dumps(policy))
    iam.create_instance_profile(InstanceProfileName=name)
    iam.add_role_to_instance_profile(InstanceProfileName=name, RoleName=name)
    return str(wait.until(lambda: _seen_by_ec2(name), what=f"news of {name}", timeout=60))


def _seen_by_ec2(name: str) -> str | None:
    """The profile's name once EC2 knows it, some seconds after IAM."""
    cloud = Cloud()
    request = {"ImageId": read_parameter(cloud, PARAMETER), "InstanceType": "m6i.large", "MinCount": 1, "MaxCount": 1}
    try:
        cloud.ec2.run_instances(**request, IamInstanceProfile={"Name": name}, DryRun=True)
    except ClientError as error:
        if errors.code(error) == "DryRunOperation":
            return name
        assert "iamInstanceProfile" in str(error), error
    return None
