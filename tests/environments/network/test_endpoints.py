"""Endpoints in the place of a way out: there, and of use."""

import json
from typing import Any

import pytest

from environments.network.endpoints import Endpoints

SUBNET = {"SubnetId": "subnet-1", "VpcId": "vpc-1", "CidrBlock": "10.0.1.0/24"}
NAMES = ("ecs", "ecs-agent", "ecs-telemetry", "ecr.api", "ecr.dkr", "logs")
OPEN = {"sg-1": {"GroupId": "sg-1", "IpPermissions": [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "10.0.0.0/16"}]}]}}
SHUT = {"sg-1": {"GroupId": "sg-1", "IpPermissions": []}}


def interface(name: str, **more: Any) -> dict[str, Any]:
    own = {
        "VpcEndpointId": f"vpce-{name}", "VpcEndpointType": "Interface", "PrivateDnsEnabled": True,
        "State": "available", "ServiceName": f"com.amazonaws.us-east-1.{name}", "Groups": [{"GroupId": "sg-1"}],
    }  # fmt: skip
    return own | more


def gateway(**more: Any) -> dict[str, Any]:
    own = {"VpcEndpointId": "vpce-s3", "VpcEndpointType": "Gateway", "State": "available",
           "ServiceName": "com.amazonaws.us-east-1.s3", "RouteTableIds": ["rtb-1"]}  # fmt: skip
    return own | more


def lacking(*changed: dict[str, Any], groups: dict[str, Any] = OPEN) -> tuple[str, ...]:
    """What is lacking where some endpoints are as `changed`, by their service."""
    services = {endpoint["ServiceName"] for endpoint in changed}
    every = [endpoint for endpoint in (*map(interface, NAMES), gateway()) if endpoint["ServiceName"] not in services]
    return Endpoints([*every, *changed], groups).list_lacking(SUBNET, "rtb-1")


def policy(effect: str, action: str, resource: str = "*", **more: Any) -> str:
    own = {"Effect": effect, "Principal": "*", "Action": action, "Resource": resource}
    return json.dumps({"Statement": [own | more]})


def test_all_of_them_are_a_way() -> None:
    assert lacking() == ()
    assert lacking(gateway(RouteTableIds=["rtb-0", "rtb-1"])) == ()


def test_row_6_what_is_not_there_is_named() -> None:
    assert Endpoints([interface("ecs"), gateway()], OPEN).list_lacking(SUBNET, "rtb-1") == NAMES[1:]
    assert lacking(interface("logs", State="pending")) == ("logs",)


@pytest.mark.parametrize(
    ("changed", "text"),
    [
        (interface("ecs", PrivateDnsEnabled=False), "ecs (vpce-ecs has no private DNS names)"),
        (gateway(RouteTableIds=["rtb-2"]), "s3 (vpce-s3 is not in the route table rtb-1)"),
        (gateway(RouteTableIds=[]), "s3 (vpce-s3 is not in the route table rtb-1)"),
        (interface("ecs-agent", PolicyDocument=policy("Deny", "*")),
         "ecs-agent (the policy of vpce-ecs-agent does not allow ecs:Poll)"),
        (interface("ecr.dkr", PolicyDocument=policy("Allow", "ecr:Describe*")),
         "ecr.dkr (the policy of vpce-ecr.dkr does not allow ecr:BatchGetImage)"),
        (gateway(PolicyDocument=policy("Allow", "s3:*", "arn:aws:s3:::ours/*")),
         "s3 (the policy of vpce-s3 does not allow s3:GetObject on "
         "arn:aws:s3:::prod-us-east-1-starport-layer-bucket)"),
    ],
)  # fmt: skip
def test_row_6_an_endpoint_that_is_of_no_use_is_lacking(changed: dict[str, Any], text: str) -> None:
    assert lacking(changed) == (text,)


def test_row_6_the_security_group_of_an_endpoint_must_let_machines_in() -> None:
    texts = lacking(groups=SHUT)
    assert texts[0] == "ecs (the security groups of vpce-ecs let no HTTPS in from 10.0.1.0/24)"
    assert len(texts) == len(NAMES)
    assert lacking(groups={}) == ()


@pytest.mark.parametrize(
    "document",
    [
        policy("Allow", "*"),
        policy("Allow", "s3:*", "arn:aws:s3:::*/*"),
        policy("Allow", "*", Condition={"StringEquals": {"aws:PrincipalOrgID": "o-1"}}),
        json.dumps({"Statement": json.loads(policy("Allow", "*"))["Statement"][0]}),
    ],
)
def test_policies_that_let_machines_through(document: str) -> None:
    assert lacking(gateway(PolicyDocument=document)) == ()


def test_one_of_two_endpoints_is_enough() -> None:
    assert lacking(gateway(RouteTableIds=[]), interface("s3")) == ()
