"""What a container definition becomes in an agent's payload: Docker's own part is JSON inside strings."""

import json
from typing import Any

import pytest

from sandbox.ecs.model.records import ContainerInstance, Fields, Task, TaskAsked
from sandbox.ecs.payloads.container import make_container, scale_cpu
from sandbox.ecs.payloads.task import make_task

REGION, ENDPOINT, MIB = "us-east-1", "http://169.254.169.1:4566", 1024 * 1024
ID = "0123456789abcdef0123456789abcdef"


def make(container: Fields, attributes: tuple[str, ...] = (), **asked: Any) -> Fields:
    """The container of the payload."""
    whole = {"name": "default", "image": "x", "memory": 512, "cpu": 1024, **container}
    task = Task(
        f"arn:aws:ecs:us-east-1:1:task/c/{ID}", "cluster", "instance", TaskAsked("f", 1, whole, **asked), 0.0, "x", 256
    )
    task.registry_authentication = (asked and {"type": "ecr", "ecrAuthData": {"registryId": "1"}}) or None
    instance = ContainerInstance("arn", "cluster", "i-1", 0.0, attributes=[{"name": name} for name in attributes])
    return make_container(task, instance, REGION, ENDPOINT)


def host_config(container: Fields) -> Fields:
    found: Fields = json.loads(make(container)["dockerConfig"]["hostConfig"])
    return found


PLAIN = {"NetworkMode": "bridge", "CapAdd": [], "CapDrop": []}


@pytest.mark.parametrize(
    ("container", "expected"),
    [
        ({}, {}),
        ({"privileged": True, "readonlyRootFilesystem": True}, {"Privileged": True, "ReadonlyRootfs": True}),
        ({"privileged": False, "readonlyRootFilesystem": False, "ulimits": []}, {}),
        ({"memoryReservation": 64}, {"MemoryReservation": 64 * MIB}),
        (
            {"ulimits": [{"name": "nofile", "softLimit": 1024, "hardLimit": 4096}]},
            {"Ulimits": [{"Name": "nofile", "Soft": 1024, "Hard": 4096}]},
        ),
        ({"linuxParameters": {"initProcessEnabled": True, "sharedMemorySize": 256}},
         {"Init": True, "ShmSize": 256 * MIB}),
        ({"linuxParameters": {"tmpfs": [{"containerPath": "/t", "size": 64, "mountOptions": ["rw", "noexec"]}]}},
         {"Tmpfs": {"/t": "rw,noexec,size=64m"}}),
        ({"linuxParameters": {"devices": [{"hostPath": "/dev/fuse"}]}},
         {"Devices": [{"PathOnHost": "/dev/fuse", "PathInContainer": "/dev/fuse", "CgroupPermissions": "rwm"}]}),
        ({"linuxParameters": {"devices": [{"hostPath": "/dev/a", "containerPath": "/dev/b", "permissions": ["READ"]}]}},
         {"Devices": [{"PathOnHost": "/dev/a", "PathInContainer": "/dev/b", "CgroupPermissions": "r"}]}),
        ({"linuxParameters": {"maxSwap": 0, "swappiness": 10}}, {"MemorySwap": 512 * MIB, "MemorySwappiness": 10}),
        ({"linuxParameters": {"maxSwap": 100}}, {"MemorySwap": 612 * MIB}),
        ({"linuxParameters": {"swappiness": 10}}, {}),
        ({"linuxParameters": {"capabilities": {"add": ["SYS_PTRACE"], "drop": ["ALL"]}}},
         {"CapAdd": ["SYS_PTRACE"], "CapDrop": ["ALL"]}),
        ({"logConfiguration": {"logDriver": "json-file", "options": {"max-size": "1m"}}},
         {"LogConfig": {"Type": "json-file", "Config": {"max-size": "1m"}}}),
        ({"extraHosts": [{"hostname": "a", "ipAddress": "10.0.0.1"}]}, {"ExtraHosts": ["a:10.0.0.1"]}),
    ],
)  # fmt: skip
def test_the_host_config(container: Fields, expected: Fields) -> None:
    assert host_config(container) == PLAIN | expected


def test_the_stream_of_the_logs() -> None:
    """Of the prefix ECS makes the stream; the endpoint stands in the payload alone."""
    options = {"awslogs-group": "/aws/batch/job", "awslogs-stream-prefix": "salmon"}
    definition = {"logConfiguration": {"logDriver": "awslogs", "options": dict(options)}}
    assert host_config(definition)["LogConfig"] == {
        "Type": "awslogs",
        "Config": {
            "awslogs-group": "/aws/batch/job",
            "awslogs-region": REGION,
            "awslogs-stream": f"salmon/default/{ID}",
            "awslogs-endpoint": ENDPOINT,
        },
    }
    assert definition["logConfiguration"]["options"] == options
    elsewhere = {"logConfiguration": {"logDriver": "awslogs", "options": {"awslogs-region": "eu-west-1"}}}
    assert host_config(elsewhere)["LogConfig"]["Config"] == {
        "awslogs-region": "eu-west-1",
        "awslogs-endpoint": ENDPOINT,
    }


def test_what_the_agent_takes_itself() -> None:
    made = make(
        {
            "command": ["sh", "-c", "true"], "entryPoint": ["/e"], "user": "1000:1000", "stopTimeout": 90,
            "environment": [{"name": "A", "value": "1"}, {"name": "B", "value": ""}],
            "mountPoints": [{"sourceVolume": "v", "containerPath": "/v", "readOnly": True},
                            {"sourceVolume": "w", "containerPath": "/w"}],
        }
    )  # fmt: skip
    assert (made["name"], made["image"], made["essential"], made["overrides"]) == ("default", "x", True, "{}")
    assert (made["cpu"], made["memory"], made["stopTimeout"]) == (256, 512, 90)
    assert (made["command"], made["entryPoint"]) == (["sh", "-c", "true"], ["/e"])
    assert made["environment"] == {
        "AWS_EXECUTION_ENV": "AWS_ECS_EC2", "AWS_ENDPOINT_URL": ENDPOINT, "A": "1", "B": "",
    }  # fmt: skip
    assert [mount["readOnly"] for mount in made["mountPoints"]] == [True, False]
    assert json.loads(made["dockerConfig"]["config"]) == {"User": "1000:1000"}


def test_an_endpoint_of_the_containers_own_stays() -> None:
    made = make({"environment": [{"name": "AWS_ENDPOINT_URL", "value": "http://mine"}]})
    assert made["environment"]["AWS_ENDPOINT_URL"] == "http://mine"


def test_secrets_are_named_and_not_read() -> None:
    manager = "arn:aws:secretsmanager:eu-west-1:1:secret:s-AbCdEf:password::"
    made = make(
        {
            "secrets": [{"name": "P", "valueFrom": manager}, {"name": "Q", "valueFrom": "/plain/name"},
                        {"name": "R", "valueFrom": "arn:aws:ssm:eu-west-1:1:parameter/p"}],
            "logConfiguration": {"logDriver": "splunk", "options": {},
                                 "secretOptions": [{"name": "splunk-token", "valueFrom": "/token"}]},
        }
    )  # fmt: skip
    assert [(s["name"], s["provider"], s["region"], s["target"]) for s in made["secrets"]] == [
        ("P", "asm", "eu-west-1", "CONTAINER"), ("Q", "ssm", "us-east-1", "CONTAINER"),
        ("R", "ssm", "eu-west-1", "CONTAINER"), ("splunk-token", "ssm", "us-east-1", "LOG_DRIVER"),
    ]  # fmt: skip
    assert made["secrets"][0]["valueFrom"] == manager
    assert {s["type"] for s in made["secrets"] if s["target"] == "CONTAINER"} == {"ENVIRONMENT_VARIABLE"}
    assert "P" not in made["environment"]


def test_the_execution_role_pulls_and_signs_logs_where_the_agent_can() -> None:
    log = {"logConfiguration": {"logDriver": "awslogs", "options": {}}}
    role = "arn:aws:iam::1:role/e"
    plain = make(log, execution_role_arn=role)
    assert plain["registryAuthentication"]["ecrAuthData"] == {"registryId": "1", "useExecutionRole": True}
    assert "logsAuthStrategy" not in plain
    can = ("ecs.capability.execution-role-awslogs",)
    assert make(log, can, execution_role_arn=role)["logsAuthStrategy"] == "ExecutionRole"
    assert "logsAuthStrategy" not in make(log, can, role_arn=role)
    assert make(log, role_arn=role)["registryAuthentication"]["ecrAuthData"]["useExecutionRole"] is False


@pytest.mark.parametrize(
    ("vcpus", "of_type", "registered", "expected"),
    [
        (1, 8, 8192, 1024),
        (8, 8, 2048, 2048),
        (1, 8, 2048, 256),
        (3, 8, 2048, 768),
        (1, 96, 1024, 10),
        (4, 4, 8192, 4096),
    ],
)
def test_cpu_is_scaled_to_what_the_agent_registered(vcpus: int, of_type: int, registered: int, expected: int) -> None:
    asked = TaskAsked("f", 1, {"name": "default", "image": "x", "cpu": vcpus * 1024}, vcpus=vcpus, type_vcpus=of_type)
    assert scale_cpu(asked, registered) == expected


def test_the_task_around_it() -> None:
    volumes: list[Fields] = [
        {"name": "conda", "host": {"sourcePath": "/home/ec2-user/miniconda"}}, {"name": "empty"},
        {"name": "efs", "efsVolumeConfiguration": {"fileSystemId": "fs-1"}},
    ]  # fmt: skip
    asked = TaskAsked("kiln-job", 7, {"name": "default", "image": "x", "memory": 64}, volumes)
    task = Task("arn:aws:ecs:us-east-1:1:task/c/0", "cluster", "arn", asked, 0.0, "x", 256, gpus=["GPU-a"])
    made = make_task(task, ContainerInstance("arn", "cluster", "i-1", 0.0), REGION, ENDPOINT)
    assert (made["family"], made["version"], made["overrides"]) == ("kiln-job", "7", "{}")
    assert made["volumes"] == [
        {"name": "conda", "type": "host", "host": {"sourcePath": "/home/ec2-user/miniconda"}},
        {"name": "empty", "type": "host", "host": {}},
        {"name": "efs", "type": "efs", "efsVolumeConfiguration": {"fileSystemId": "fs-1"}},
    ]
    assert [(a["name"], a["type"], a["containers"]) for a in made["associations"]] == [("GPU-a", "gpu", ["default"])]
    assert "roleCredentials" not in made
    task.desired_status = "STOPPED"
    made = make_task(task, ContainerInstance("arn", "cluster", "i-1", 0.0), REGION, ENDPOINT)
    assert made["desiredStatus"] == "STOPPED"
