"""Signature Version 4 of a request.

Source: "Create a signed AWS API request", AWS Identity and Access Management User Guide.
"""

from __future__ import annotations

import hashlib
import hmac
import time
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from sandbox.machines.ecs_agent.wire.escapes import quote, write_query


class Credentials(NamedTuple):
    """`expires` in seconds since the epoch, 0 for never."""

    key: str
    secret: str
    token: str = ""
    expires: float = 0.0


class Request(NamedTuple):
    """What is signed: `path` without its query, whose pairs stand in `query`."""

    method: str
    host: str
    path: str
    query: Sequence[tuple[str, str]] = ()
    headers: Mapping[str, str] = {}
    body: bytes = b""


def query_string(pairs: Sequence[tuple[str, str]]) -> str:
    """Names in order, every reserved character escaped: as it is signed, and as it may be sent."""
    return "&".join(sorted(write_query(pairs).split("&"), key=lambda pair: pair.partition("=")[::2]))


def sign(request: Request, credentials: Credentials, region: str, service: str, now: float) -> dict[str, str]:
    """The headers that the signature adds; `now` in seconds since the epoch."""
    stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(now))
    added = {"X-Amz-Date": stamp}
    if credentials.token:
        added["X-Amz-Security-Token"] = credentials.token
    signed = {name.lower(): value.strip() for name, value in {**request.headers, **added}.items()}
    signed["host"] = request.host
    names = ";".join(sorted(signed))
    canonical = "\n".join(
        (
            request.method,
            quote(request.path, safe="/"),
            query_string(request.query),
            *(f"{name}:{signed[name]}" for name in sorted(signed)),
            "",
            names,
            hashlib.sha256(request.body).hexdigest(),
        )
    )
    scope = f"{stamp[:8]}/{region}/{service}/aws4_request"
    text = f"AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    key = b"AWS4" + credentials.secret.encode()
    for part in scope.split("/"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    signature = hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
    added["Authorization"] = (
        f"AWS4-HMAC-SHA256 Credential={credentials.key}/{scope}, SignedHeaders={names}, Signature={signature}"
    )
    return added
