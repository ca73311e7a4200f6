"""Parses a request of the wire into a `Request`, by botocore's models. Nothing else in the sandbox parses one."""

import io
import json
import re
from typing import Any
from urllib.parse import parse_qsl, urlencode

from botocore.exceptions import BotoCoreError
from moto.core.parse import PROTOCOL_PARSERS, RequestParserError
from moto.core.request import Request as HttpRequest
from moto.core.routing import get_service_router
from werkzeug.exceptions import HTTPException

from sandbox.door import bodies
from sandbox.world.request import KEY, Http, Request, name_in_botocore

_CREDENTIAL = re.compile(r"Credential=([^/,\s]+)/\d{8}/([^/,\s]+)/([^/,\s]+)/aws4_request")
_FORM = "application/x-www-form-urlencoded"
# An empty text can be the value of a tag, of a filter or of an attribute; an empty NoDevice leaves a device out.
_MAY_BE_EMPTY = re.compile(r"(^|\.)(Value(\.\d+)?|NoDevice)$")


def parse(environ: dict[str, Any]) -> Request:
    """Parse the request of a WSGI environment, whose body can still be read afterwards. Refuses nothing."""
    request = _parse(environ, HttpRequest(environ))
    environ[KEY] = request
    return request


def _parse(environ: dict[str, Any], http: HttpRequest) -> Request:
    access_key, region, service = _credential(http)
    is_form = http.headers.get("Content-Type", "").startswith(_FORM)
    if service.startswith("s3") or not (service or is_form or "X-Amz-Target" in http.headers):
        return Request(
            service or "s3", region, f"{http.method} {http.path}", "rest-xml", access_key, _token(http),
            http=Http(http.method, http.path, dict(http.args.lists()), http.headers.get("X-Amz-Copy-Source", "")),
            environ=environ,
        )  # fmt: skip
    body = http.get_data()
    protocol = _protocol(http, service, is_form)
    kept = _without_empty(body) if protocol == "ec2" else body
    if kept is not body:
        environ |= {"CONTENT_LENGTH": str(len(kept)), "wsgi.input": io.BytesIO(kept)}
        http = HttpRequest(environ)
        http.get_data()
    environ["wsgi.input"] = io.BytesIO(kept)
    given = _by_model(http, service, protocol)
    return Request(
        service, region, protocol=protocol, access_key=access_key, token=_token(http),
        http=Http(http.method, http.path), environ=environ, **given,
    )  # fmt: skip


def _credential(http: HttpRequest) -> tuple[str, str, str]:
    """Read access key, region and service, of the signature or of a presigned URL; empty for an unsigned request."""
    text = http.headers.get("Authorization", "") or "Credential=" + http.args.get("X-Amz-Credential", "")
    match = _CREDENTIAL.search(text)
    return (match.group(1), match.group(2), match.group(3)) if match else ("", "", "")


def _token(http: HttpRequest) -> str:
    return str(http.headers.get("X-Amz-Security-Token") or http.args.get("X-Amz-Security-Token", ""))


def _protocol(http: HttpRequest, service: str, is_form: bool) -> str:
    if "X-Amz-Target" in http.headers:
        return "json"
    if is_form:
        return "ec2" if service == "ec2" else "query"
    return "rest-json"


def _without_empty(body: bytes) -> bytes:
    """Leave out what EC2 takes as not given: a parameter with an empty value, as Packer's amazon plug-in sends VpcId.

    Seen of EC2 by the users of that plug-in. The value of a tag (Tag, Amazon EC2 API Reference) may be empty, and an
    empty NoDevice is how a device is left out (BlockDeviceMapping, the same).
    """
    pairs = parse_qsl(body.decode(), keep_blank_values=True)
    given = [(name, value) for name, value in pairs if value or _MAY_BE_EMPTY.search(name)]
    return body if len(given) == len(pairs) else urlencode(given).encode()


def _by_model(http: HttpRequest, service: str, protocol: str) -> dict[str, Any]:
    """Name the operation and read its parameters: the fields of `Request` that say so."""
    try:
        operation, labels = get_service_router(name_in_botocore(service)).match(http)
    except (HTTPException, NotImplementedError, BotoCoreError):
        return {"operation": _unmodelled(http), "modelled": False}
    is_json = protocol.endswith("json")
    try:
        body = _read_json(operation.input_shape, http.data, protocol) if is_json else http.data
        document: Any = {
            "method": http.method, "values": http.values, "headers": http.headers, "body": body, "url_path": http.path,
            "url_params": labels,
        }  # fmt: skip
        return {
            "operation": operation.name,
            "parameters": PROTOCOL_PARSERS[protocol](operation, map_type=dict).parse(document),
        }
    except bodies.Misfit as error:
        misfit: str | None = str(error)
    except (RequestParserError, ValueError, TypeError, KeyError, AttributeError):
        misfit = "" if is_json else None
    return {"operation": operation.name, "readable": False, "misfit": misfit}


def _read_json(shape: Any, body: bytes, protocol: str) -> bytes:
    """Read a body of JSON, and write it as it was read. A payload is no JSON, and a path can say all there is."""
    if protocol == "rest-json" and (not body or (shape is not None and shape.serialization.get("payload"))):
        return body
    return json.dumps(bodies.read(shape, body)).encode()


def _unmodelled(http: HttpRequest) -> str:
    target = http.headers.get("X-Amz-Target", "").rpartition(".")[2]
    return str(target or http.form.get("Action") or f"{http.method} {http.path}")
