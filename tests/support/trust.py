"""Trust policies of roles that tests make."""

import json


def trust(*services: str) -> str:
    """The JSON of a trust policy that lets these services assume a role."""
    statement = {"Effect": "Allow", "Principal": {"Service": list(services)}, "Action": "sts:AssumeRole"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


EC2 = trust("ec2.amazonaws.com")
