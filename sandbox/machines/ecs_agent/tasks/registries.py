"""Who the agent is for a registry: ECR's token, a secret of Secrets Manager, or ECS_ENGINE_AUTH_DATA."""

from __future__ import annotations

import base64
import json
import threading
import time
from typing import Any

from sandbox.machines.ecs_agent.model.credentials import CredentialsById
from sandbox.machines.ecs_agent.model.records import Failure, Task
from sandbox.machines.ecs_agent.wire.calls import Aws, AwsError
from sandbox.machines.ecs_agent.wire.signing import Credentials

_ECR = "AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken"
_KEPT_SECONDS = 12 * 3600.0
# A token is asked for again when it has less left than this.
_EARLY = 600.0


class Registries:
    """`logins` are those of the settings, by registry."""

    def __init__(self, aws: Aws, credentials: CredentialsById, logins: dict[str, dict[str, str]]) -> None:
        self._aws, self._credentials, self._logins = aws, credentials, logins
        self._lock = threading.Lock()
        self._tokens: dict[tuple[str, str, str], tuple[float, dict[str, str]]] = {}

    def login(self, task: Task, image: str, authentication: dict[str, Any] | None) -> dict[str, str]:
        """Docker's authentication for a pull; empty for none. Raises Failure."""
        kind = (authentication or {}).get("type", "")
        if authentication and kind == "ecr":
            return self._ecr(task, authentication.get("ecrAuthData") or {})
        if authentication and kind == "asm":
            return self._secret(task, authentication.get("asmAuthData") or {})
        return self._logins.get(registry_of(image), {})

    def _ecr(self, task: Task, data: dict[str, Any]) -> dict[str, str]:
        registry, region = str(data.get("registryId") or ""), str(data.get("region") or self._aws.region)
        by = None
        if data.get("useExecutionRole"):
            by = _keys(self._credentials, task.execution_credentials_id)
            if by is None:
                raise Failure("CannotPullECRContainerError", "engine ecr credentials: not found")
        place = (registry, region, by.key if by else "")
        with self._lock:
            good_until, login = self._tokens.get(place, (0.0, {}))
            if good_until - _EARLY > time.time():
                return login
        body = {"registryIds": [registry]} if registry else {}
        try:
            found = self._aws.call("ecr", _ECR, body, by=by, region=region)["authorizationData"][0]
            user, _, password = base64.b64decode(found["authorizationToken"]).decode().partition(":")
        except (AwsError, KeyError, IndexError, ValueError) as error:
            raise Failure("CannotPullECRContainerError", str(error)) from error
        server = str(found.get("proxyEndpoint") or "").split("://")[-1]
        login = {"username": user, "password": password, "serveraddress": server}
        good_until = float(found.get("expiresAt") or time.time() + _KEPT_SECONDS)
        with self._lock:
            self._tokens[place] = (good_until, login)
        return login

    def _secret(self, task: Task, data: dict[str, Any]) -> dict[str, str]:
        by = _keys(self._credentials, task.execution_credentials_id)
        try:
            text = read_secret(self._aws, str(data.get("credentialsParameter")), str(data.get("region") or ""), by)
            found = json.loads(text)
            return {"username": found["username"], "password": found["password"]}
        except (AwsError, KeyError, ValueError, TypeError) as error:
            message = "engine docker private registry credentials: not found"
            raise Failure("CannotPullContainerAuthError", message) from error


def read_secret(aws: Aws, name: str, region: str, by: Credentials | None, version: str = "", stage: str = "") -> str:
    """The text of a secret of Secrets Manager. Raises AwsError."""
    body = {"SecretId": name}
    if version:
        body["VersionId"] = version
    if stage:
        body["VersionStage"] = stage
    found = aws.call("secretsmanager", "secretsmanager.GetSecretValue", body, by=by, region=region)
    return str(found.get("SecretString", ""))


def _keys(credentials: CredentialsById, id_: str) -> Credentials | None:
    found = credentials.get(id_)
    return Credentials(found.key, found.secret, found.token) if found else None


def registry_of(image: str) -> str:
    """The registry's host of an image's name; docker.io where it names none."""
    host, separator, _ = image.partition("/")
    return host if separator and ("." in host or ":" in host or host == "localhost") else "docker.io"
