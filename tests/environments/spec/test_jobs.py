"""Job definitions: what AWS Batch refuses, or the machine, is refused in words; no secret stands in one."""

from typing import Any

import pytest
from pydantic import ValidationError

from environments.spec.environment import EnvironmentSpec
from environments.spec.jobs import JobDefinition

JOB = {"image": "busybox", "memory": "512 MiB"}
EFS = "fs-0123456789abcdef0"
SECRET = "arn:aws:secretsmanager:us-east-1:123456789012:secret:licence-a1B2c3"
AT = {"container": "/data"}
SPLUNK = {"driver": "splunk", "options": {"splunk-url": "https://s:8088"}}
TOKEN = {"splunk-token": SECRET}
ROLE = "arn:aws:iam::123456789012:role/execution"
GOOD: list[dict[str, Any]] = [
    {"shared_memory": "1 GiB"},
    {"shared_memory": "1 MiB"},
    {"tmpfs": [{"container": "/scratch", "size": "1 MiB"}, {"container": "/run/", "size": "2 GiB"}]},
    {"tmpfs": [{"container": "/scratch", "size": "1 MiB", "options": ["rw", "nosuid", "mode=1777", "uid=1000"]}]},
    {"ulimits": {"nofile": {"soft": 1024, "hard": 65536}, "memlock": {"soft": "unlimited", "hard": "unlimited"}}},
    {"ulimits": {"core": {"soft": 0, "hard": 0}, "stack": {"soft": 8, "hard": -1}}},
    {"volumes": [{"efs": {"file_system": EFS}, **AT}]},
    {"volumes": [{"efs": {"file_system": EFS, "root": "/a/b", "port": 2999, "iam": True}, **AT}]},
    {"volumes": [{"efs": {"file_system": EFS, "access_point": "fsap-0123456789abcdef0", "root": "/"}, **AT}]},
    {"volumes": [{"efs": {"file_system": EFS, "encrypted": False}, **AT}, {"host": "/x", "container": "/x"}]},
    {"devices": [{"host": "/dev/fuse"}, {"host": "/dev/kvm", "container": "/dev/k", "permissions": ["read"]}]},
    {"init_process": True, "privileged": True, "read_only_root": True},
    {"max_swap": "0 MiB"},
    {"max_swap": "2 GiB", "swappiness": 0},
    {"user": "1000:1000"},
    {"user": "nobody"},
    {"log": {"driver": "json-file", "options": {"max-size": "10m", "max-file": "3"}}},
    {"log": {"driver": "fluentd", "options": {"fluentd-address": "localhost:24224", "fluentd-async": "true"}}},
    {"log": {"driver": "syslog", "options": {"syslog-address": "udp://10.0.0.1:514", "tag": "{{.Name}}"}}},
    {"log": SPLUNK | {"secret_options": TOKEN}},
    {"log": {"options": {"awslogs-group": "/own", "awslogs-create-group": "true", "mode": "non-blocking"}}},
    {"secrets": {"A": SECRET, "B": f"{SECRET}:password::", "C": "/db/password"}},
    {"secrets": {"A": "arn:aws:ssm:eu-west-1:123456789012:parameter/db/password"}, "execution_role": ROLE},
    {"execution_role": "environment"},
    {"execution_role": "none"},
    {"image": "registry.example.org/tool:1", "repository_credentials": SECRET},
    {"image": f"quay.io/biocontainers/mulled-v2-{'1f' * 20}:{'59' * 20}-0"},
    {"image": "localhost:5000/Tool_Kit".lower()},
    {"image": "public.ecr.aws/docker/library/busybox:1"},
    {"image": "MyRegistry.example.org:5000/a__b/c.d-e:RC_1"},
    {"image": f"ubuntu:24.04@sha256:{'9f' * 32}"},
    {"environment": {"TOKEN_LIMIT": "4", "GOOGLE_APPLICATION_CREDENTIALS": "/run/key.json", "DB_SECRET": "Ref::name"}},
    {"environment": {"PASSWORD": "", "USE_TOKEN": "true", "SECRET_ARN": SECRET}},
]  # fmt: skip
BAD: list[tuple[dict[str, Any], str]] = [
    ({"shared_memory": "0 MiB"}, "greater than or equal to 1"),
    ({"shared_memory": 64}, "number and its unit"),
    ({"tmpfs": [{"container": "scratch", "size": "1 MiB"}]}, "absolute path"),
    ({"tmpfs": [{"container": "/", "size": "1 MiB"}]}, "nothing can be mounted at /"),
    ({"tmpfs": [{"container": "/a", "size": "1 MiB", "options": ["fast"]}]}, "is no mount option of tmpfs"),
    ({"tmpfs": [{"container": "/a", "size": "1 MiB", "options": ["size=1g"]}]}, "has a key of its own"),
    ({"tmpfs": [{"container": "/a", "size": "1 MiB", "options": ["mode"]}]}, "mode=1777"),
    ({"tmpfs": [{"container": "/a", "size": "1 MiB", "options": ["exec", "noexec"]}]}, "contradict"),
    ({"tmpfs": [{"container": "/data", "size": "1 MiB"}], "volumes": [{"host": "/x", "container": "/data/"}]},
     "the same place in the container: /data"),
    ({"volumes": [{"host": "/a", **AT}, {"efs": {"file_system": EFS}, **AT}]}, "the same place"),
    ({"volumes": [AT]}, "write either host"),
    ({"volumes": [{"host": "/a", "efs": {"file_system": EFS}, **AT}]}, "write either host"),
    ({"volumes": [{"efs": {"file_system": "fs-xyz"}, **AT}]}, "pattern"),
    ({"volumes": [{"efs": {"file_system": EFS, "access_point": "fsap-0123456789abcdef0", "root": "/a"}, **AT}]},
     "leave root out"),
    ({"volumes": [{"efs": {"file_system": EFS, "iam": True, "encrypted": False}, **AT}]}, "iam works only with enc"),
    ({"volumes": [{"efs": {"file_system": EFS, "port": 2049, "encrypted": False}, **AT}]}, "port works only"),
    ({"volumes": [{"efs": {"file_system": EFS, "port": 65536}, **AT}]}, "less than or equal to 65535"),
    ({"volumes": [{"efs": {"file_system": EFS, "iam": True}, **AT}], "job_role": "none"}, "job_role cannot be none"),
    ({"ulimits": {"files": {"soft": 1, "hard": 1}}}, "nofile"),
    ({"ulimits": {"nofile": {"soft": 2, "hard": 1}}}, "soft is above hard"),
    ({"ulimits": {"nofile": {"soft": "unlimited", "hard": 1}}}, "soft is above hard"),
    ({"ulimits": {"nofile": {"soft": -2, "hard": 1}}}, "-1"),
    ({"devices": [{"host": "fuse"}]}, "absolute path"),
    ({"devices": [{"host": "/dev/fuse", "permissions": []}]}, "at least 1"),
    ({"devices": [{"host": "/dev/fuse", "permissions": ["read", "read"]}]}, "same permission twice"),
    ({"devices": [{"host": "/dev/a", "container": "/dev/b"}, {"host": "/dev/b"}]}, "two devices"),
    ({"swappiness": 60}, "works only with max_swap"),
    ({"max_swap": "1 GiB", "swappiness": 101}, "less than or equal to 100"),
    ({"user": "a b"}, "user:group"),
    ({"user": "a:b:c"}, "user:group"),
    ({"image": "x" * 256}, "at most 255"),
    ({"image": "docker://quay.io/biocontainers/salmon:1.9"}, "leave out docker://: quay.io/biocontainers/salmon:1.9"),
    ({"image": "https://hub.docker.com/r/nfcore/base"}, "leave out https://: hub.docker.com/r/nfcore/base"),
    ({"image": "oras://ghcr.io/a/b:1"}, "leave out oras://"),
    ({"image": "Ubuntu:22.04"}, "small letters alone: ubuntu:22.04"),
    ({"image": "quay.io/BioContainers/Salmon:1.9"}, "small letters alone: quay.io/biocontainers/salmon:1.9"),
    ({"image": "ubuntu:"}, "name[:tag]"),
    ({"image": "quay.io/biocontainers/salmon/"}, "name[:tag]"),
    ({"image": "salmon@sha256:9f86"}, "name[:tag]"),
    ({"image": "salmon:1.9:2"}, "name[:tag]"),
    ({"log": {"driver": "paper"}}, "json-file"),
    ({"log": {"driver": "awsfirelens"}}, "awslogs"),
    ({"log": {"options": {"max-size": "10m"}}}, "max-size is no option of awslogs"),
    ({"log": {"options": {"awslogs-create-group": "yes"}}}, "true or false"),
    ({"log": {"options": {"awslogs-datetime-format": "%Y", "awslogs-multiline-pattern": "^x"}}}, "cannot both"),
    ({"log": {"driver": "json-file", "options": {"max-file": "3"}}}, "only with max-size"),
    ({"log": {"driver": "json-file", "options": {"max-size": "10 MB"}}}, "max-size takes"),
    ({"log": {"driver": "gelf"}}, "gelf needs gelf-address"),
    ({"log": {"driver": "fluentd", "options": {"max-buffer-size": "1m"}}}, "mode: non-blocking"),
    ({"environment": {"A": "1"}, "secrets": {"A": SECRET}}, "environment and secrets both have A"),
    ({"secrets": {"AWS_BATCH_X": SECRET}}, "sets these variables itself"),
    ({"secrets": {"A": SECRET}, "execution_role": "none"}, "execution_role cannot be none"),
    ({"execution_role": "my-role"}, "environment, none, or a role's ARN"),
    ({"image": "123456789012.dkr.ecr.us-east-1.amazonaws.com/a:1", "repository_credentials": SECRET}, "ECR knows no"),
]  # fmt: skip
PLAIN: list[tuple[dict[str, Any], str]] = [
    ({"environment": {"AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI"}}, "secrets: {AWS_SECRET_ACCESS_KEY"),
    ({"environment": {"DB_PASSWORD": "hunter2"}}, "a credential, by its name"),
    ({"environment": {"X": "AKIAIOSFODNN7EXAMPLE"}}, "an AWS access key"),
    ({"environment": {"REPO": "https://me:pw@git.example.org/x"}}, "a password in an address"),
    ({"environment": {"KEY": "-----BEGIN RSA PRIVATE KEY-----"}}, "a private key"),
    ({"command": ["git", "clone", "https://me:pw@git.example.org/x"]}, "command and parameters hold"),
    ({"parameters": {"t": "ghp_" + "a" * 36}}, "a token of GitHub"),
    ({"secrets": {"A": "hunter2!"}}, "never the secret"),
    ({"secrets": {"A": "AKIAIOSFODNN7EXAMPLE"}}, "never the secret"),
    ({"secrets": {"A": "arn:aws:secretsmanager:us-east-1:123456789012:secret:licence"}}, "six characters"),
    ({"repository_credentials": "user:password"}, "whole ARN of the secret"),
    ({"repository_credentials": {"username": "u", "password": "p"}}, "string"),
    ({"log": SPLUNK | {"options": {"splunk-url": "https://s", "splunk-token": "t"}}}, "under secret_options"),
]  # fmt: skip
OTHERS: list[tuple[str, Any, str]] = [
    ("ephemeralStorage", {"sizeInGiB": 30}, "Fargate alone"),
    ("ephemeral_storage", "30 GiB", "Fargate alone"),
    ("networkConfiguration", {}, "Fargate alone"),
    ("runtimePlatform", {}, "Fargate alone"),
    ("sharedMemorySize", 64, "shared_memory"),
    ("linuxParameters", {}, "init_process"),
    ("readonlyRootFilesystem", True, "read_only_root: true"),
    ("executionRoleArn", ROLE, "execution_role"),
]


@pytest.mark.parametrize("more", GOOD, ids=str)
def test_what_aws_batch_takes_is_taken(more: dict[str, Any]) -> None:
    JobDefinition.model_validate(JOB | more)


@pytest.mark.parametrize(("more", "told"), BAD, ids=str)
def test_what_aws_batch_refuses_is_refused_in_words(more: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError) as caught:
        JobDefinition.model_validate(JOB | more)
    assert told in str(caught.value)


@pytest.mark.parametrize(("more", "told"), PLAIN, ids=str)
def test_a_credential_in_plain_text_is_refused(more: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError) as caught:
        JobDefinition.model_validate(JOB | more)
    assert told in str(caught.value.errors(include_input=False))


@pytest.mark.parametrize(("key", "value", "told"), OTHERS)
def test_names_of_fargate_and_of_batchs_api_are_answered(key: str, value: Any, told: str) -> None:
    with pytest.raises(ValidationError) as caught:
        JobDefinition.model_validate({**JOB, key: value})
    assert told in str(caught.value)


@pytest.mark.parametrize(
    ("more", "environments"),
    [
        ({}, False),
        ({"secrets": {"A": SECRET}}, True),
        ({"secrets": {"A": SECRET}, "execution_role": ROLE}, False),
        ({"repository_credentials": SECRET}, True),
        ({"log": SPLUNK | {"secret_options": TOKEN}}, True),
        ({"execution_role": "environment"}, True),
    ],
)  # fmt: skip
def test_who_has_the_environments_execution_role(more: dict[str, Any], environments: bool) -> None:
    assert JobDefinition.model_validate(JOB | more).has_environments_role is environments


def test_efs_in_the_name_of_a_role_that_is_not_made_is_refused() -> None:
    job = JOB | {"volumes": [{"efs": {"file_system": EFS, "iam": True}, **AT}]}
    whole = {
        "name": "small", "image": "x", "launch_template": "x", "compute_environments": {"one": {}},
        "queues": {"one": {"compute_environments": ["one"]}}, "job_definitions": {"j": job},
    }  # fmt: skip
    EnvironmentSpec.model_validate(whole)
    with pytest.raises(ValidationError, match="j mounts EFS with iam: true"):
        EnvironmentSpec.model_validate(whole | {"task_credentials": "instance-role"})
