"""Makes the calls of a service under its role: written by botocore's models, and sent the way of every request."""

import io
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from botocore import parsers, serialize
from moto.core.utils import get_service_model

from sandbox.door.parse import parse
from sandbox.door.way import answer
from sandbox.iam import sts
from sandbox.world.own_calls import OwnCallError, OwnCalls
from sandbox.world.world import ACCOUNT, World

_VALID = 3600.0  # seconds
_RENEWED_BEFORE = 300.0
_SESSION = "aws-batch"  # what CloudTrail shows of Batch's own calls


def make_own_calls(world: World) -> OwnCalls:
    """Make the function that asks this world."""
    keys: dict[str, Mapping[str, Any]] = {}

    def call(service: str, region: str, operation: str, parameters: Mapping[str, Any], role_arn: str) -> dict[str, Any]:
        given = keys.get(role_arn)
        session = world.sessions.get(given["AccessKeyId"]) if given else None
        if given is None or session is None or session.expires - world.clock.now() < _RENEWED_BEFORE:
            name = role_arn.rpartition("/")[2]
            given = sts.make_credentials(int(_VALID), f"arn:aws:sts::{ACCOUNT}:assumed-role/{name}/{_SESSION}")
            keys[role_arn] = given
        return _ask(world, service, region, operation, parameters, given)

    return call


def _ask(
    world: World, service: str, region: str, operation: str, parameters: Mapping[str, Any], keys: Mapping[str, Any]
) -> dict[str, Any]:
    model = get_service_model(service).operation_model(operation)
    protocol = model.service_model.resolved_protocol
    wire = serialize.create_serializer(protocol, include_validation=False).serialize_to_request(parameters, model)
    given = answer(world, parse(_make_environ(wire, service, region, keys)))
    status = int(given.status.split()[0])
    response = {"status_code": status, "headers": dict(given.headers), "body": given.body}
    result: dict[str, Any] = parsers.create_parser(protocol).parse(response, model.output_shape)
    if status >= 400:
        error = result.get("Error") or {}
        raise OwnCallError(str(error.get("Code") or given.error), str(error.get("Message") or ""))
    return result


def _make_environ(wire: Mapping[str, Any], service: str, region: str, keys: Mapping[str, Any]) -> dict[str, Any]:
    """Make a WSGI environment (PEP 3333) of a request that botocore has written."""
    body = _write_body(wire["body"])
    host = f"{service}.{region}.amazonaws.com"
    scope = f"Credential={keys['AccessKeyId']}/20260101/{region}/{service}/aws4_request"
    headers = {**wire["headers"], "Authorization": f"AWS4-HMAC-SHA256 {scope}, SignedHeaders=host, Signature=0",
               "X-Amz-Security-Token": keys["SessionToken"], "Host": host}  # fmt: skip
    environ = {
        "wsgi.version": (1, 0), "wsgi.url_scheme": "http", "wsgi.input": io.BytesIO(body),
        "wsgi.errors": io.StringIO(), "wsgi.multithread": True, "wsgi.multiprocess": False, "wsgi.run_once": False,
        "REQUEST_METHOD": wire["method"], "SCRIPT_NAME": "", "PATH_INFO": wire["url_path"], "QUERY_STRING": "",
        "REQUEST_URI": wire["url_path"], "RAW_URI": wire["url_path"], "REMOTE_ADDR": "127.0.0.1", "SERVER_NAME": host,
        "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1", "CONTENT_LENGTH": str(len(body)),
    }  # fmt: skip
    for name, value in headers.items():
        key = name.upper().replace("-", "_")
        environ[key if key == "CONTENT_TYPE" else f"HTTP_{key}"] = str(value)
    return environ


def _write_body(body: Any) -> bytes:
    """Write a form as EC2 and the query services take it; JSON is bytes already."""
    if isinstance(body, Mapping):
        return urlencode(body).encode()
    return body if isinstance(body, bytes) else str(body or "").encode()
