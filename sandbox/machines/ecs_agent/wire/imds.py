"""The instance metadata service, version 2, and the credentials of the instance's role.

Source: "Use the Instance Metadata Service to access instance metadata", Amazon EC2 User Guide.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Mapping

from sandbox.machines.ecs_agent.wire.http import Address, ask
from sandbox.machines.ecs_agent.wire.signing import Credentials

ADDRESS = Address("169.254.169.254", 80)
TOKEN_SECONDS = 21600
# Credentials are asked for again when they have less left than this.
EARLY = 300.0


class NoCredentials(Exception):
    """The instance has no role, or none that could be assumed."""


def seconds_of(stamp: str) -> float:
    """Seconds since the epoch of an ISO 8601 time in UTC."""
    year, month, day = (int(part) for part in stamp[:10].split("-"))
    hour, minute, second = (int(part) for part in stamp[11:19].split(":"))
    # Days of the Gregorian calendar, of years that begin in March.
    year, month = (year, month - 3) if month > 2 else (year - 1, month + 9)
    days = 365 * year + year // 4 - year // 100 + year // 400 + (153 * month + 2) // 5 + day - 719469
    return float(((days * 24 + hour) * 60 + minute) * 60 + second)


class Imds:
    """Asks for a token first, and again when it has expired."""

    def __init__(self, address: Address = ADDRESS) -> None:
        self._address, self._token, self._good_until = address, "", 0.0

    def get(self, path: str) -> str | None:
        """The text at a path below /latest/; None where there is nothing. Raises OSError without the service."""
        for _ in range(2):
            reply = ask(self._address, "GET", f"/latest/{path}", self._headers(), timeout=10)
            if reply.status != 401:
                return reply.body.decode() if reply.status == 200 else None
            self._good_until = 0.0
        return None

    def _headers(self) -> dict[str, str]:
        if time.monotonic() >= self._good_until:
            asked = {"X-aws-ec2-metadata-token-ttl-seconds": str(TOKEN_SECONDS)}
            reply = ask(self._address, "PUT", "/latest/api/token", asked, timeout=10)
            self._token = reply.body.decode() if reply.status == 200 else ""
            self._good_until = time.monotonic() + TOKEN_SECONDS - 60
        return {"X-aws-ec2-metadata-token": self._token}


class RoleCredentials:
    """The AWS SDK's chain, in short: the environment's keys, else those of the instance's role."""

    def __init__(self, imds: Imds, environment: Mapping[str, str]) -> None:
        self._imds, self._lock = imds, threading.Lock()
        key, secret = environment.get("AWS_ACCESS_KEY_ID", ""), environment.get("AWS_SECRET_ACCESS_KEY", "")
        token = environment.get("AWS_SESSION_TOKEN", "")
        self._now: Credentials | None = Credentials(key, secret, token) if key and secret else None

    def take(self) -> Credentials:
        """Valid ones. Raises NoCredentials."""
        with self._lock:
            if self._now is None or (self._now.expires and self._now.expires - time.time() < EARLY):
                self._now = self._ask()
            return self._now

    def forget(self) -> None:
        """Ask again next time: these were refused."""
        with self._lock:
            if self._now is not None and self._now.expires:
                self._now = None

    def _ask(self) -> Credentials:
        place = "meta-data/iam/security-credentials/"
        try:
            role = (self._imds.get(place) or "").strip().split("\n")[0]
            text = self._imds.get(place + role) if role else None
        except OSError as error:
            raise NoCredentials(f"no metadata service: {error}") from error
        if text is None:
            raise NoCredentials("the instance has no role")
        found = json.loads(text)
        if "AccessKeyId" not in found:
            raise NoCredentials(str(found.get("Message") or found.get("Code")))
        expires = seconds_of(found["Expiration"])
        return Credentials(found["AccessKeyId"], found["SecretAccessKey"], found["Token"], expires)
