"""Secrets of a container, read with its task's execution role: SSM parameters, and secrets of Secrets Manager."""

from __future__ import annotations

import json
from typing import Any

from sandbox.machines.ecs_agent.model.credentials import CredentialsById
from sandbox.machines.ecs_agent.model.records import Container, Failure, Task
from sandbox.machines.ecs_agent.tasks.registries import read_secret
from sandbox.machines.ecs_agent.wire.calls import Aws, AwsError
from sandbox.machines.ecs_agent.wire.signing import Credentials


class Secrets:
    """Read anew for each container."""

    def __init__(self, aws: Aws, credentials: CredentialsById) -> None:
        self._aws, self._credentials = aws, credentials

    def environment(self, task: Task, container: Container) -> dict[str, str]:
        """Variable → value. Raises Failure."""
        return self._values(task, container, "ENVIRONMENT_VARIABLE", "CONTAINER")

    def log_options(self, task: Task, container: Container) -> dict[str, str]:
        """Option of the log driver → value. Raises Failure."""
        return self._values(task, container, "", "LOG_DRIVER")

    def _values(self, task: Task, container: Container, kind: str, target: str) -> dict[str, str]:
        found = {}
        for secret in container.definition.get("secrets") or ():
            is_log = secret.get("target") == "LOG_DRIVER"
            if is_log == (target == "LOG_DRIVER") and (not kind or secret.get("type", kind) == kind):
                found[str(secret["name"])] = self._value(task, secret)
        return found

    def _value(self, task: Task, secret: dict[str, Any]) -> str:
        by = self._credentials.get(task.execution_credentials_id)
        if by is None:
            raise Failure("ResourceInitializationError", "unable to find execution role credentials")
        keys = Credentials(by.key, by.secret, by.token)
        region = str(secret.get("region") or self._aws.region)
        name = str(secret["valueFrom"])
        try:
            return self._asm(name, region, keys) if secret.get("provider") == "asm" else self._ssm(name, region, keys)
        except (AwsError, KeyError, ValueError, TypeError) as error:
            store = "AWS Secrets Manager" if secret.get("provider") == "asm" else "SSM Parameter Store"
            message = f"fetching secret data from {store} in {region}: {error}"
            raise Failure("ResourceInitializationError", message) from error

    def _ssm(self, name: str, region: str, by: Credentials) -> str:
        # An ARN is asked for by the parameter's own name, which keeps its slash only where it has folders.
        plain = name.split(":parameter", 1)[1] if name.startswith("arn:") else name
        plain = plain[1:] if plain.startswith("/") and plain.count("/") == 1 and name.startswith("arn:") else plain
        body = {"Names": [plain], "WithDecryption": True}
        found = self._aws.call("ssm", "AmazonSSM.GetParameters", body, by=by, region=region)
        if found.get("InvalidParameters"):
            raise ValueError(f"invalid parameters: {', '.join(found['InvalidParameters'])}")
        return str(found["Parameters"][0]["Value"])

    def _asm(self, name: str, region: str, by: Credentials) -> str:
        parts = name.split(":")
        secret, rest = (":".join(parts[:7]), [*parts[7:], "", "", ""]) if name.startswith("arn:") else (name, [""] * 3)
        text = read_secret(self._aws, secret, region, by, version=rest[2], stage=rest[1])
        return str(json.loads(text)[rest[0]]) if rest[0] else text
