"""What a request asks for: the operation's name and its parameters, by botocore's models."""

import io
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qs, unquote

from moto.core.parse import PROTOCOL_PARSERS
from moto.core.utils import get_service_model
from werkzeug.datastructures import MultiDict

from sandbox.world.incoming import Incoming

# Where the name that a request is signed with is not botocore's.
_BOTOCORE = {"servicequotas": "service-quotas", "monitoring": "cloudwatch"}


@dataclass(frozen=True)
class Request:
    """`service` is the prefix of IAM's actions; `parameters` are nested as in the API Reference."""

    service: str
    operation: str
    region: str
    parameters: Mapping[str, Any]

    def get(self, name: str) -> Any:
        return self.parameters.get(name)


def read(incoming: Incoming, environ: dict[str, Any]) -> Request:
    """Raises LookupError for an operation that the service does not have; the body can still be read afterwards."""
    if incoming.protocol == "rest-json":
        operation, parameters = _rest(incoming, environ)
    else:
        operation, parameters = incoming.action, _parsed(incoming, environ)
    return Request(incoming.service, operation, incoming.region, parameters)


def _parsed(incoming: Incoming, environ: dict[str, Any]) -> dict[str, Any]:
    model = get_service_model(_BOTOCORE.get(incoming.service, incoming.service))
    if incoming.action not in model.operation_names:
        raise LookupError(incoming.action)
    parser = PROTOCOL_PARSERS[incoming.protocol](model.operation_model(incoming.action))
    asked: Any = {"method": "POST", "values": MultiDict(incoming.fields), "headers": {}, "body": body_of(environ),
             "url_path": "/", "url_params": {}}  # fmt: skip
    found: dict[str, Any] = parser.parse(asked)
    return found


def _rest(incoming: Incoming, environ: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    method, _, path = incoming.action.partition(" ")
    for name, verb, uri in _routes(incoming.service):
        match = uri.fullmatch(path)
        if verb == method and match:
            query: dict[str, Any] = dict(parse_qs(environ.get("QUERY_STRING", "")))
            labels = {key: unquote(value) for key, value in match.groupdict().items()}
            return name, {**query, **_json(body_of(environ)), **labels}
    raise LookupError(incoming.action)


@lru_cache(maxsize=16)
def _routes(service: str) -> list[tuple[str, str, re.Pattern[str]]]:
    """Operation, HTTP method and path, the most particular paths first."""
    model = get_service_model(_BOTOCORE.get(service, service))
    found = []
    for name in model.operation_names:
        http = model.operation_model(name).http
        path = re.escape(http["requestUri"].partition("?")[0])
        path = re.sub(r"\\\{(\w+)\\\+\\\}", r"(?P<\1>.+)", path)
        found.append((name, http["method"], re.compile(re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]+)", path))))
    return sorted(found, key=lambda each: each[2].groups)


def _json(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body or b"{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def body_of(environ: dict[str, Any]) -> bytes:
    """The whole body, which stays there for the service."""
    body: bytes = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    environ["wsgi.input"] = io.BytesIO(body)
    return body
