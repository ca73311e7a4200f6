"""A request of each protocol as it arrives, and the one value that every step reads."""

import io
import json
from typing import Any
from urllib.parse import urlencode

import pytest

from sandbox.door.parse import parse
from sandbox.world.request import find_request


def environ(service: str, body: str = "", **changes: Any) -> dict[str, Any]:
    data = body.encode()
    signed = f"AWS4-HMAC-SHA256 Credential=AKIA1/20260101/eu-west-1/{service}/aws4_request, SignedHeaders=host"
    return {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": "/",
        "QUERY_STRING": "",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "wsgi.url_scheme": "http",
        "HTTP_AUTHORIZATION": signed,
        "HTTP_X_AMZ_SECURITY_TOKEN": "token",
        "CONTENT_LENGTH": str(len(data)),
        "wsgi.input": io.BytesIO(data),
        **changes,
    }


FORM = {"CONTENT_TYPE": "application/x-www-form-urlencoded; charset=utf-8"}
RUN = {
    "Action": "RunInstances",
    "Version": "2016-11-15",
    "DryRun": "true",
    "BlockDeviceMapping.1.DeviceName": "/dev/xvda",
    "BlockDeviceMapping.1.Ebs.VolumeType": "gp3",
}


def test_ec2() -> None:
    arrived = environ("ec2", urlencode(RUN), **FORM)
    request = parse(arrived)
    assert (request.service, request.region, request.operation) == ("ec2", "eu-west-1", "RunInstances")
    assert (request.protocol, request.access_key, request.token) == ("ec2", "AKIA1", "token")
    assert request.get("BlockDeviceMappings") == [{"DeviceName": "/dev/xvda", "Ebs": {"VolumeType": "gp3"}}]
    assert request.dry_run
    assert list(request.texts("VolumeType")) == list(request.texts("Ebs.VolumeType")) == ["gp3"]
    assert find_request(arrived) is request
    assert arrived["wsgi.input"].read().decode() == urlencode(RUN)


def test_query() -> None:
    body = "Action=CreateRole&RoleName=builder&Tags.member.1.Key=a&Tags.member.1.Value=b"
    request = parse(environ("iam", body, **FORM))
    assert (request.operation, request.protocol) == ("CreateRole", "query")
    assert request.get("Tags") == [{"Key": "a", "Value": "b"}]
    assert not request.dry_run


def test_json() -> None:
    body = json.dumps({"Names": ["/aws/a"]})
    headers = {"HTTP_X_AMZ_TARGET": "AmazonSSM.GetParameters", "CONTENT_TYPE": "application/x-amz-json-1.1"}
    request = parse(environ("ssm", body, **headers))
    assert (request.operation, request.protocol, request.get("Names")) == ("GetParameters", "json", ["/aws/a"])


def test_rest_json_by_path_and_by_body() -> None:
    request = parse(environ("batch", '{"jobQueues": ["a"], "maxResults": 5}', PATH_INFO="/v1/describejobqueues"))
    assert (request.operation, request.protocol) == ("DescribeJobQueues", "rest-json")
    assert request.parameters == {"jobQueues": ["a"], "maxResults": 5}
    arn = "arn:aws:batch:eu-west-1:123456789012:job-queue/a"
    line = {"REQUEST_METHOD": "DELETE", "PATH_INFO": f"/v1/tags/{arn}", "QUERY_STRING": "tagKeys=x&tagKeys=y"}
    tagged = parse(environ("batch", "", **line))
    assert (tagged.operation, tagged.parameters) == ("UntagResource", {"resourceArn": arn, "tagKeys": ["x", "y"]})


def test_s3_keeps_its_line_and_leaves_its_body() -> None:
    source = {"HTTP_X_AMZ_COPY_SOURCE": "/from/key"}
    arrived = environ("s3", "x" * 10, REQUEST_METHOD="PUT", PATH_INFO="/bucket/a key", QUERY_STRING="tagging", **source)
    request = parse(arrived)
    assert (request.operation, request.protocol) == ("PUT /bucket/a key", "rest-xml")
    assert (request.http.method, request.http.path, request.http.query) == ("PUT", "/bucket/a key", {"tagging": [""]})
    assert request.http.copy_source == "/from/key"
    assert arrived["wsgi.input"].tell() == 0


@pytest.mark.parametrize(
    ("service", "body", "changes", "operation"),
    [
        ("ec2", "Action=FlyInstances", FORM, "FlyInstances"),
        ("ssm", "{}", {"HTTP_X_AMZ_TARGET": "AmazonSSM.Fly"}, "Fly"),
        ("batch", "{}", {"PATH_INFO": "/v1/fly"}, "POST /v1/fly"),
        ("nosuchservice", "{}", {"PATH_INFO": "/fly"}, "POST /fly"),
    ],
)
def test_what_no_model_knows(service: str, body: str, changes: dict[str, Any], operation: str) -> None:
    request = parse(environ(service, body, **changes))
    assert (request.operation, request.modelled, request.parameters) == (operation, False, {})


def test_a_body_that_does_not_fit_the_model() -> None:
    request = parse(environ("batch", '{"maxResults": "many"}', PATH_INFO="/v1/describejobqueues"))
    assert (request.operation, request.readable) == ("DescribeJobQueues", False)


def test_unsigned_is_s3_unless_it_says_otherwise() -> None:
    assert parse(environ("ec2", HTTP_AUTHORIZATION="")).service == "s3"
    role = parse(environ("sts", "Action=AssumeRoleWithWebIdentity", HTTP_AUTHORIZATION="", **FORM))
    assert (role.service, role.operation, role.access_key) == ("", "AssumeRoleWithWebIdentity", "")


@pytest.mark.parametrize(
    ("action", "empty", "rest"),
    [
        ("CreateSecurityGroup", "VpcId", {"GroupName": "packer", "GroupDescription": "for a build"}),
        ("DescribeImages", "MaxResults", {"Owner.1": "self"}),
        ("RunInstances", "Placement.AvailabilityZone", {"ImageId": "ami-1", "MinCount": "1", "MaxCount": "1"}),
        ("CreateVolume", "KmsKeyId", {"AvailabilityZone": "us-east-1a", "Size": "1"}),
    ],
)
def test_ec2_takes_an_empty_parameter_as_not_given(action: str, empty: str, rest: dict[str, str]) -> None:
    form = {"Action": action, "Version": "2016-11-15", **rest}
    plain = parse(environ("ec2", urlencode(form), **FORM))
    sent = environ("ec2", urlencode({**form, empty: ""}), **FORM)
    request = parse(sent)
    assert request.readable
    assert request.parameters == plain.parameters
    assert sent["wsgi.input"].read().decode() == urlencode(form)


def test_the_value_of_a_tag_or_a_filter_may_be_empty() -> None:
    form = {
        "Action": "CreateTags", "Version": "2016-11-15", "ResourceId.1": "i-1", "Tag.1.Key": "note", "Tag.1.Value": "",
    }  # fmt: skip
    assert parse(environ("ec2", urlencode(form), **FORM)).parameters["Tags"] == [{"Key": "note", "Value": ""}]
    form = {
        "Action": "DescribeTags", "Version": "2016-11-15", "Filter.1.Name": "value", "Filter.1.Value.1": "",
    }  # fmt: skip
    assert parse(environ("ec2", urlencode(form), **FORM)).parameters["Filters"] == [{"Name": "value", "Values": [""]}]


def test_an_empty_no_device_leaves_a_device_out() -> None:
    form = {
        "Action": "CreateImage", "Version": "2016-11-15", "InstanceId": "i-1", "Name": "n",
        "BlockDeviceMapping.1.DeviceName": "/dev/sdf", "BlockDeviceMapping.1.NoDevice": "",
    }  # fmt: skip
    mappings = parse(environ("ec2", urlencode(form), **FORM)).parameters["BlockDeviceMappings"]
    assert mappings == [{"DeviceName": "/dev/sdf", "NoDevice": ""}]


def test_other_services_are_sent_what_was_given() -> None:
    form = {"Action": "CreateRole", "Version": "2010-05-08", "RoleName": "r", "Description": ""}
    assert parse(environ("iam", urlencode(form), **FORM)).parameters["Description"] == ""
