"""JSON bodies that fit no model, as callers send them whose library checks nothing: refused in AWS's own words."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from sandbox.inprocess import Sandbox
from tests.support.refused import Refused

Send = Callable[[str, str, str], dict[str, Any]]


UNCHECKED = Config(parameter_validation=False, retries={"max_attempts": 0}, ignore_configured_endpoint_urls=True)


@pytest.fixture
def send(sandbox: Sandbox) -> Send:
    """Send a body as it is, by an operation of a service; its answer, parsed, an error's too."""

    def call(service: str, operation: str, body: str) -> dict[str, Any]:
        client = sandbox.client(service, config=UNCHECKED)
        client.meta.events.register("before-call", lambda params, **_: params.update(body=body.encode()))
        try:
            return dict(getattr(client, operation)())
        except ClientError as error:
            return dict(error.response)

    return call


NO = "can not be converted to"
LIST, MAP = "Start of list found where not expected", "Start of structure or map found where not expected."


@pytest.mark.parametrize(
    ("service", "operation", "body", "words"),
    [
        ("batch", "submit_job", '{"jobName": 5}', f"NUMBER_VALUE {NO} a String"),
        ("batch", "submit_job", '{"jobName": 1.5}', f"NUMBER_VALUE {NO} a String"),
        ("batch", "submit_job", '{"jobName": true}', f"TRUE_VALUE {NO} a String"),
        ("batch", "submit_job", '{"jobName": ["x"]}', LIST),
        ("batch", "submit_job", '{"jobName": {"a": "b"}}', MAP),
        ("batch", "submit_job", '{"arrayProperties": {"size": "2"}}', f"STRING_VALUE {NO} an Integer"),
        ("batch", "submit_job", '{"arrayProperties": {"size": false}}', f"FALSE_VALUE {NO} an Integer"),
        ("batch", "submit_job", '{"arrayProperties": "2"}', "Expected null"),
        ("batch", "submit_job", '{"arrayProperties": [2]}', LIST),
        ("batch", "submit_job", '{"arrayProperties": {"size": 1099511627776}}', ""),
        ("batch", "submit_job", '{"propagateTags": "on"}', f"STRING_VALUE {NO} an Boolean"),
        ("batch", "submit_job", '{"propagateTags": 1}', f"NUMBER_VALUE {NO} a Boolean"),
        ("batch", "submit_job", '{"propagateTags": [true]}', LIST),
        ("batch", "submit_job", '{"parameters": "a=b"}', "Expected null"),
        ("batch", "submit_job", '{"parameters": {"a": 5}}', f"NUMBER_VALUE {NO} a String"),
        ("batch", "submit_job", '{"containerOverrides": {"command": "true"}}', "Expected list or null"),
        ("batch", "submit_job", '{"containerOverrides": {"command": {}}}', MAP),
        ("batch", "submit_job", '{"containerOverrides": {"environment": ["A=b"]}}', "Expected null"),
        ("batch", "submit_job", '{"jobName": ', ""),
        ("batch", "submit_job", "[]", LIST),
        ("batch", "submit_job", '"x"', ""),
        ("ecs", "list_tasks", '{"maxResults": "many"}', f"STRING_VALUE {NO} an Integer"),
        ("logs", "get_log_events", '{"startTime": "now"}', f"STRING_VALUE {NO} a Long"),
        ("ecr", "describe_repositories", '{"repositoryNames": "a"}', "Expected list or null"),
        ("ssm", "get_parameter", '{"Name": ["a"]}', LIST),
        ("kms", "describe_key", "", ""),
    ],
)  # fmt: skip
def test_what_does_not_fit(send: Send, service: str, operation: str, body: str, words: str) -> None:
    response = send(service, operation, body)
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert response["Error"] == {"Code": "SerializationException", "Message": words}


def test_what_is_read_as_something_else(send: Send, sandbox: Sandbox) -> None:
    """Decimals are cut, words are booleans, empty places of lists are dropped, unknown members are not looked at."""
    container = {
        "image": "busybox", "command": ["a", None, "b"], "privileged": "yes", "vcpus": 1.9, "memory": 64, "user": None,
        "mountPoints": [None], "nosuchmember": [1], "ulimits": [{"name": "nofile", "softLimit": 1, "hardLimit": 2,
                                                                 "nosuchmember": 1}],
    }  # fmt: skip
    asked = {"jobDefinitionName": "work", "type": "container", "containerProperties": container, "nosuchmember": {}}
    assert send("batch", "register_job_definition", json.dumps(asked))["revision"] == 1
    [kept] = sandbox.client("batch").describe_job_definitions()["jobDefinitions"]
    properties = kept["containerProperties"]
    assert (properties["command"], properties["mountPoints"]) == (["a", "b"], [])
    assert (properties["privileged"], properties["vcpus"]) == (True, 1)
    assert not {"user", "nosuchmember"} & set(properties)
    assert properties["ulimits"] == [{"name": "nofile", "softLimit": 1, "hardLimit": 2}]


def test_keys_are_looked_at_before_bodies(sandbox: Sandbox, refused: Refused) -> None:
    keys = {"aws_access_key_id": "AKIAUNKNOWN000000000", "aws_secret_access_key": "x"}
    client = sandbox.client("batch", **keys)
    client.meta.events.register("before-call", lambda params, **_: params.update(body=b"["))
    with refused("UnrecognizedClientException"):
        client.describe_job_queues()
