"""One API request as the gate sees it, before moto does: enough to count it, to refuse it or to break it."""

import io
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, parse_qsl

from sandbox.world import operations

_CREDENTIAL = re.compile(r"Credential=([^/,\s]+)/\d{8}/([^/,\s]+)/([^/,\s]+)/aws4_request")
_PROTOCOL_BY_SERVICE = {"ec2": "ec2", "s3": "rest-xml"}


@dataclass(frozen=True)
class Incoming:
    """`protocol` is ec2, query, json, rest-xml or rest-json; `fields` are the flat request fields, as strings."""

    service: str
    region: str
    action: str
    protocol: str
    access_key: str = ""
    token: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)

    @property
    def operation(self) -> str:
        """The operation's own name, also where Batch's REST API says it by method and path."""
        named = operations.name(*self.action.split(" ", 1)) if self.service == "batch" and " " in self.action else ""
        return named or self.action

    @property
    def dry_run(self) -> bool:
        return self.fields.get("DryRun", "").lower() == "true"


def read(environ: dict[str, Any]) -> Incoming:
    """The request of a WSGI environment, whose body can still be read afterwards."""
    presigned = parse_qs(environ.get("QUERY_STRING", ""))
    credential = environ.get("HTTP_AUTHORIZATION", "") or "Credential=" + presigned.get("X-Amz-Credential", [""])[0]
    match = _CREDENTIAL.search(credential)
    access_key, region, service = match.groups() if match else ("", "", "")
    token = environ.get("HTTP_X_AMZ_SECURITY_TOKEN") or presigned.get("X-Amz-Security-Token", [""])[0]
    target = environ.get("HTTP_X_AMZ_TARGET", "")
    content_type = environ.get("CONTENT_TYPE", "")
    if target:
        fields = _json_fields(_body(environ))
        return Incoming(service, region, target.split(".")[-1], "json", access_key, token, fields)
    if content_type.startswith("application/x-www-form-urlencoded") and service != "s3":
        fields = dict(parse_qsl(_body(environ).decode("utf-8", "replace"), keep_blank_values=True))
        protocol = _PROTOCOL_BY_SERVICE.get(service, "query")
        return Incoming(service, region, fields.get("Action", ""), protocol, access_key, token, fields)
    action = f"{environ.get('REQUEST_METHOD', 'GET')} {environ.get('PATH_INFO', '/')}"
    protocol = _PROTOCOL_BY_SERVICE.get(service or "s3", "rest-json")
    fields = _json_fields(_body(environ)) if service == "batch" else {}
    return Incoming(service or "s3", region, action, protocol, access_key, token, fields)


def _body(environ: dict[str, Any]) -> bytes:
    """Read the body and put it back for the application behind the gate."""
    try:
        length = int(environ.get("CONTENT_LENGTH") or 0)
    except ValueError:
        length = 0
    body: bytes = environ["wsgi.input"].read(length) if length else b""
    environ["wsgi.input"] = io.BytesIO(body)
    return body


def _json_fields(body: bytes) -> dict[str, str]:
    try:
        document = json.loads(body or b"{}")
    except ValueError:
        return {}
    if not isinstance(document, dict):
        return {}
    return {key: value if isinstance(value, str) else json.dumps(value) for key, value in document.items()}
