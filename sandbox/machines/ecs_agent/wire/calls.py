"""Calls of AWS services with JSON bodies, and what of their failures is tried again.

The waits are those of AWS's agent 1.105.1: three attempts, 298 for reports of tasks.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

from sandbox.machines.ecs_agent.model.backoff import Backoff
from sandbox.machines.ecs_agent.model.log import say
from sandbox.machines.ecs_agent.wire.http import ask, split_url
from sandbox.machines.ecs_agent.wire.imds import NoCredentials, RoleCredentials
from sandbox.machines.ecs_agent.wire.signing import Credentials, Request, sign

VERSION = "1.105.1"
AGENT = f"Amazon ECS Agent - v{VERSION} (standin) (linux; LINUX) (+http://aws.amazon.com/ecs/)"
ECS = "AmazonEC2ContainerServiceV20141113"
_AGAIN = {"ServerException", "ThrottlingException", "LimitExceededException", "Throttling", "RequestLimitExceeded"}
_STALE = {"ExpiredTokenException", "ExpiredToken", "UnrecognizedClientException", "InvalidClientTokenId"}


class AwsError(Exception):
    """`code` as AWS names it; "RequestError" where no answer came, "NoCredentialProviders" without credentials."""

    def __init__(self, code: str, message: str, status: int = 0) -> None:
        super().__init__(f"{code}: {message}")
        self.code, self.message, self.status = code, message, status

    @property
    def may_pass(self) -> bool:
        """Whether the AWS SDK would try the same call again."""
        return self.code in _AGAIN or self.code == "RequestError" or self.status >= 500


class Aws:
    """The services at one endpoint, asked with the instance's credentials unless others are given."""

    def __init__(
        self, endpoint: str, region: str, credentials: RoleCredentials, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._address, self._path = split_url(endpoint)
        self.region, self.credentials, self._sleep = region, credentials, sleep

    def ecs(self, operation: str, body: dict[str, Any], attempts: int = 3, longest: float = 20.0) -> dict[str, Any]:
        """An operation of ECS. Raises AwsError."""
        return self.call("ecs", f"{ECS}.{operation}", body, attempts=attempts, longest=longest)

    def call(
        self,
        service: str,
        target: str,
        body: dict[str, Any],
        *,
        by: Credentials | None = None,
        region: str = "",
        attempts: int = 3,
        longest: float = 20.0,
    ) -> dict[str, Any]:
        """The answer's document; `longest` is the longest wait between two attempts. Raises AwsError."""
        waits = Backoff(0.1, longest, 1.6, jitter=1.0)
        for attempt in range(1, attempts + 1):
            try:
                counter = f"attempt={attempt}; max={attempts}"
                return self._once(service, target, body, by, region or self.region, counter)
            except AwsError as error:
                if error.code in _STALE and by is None:
                    self.credentials.forget()
                elif not error.may_pass:
                    raise
                if attempt == attempts:
                    raise
                say("warn", "a call failed and is tried again", call=target, error=error)
                self._sleep(waits.take())
        raise AssertionError(attempts)

    def _once(
        self, service: str, target: str, body: dict[str, Any], by: Credentials | None, region: str, counter: str
    ) -> dict[str, Any]:
        text = json.dumps(body).encode()
        headers = {"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": target, "Amz-Sdk-Request": counter}
        request = Request("POST", self._address.authority, self._path, (), headers, text)
        try:
            signed = sign(request, by or self.credentials.take(), region, service, time.time())
            reply = ask(self._address, "POST", self._path, {**headers, **signed, "User-Agent": AGENT}, text)
        except NoCredentials as error:
            raise AwsError("NoCredentialProviders", str(error)) from error
        except OSError as error:
            raise AwsError("RequestError", str(error)) from error
        if reply.status != 200:
            raise error_of(reply.status, reply.body)
        found: dict[str, Any] = json.loads(reply.body or b"{}")
        return found


def error_of(status: int, body: bytes) -> AwsError:
    """What the body of a refusal says."""
    try:
        said = json.loads(body)
        code = str(said.get("__type", "")).split("#")[-1] or "UnknownError"
        return AwsError(code, str(said.get("message") or said.get("Message") or ""), status)
    except (ValueError, AttributeError):
        return AwsError("UnknownError", body[:300].decode(errors="replace"), status)
