"""Containers beyond their size: what Batch refuses, and how it describes what it took."""

from typing import Any

import pytest

CONTAINER = {"image": "busybox", "vcpus": 1, "memory": 512}
SECRET = "arn:aws:secretsmanager:us-east-1:123456789012:secret:licence-a1B2c3"
ROLE = "arn:aws:iam::123456789012:role/execution"


def register(batch: Any, **more: Any) -> dict[str, Any]:
    """The container as it is described once it is registered."""
    batch.register_job_definition(jobDefinitionName="work", type="container", containerProperties={**CONTAINER, **more})
    [described] = batch.describe_job_definitions()["jobDefinitions"]
    return dict(described["containerProperties"])


def efs(**more: Any) -> dict[str, Any]:
    volume = {"name": "e", "efsVolumeConfiguration": {"fileSystemId": "fs-0123456789abcdef0", **more}}
    return {"volumes": [volume], "mountPoints": [{"sourceVolume": "e", "containerPath": "/e"}]}


def tmpfs(**more: Any) -> dict[str, Any]:
    return {"linuxParameters": {"tmpfs": [{"containerPath": "/t", "size": 1, **more}]}}


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"image": "busy box"}, "image contains invalid characters"),
        ({"image": "x" * 256}, "longer than 255"),
        ({"environment": [{"name": "AWS_BATCH_X", "value": "1"}]}, "AWS_BATCH"),
        ({"ephemeralStorage": {"sizeInGiB": 30}}, "ephemeralStorage not applicable for EC2"),
        ({"networkConfiguration": {"assignPublicIp": "ENABLED"}}, "networkConfiguration not applicable for EC2"),
        ({"secrets": [{"name": "A", "valueFrom": SECRET}]}, "executionRoleArn must be specified"),
        ({"secrets": [{"name": "A", "valueFrom": "hunter 2"}], "executionRoleArn": ROLE}, "valueFrom is not valid"),
        ({"repositoryCredentials": {"credentialsParameter": SECRET}}, "requires a value for executionRoleArn"),
        ({"repositoryCredentials": {"credentialsParameter": "x"}, "executionRoleArn": ROLE}, "is not valid"),
        ({"ulimits": [{"name": "files", "softLimit": 1, "hardLimit": 1}]}, "'files' is not valid"),
        ({"ulimits": [{"name": "nofile", "softLimit": 2, "hardLimit": 1}]}, "above its hardLimit"),
        (efs(fileSystemId="efs-1"), "fileSystemId"),
        (efs(rootDirectory="a"), "rootDirectory is not valid"),
        (efs(authorizationConfig={"accessPointId": "fsap-1"}), "transitEncryption must be ENABLED"),
        (efs(authorizationConfig={"accessPointId": "fsap-1"}, transitEncryption="ENABLED", rootDirectory="/a"),
         "rootDirectory must be omitted"),
        (efs(authorizationConfig={"iam": "ENABLED"}, transitEncryption="ENABLED"), "requires a jobRoleArn"),
        (efs(transitEncryptionPort=70000), "between 0 and 65535"),
        (efs(transitEncryption="MAYBE"), "Valid values"),
        ({"linuxParameters": {"sharedMemorySize": 0}}, "sharedMemorySize"),
        ({"linuxParameters": {"maxSwap": -1}}, "maxSwap"),
        ({"linuxParameters": {"swappiness": 101}}, "swappiness"),
        (tmpfs(size=0), "size of at least 1"),
        (tmpfs(containerPath="t"), "absolute containerPath"),
        (tmpfs(mountOptions=["fast"]), "mount option 'fast'"),
        ({"linuxParameters": {"devices": [{"hostPath": "/dev/x", "permissions": ["EXECUTE"]}]}}, "Valid values"),
        ({"logConfiguration": {"logDriver": "splunk", "secretOptions": [{"name": "t", "valueFrom": SECRET}]}},
         "executionRoleArn"),
    ],
)  # fmt: skip
def test_containers_that_are_refused(batch: Any, denied: Any, more: dict[str, Any], words: str) -> None:
    with denied(words):
        register(batch, **more)
    assert batch.describe_job_definitions()["jobDefinitions"] == []


@pytest.mark.parametrize(
    "more",
    [
        efs(transitEncryption="ENABLED", authorizationConfig={"accessPointId": "fsap-1"}, rootDirectory="/"),
        tmpfs(mountOptions=["rw", "mode=1777"]),
        {"secrets": [{"name": "A", "valueFrom": "/parameter"}], "executionRoleArn": ROLE},
        {"ulimits": [{"name": "memlock", "softLimit": -1, "hardLimit": -1}]},
        {"linuxParameters": {"maxSwap": 0, "swappiness": 0, "initProcessEnabled": True, "sharedMemorySize": 1}},
    ],
)
def test_containers_that_are_taken(batch: Any, more: dict[str, Any]) -> None:
    container = register(batch, **more)
    for name, value in more.items():
        assert value == container[name] or name == "linuxParameters"


def test_empty_lists_are_added_and_variables_without_a_value_are_left_out(batch: Any) -> None:
    container = register(
        batch,
        environment=[{"name": "A", "value": ""}, {"name": "B", "value": "1"}],
        linuxParameters={"devices": [{"hostPath": "/dev/fuse"}]},
        logConfiguration={"logDriver": "journald"},
    )
    assert container["environment"] == [{"name": "B", "value": "1"}]
    assert container["linuxParameters"] == {"devices": [{"hostPath": "/dev/fuse", "permissions": []}], "tmpfs": []}
    assert container["logConfiguration"] == {"logDriver": "journald", "options": {}, "secretOptions": []}


def test_empty_parameters_of_linux_have_their_lists_too(batch: Any) -> None:
    """Metaflow gives them empty."""
    assert register(batch, linuxParameters={})["linuxParameters"] == {"devices": [], "tmpfs": []}
