"""A task's container as its agent's payload carries it.

Source: the model of the agent's own protocol (ecs-agent/acs/model/api of amazon-ecs-agent 1.105). Secrets go as they
are named: the agent reads them with the credentials of the execution role. Overrides are merged already: the agent
takes no other than a command.
"""

import json

from sandbox.ecs.model.records import ContainerInstance, Fields, Task, TaskAsked
from sandbox.ecs.payloads.host_config import make_config, make_host_config
from sandbox.ecs.payloads.logs import AWSLOGS, make_log_config

CPU_OF_VCPU = 1024
# What an agent that can sign Docker's logs with the execution role says of itself.
_SIGNS_LOGS = "ecs.capability.execution-role-awslogs"
_PLAIN = ("command", "entryPoint", "startTimeout", "stopTimeout")


def scale_cpu(asked: TaskAsked, registered: int) -> int:
    """Return the CPU that the agent is asked for, of what it has registered (1024 a vCPU).

    A stand-in: a guest may have fewer vCPUs than its instance type. The task gets the same part of them that it would
    have of the type's, as AWS's agent never starts what is larger than its own CPU.
    """
    cpu = int(asked.container.get("cpu") or asked.vcpus * CPU_OF_VCPU)
    whole = asked.type_vcpus * CPU_OF_VCPU
    return min(cpu, cpu * registered // whole) if registered and whole else cpu


def make_container(task: Task, instance: ContainerInstance, region: str, endpoint: str) -> Fields:
    """Make the container of a payload; `endpoint` is the sandbox's URL as the machine sees it."""
    asked = task.asked.container
    made: Fields = {
        "name": asked["name"],
        "containerArn": task.container_arn,
        "image": task.image,
        "essential": asked.get("essential", True),
        "cpu": task.cpu,
        "memory": int(asked.get("memory") or 0),
        "environment": _make_environment(asked, endpoint),
        "overrides": "{}",
        "links": list(asked.get("links") or []),
        "portMappings": [dict(mapping) for mapping in asked.get("portMappings") or []],
        "mountPoints": [{"readOnly": False, **mount} for mount in asked.get("mountPoints") or []],
        "volumesFrom": [dict(volume) for volume in asked.get("volumesFrom") or []],
        "dockerConfig": {
            "version": _find_docker_api(asked.get("linuxParameters") or {}),
            "config": json.dumps(make_config(asked)),
            "hostConfig": json.dumps(make_host_config(asked, make_log_config(task, region, endpoint))),
        },
    }
    made |= {name: asked[name] for name in _PLAIN if asked.get(name)}
    secrets = _list_secrets(asked, region)
    if secrets:
        made["secrets"] = secrets
    if task.registry_authentication:
        made["registryAuthentication"] = _make_login(task.registry_authentication, task.asked)
    log = asked.get("logConfiguration") or {}
    signs = instance.find_attribute(_SIGNS_LOGS) is not None
    if task.asked.execution_role_arn and log.get("logDriver") == AWSLOGS and signs:
        made["logsAuthStrategy"] = "ExecutionRole"
    return made


def _find_docker_api(linux: Fields) -> str:
    """Find the version of Docker's API that the container needs at least.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_LinuxParameters.html ("This parameter requires
    version 1.25 of the Docker Remote API or greater": initProcessEnabled).
    """
    return "1.25" if linux.get("initProcessEnabled") else "1.17"


def _make_login(authentication: Fields, asked: TaskAsked) -> Fields:
    """Make registryAuthentication: with an execution role it is that role which pulls from ECR, else the instance's."""
    if authentication.get("type") != "ecr":
        return authentication
    data = {**authentication["ecrAuthData"], "useExecutionRole": bool(asked.execution_role_arn)}
    return {**authentication, "ecrAuthData": data}


def _make_environment(asked: Fields, endpoint: str) -> dict[str, str]:
    own = {"AWS_EXECUTION_ENV": "AWS_ECS_EC2"} | ({"AWS_ENDPOINT_URL": endpoint} if endpoint else {})
    return own | {variable["name"]: variable["value"] for variable in asked.get("environment") or []}


def _list_secrets(asked: Fields, region: str) -> list[Fields]:
    log = asked.get("logConfiguration") or {}
    return [
        *(_make_secret(secret, region, "CONTAINER") for secret in asked.get("secrets") or []),
        *(_make_secret(secret, region, "LOG_DRIVER") for secret in log.get("secretOptions") or []),
    ]


def _make_secret(secret: Fields, region: str, target: str) -> Fields:
    """Make a secret: of Secrets Manager by its ARN, of Systems Manager by its ARN or its name."""
    parts = secret["valueFrom"].split(":")
    is_arn = parts[0] == "arn" and len(parts) > 5
    return {
        "name": secret["name"],
        "valueFrom": secret["valueFrom"],
        "region": parts[3] if is_arn else region,
        "provider": "asm" if is_arn and parts[2] == "secretsmanager" else "ssm",
        "type": "ENVIRONMENT_VARIABLE" if target == "CONTAINER" else "BOOTSTRAP",
        "target": target,
    }
