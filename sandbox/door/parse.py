"""Parses a request of the wire into a `Request`, by botocore's models. Nothing else in the sandbox parses one."""

import io
import re
from typing import Any
from urllib.parse import parse_qsl, urlencode

from botocore.exceptions import BotoCoreError
from moto.core.parse import PROTOCOL_PARSERS, RequestParserError
from moto.core.request import Request as HttpRequest
from moto.core.routing import get_service_router
from werkzeug.exceptions import HTTPException

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
    operation, parameters, modelled, readable = _by_model(http, service, protocol)
    return Request(
        service, region, operation, protocol, access_key, _token(http), parameters, modelled, readable,
        Http(http.method, http.path), environ,
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


def _by_model(http: HttpRequest, service: str, protocol: str) -> tuple[str, dict[str, Any], bool, bool]:
    """Name the operation and read its parameters; also whether the model knows it, and whether it fits the model."""
    try:
        operation, labels = get_service_router(name_in_botocore(service)).match(http)
    except (HTTPException, NotImplementedError, BotoCoreError):
        return _unmodelled(http), {}, False, True
    document: Any = {
        "method": http.method, "values": http.values, "headers": http.headers, "body": http.data, "url_path": http.path,
        "url_params": labels,
    }  # fmt: skip
    try:
        return operation.name, PROTOCOL_PARSERS[protocol](operation, map_type=dict).parse(document), True, True
    except (RequestParserError, ValueError, TypeError, KeyError, AttributeError):
        return operation.name, {}, True, False


def _unmodelled(http: HttpRequest) -> str:
    target = http.headers.get("X-Amz-Target", "").rpartition(".")[2]
    return str(target or http.form.get("Action") or f"{http.method} {http.path}")
