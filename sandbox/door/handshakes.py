"""How the sessions of ECS's agents begin: signed, checked by the same steps as every call, and refused in their words.

Source: the agent's own protocol (amazon-ecs-agent 1.105), as recorded: the URLs and their queries, and the refusal.
"""

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from sandbox.door.parse import parse
from sandbox.door.permissions import check_permissions
from sandbox.ecs.endpoints import SESSIONS, SOCKET, TELEMETRY
from sandbox.ecs.model import tables
from sandbox.ecs.model.caller import Caller
from sandbox.ecs.sessions import handshake
from sandbox.iam.callers import find_caller
from sandbox.iam.keys import check_keys
from sandbox.world.refusals import Refusal
from sandbox.world.request import Request
from sandbox.world.world import World

_ACTIONS = {SESSIONS + SOCKET: "Poll", TELEMETRY + SOCKET: "StartTelemetrySession"}


@dataclass(frozen=True)
class Handshake:
    """`request` is what is asked in the words of IAM: Poll, or StartTelemetrySession; `signed_for` names a service."""

    request: Request
    signed_for: str
    caller: Caller
    query: dict[str, str]

    @property
    def instance_arn(self) -> str:
        return self.query.get("containerInstanceArn") or self.query.get("containerInstance") or ""


def is_handshake(environ: dict[str, Any]) -> bool:
    """Return whether a request wants to become an agent's session: no request of S3 has such a header."""
    return environ.get("PATH_INFO") in _ACTIONS and environ.get("HTTP_UPGRADE", "").lower() == "websocket"


def read(world: World, environ: dict[str, Any]) -> Handshake:
    signed, query = parse(environ), dict(parse_qsl(environ.get("QUERY_STRING", "")))
    named = {
        "cluster": query.get("clusterArn") or query.get("cluster"),
        "containerInstance": query.get("containerInstanceArn") or query.get("containerInstance"),
    }
    action = _ACTIONS[environ["PATH_INFO"]]
    request = Request("ecs", signed.region, action, "json", signed.access_key, signed.token, named)
    found = find_caller(world, signed.access_key)
    endpoint = f"{environ.get('wsgi.url_scheme', 'http')}://{environ.get('HTTP_HOST', '')}"
    return Handshake(
        request, signed.service, Caller(found.instance if found else "", found.arn if found else "", endpoint), query
    )


def check(world: World, asked: Handshake) -> Refusal | None:
    """Refuse a handshake; called under the world's lock."""
    request = asked.request
    if request.access_key and asked.signed_for != "ecs":
        return Refusal("InvalidSignatureException", "Credential should be scoped to correct service: 'ecs'.", 403)
    fault = world.faults.strike(request)
    return (
        check_keys(world, request)
        or (Refusal(fault.code, fault.message, fault.status) if fault else None)
        or check_permissions(world, request)
        or handshake.check(
            tables.of(request.region), asked.instance_arn, request.get("cluster"), asked.caller, request.operation
        )
    )


def write_refusal(refusal: Refusal) -> bytes:
    return json.dumps({"type": refusal.code, "message": {"message": refusal.message}}).encode()
