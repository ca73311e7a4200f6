"""This process's calls to its own offline AWS, answered without a socket: the same bytes in, the same bytes out.

Two threads that hand one request to and fro cost more than most requests. What the wire itself does is tested where
other processes are the callers, and in the sandbox's own tests.
"""

import io
from typing import Any
from urllib.parse import unquote_to_bytes, urlsplit

import pytest
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.httpsession import URLLib3Session
from urllib3 import HTTPHeaderDict, HTTPResponse

from sandbox.inprocess import Sandbox


def short_cut(sandbox: Sandbox, patch: pytest.MonkeyPatch) -> None:
    """Until `patch` is undone; calls to anywhere else take their ordinary way."""
    ordinary, application, here = URLLib3Session.send, sandbox.application, urlsplit(sandbox.endpoint).netloc

    def send(self: URLLib3Session, request: AWSPreparedRequest) -> Any:
        if urlsplit(request.url).netloc != here:
            return ordinary(self, request)
        begun: list[Any] = []
        chunks = application(_environ(request), lambda status, headers: begun.extend([status, headers]))
        status, headers = begun
        raw = HTTPResponse(
            io.BytesIO(b"" if request.method == "HEAD" else b"".join(chunks)),
            HTTPHeaderDict(headers),
            int(status.split()[0]),
            preload_content=False,
            request_method=request.method,
        )
        return AWSResponse(request.url, raw.status, raw.headers, raw)

    patch.setattr(URLLib3Session, "send", send)


def _environ(request: AWSPreparedRequest) -> dict[str, Any]:
    """As werkzeug's server makes it from the wire (PEP 3333)."""
    url, body = urlsplit(request.url), _bytes(request.body)
    target = url.path + (f"?{url.query}" if url.query else "")
    environ = {
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": url.scheme,
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(url.path).decode("latin-1"),
        "QUERY_STRING": url.query,
        "REQUEST_URI": target,
        "RAW_URI": target,
        "REMOTE_ADDR": url.hostname,
        "SERVER_NAME": url.hostname,
        "SERVER_PORT": str(url.port),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": url.netloc,
        "CONTENT_LENGTH": str(len(body)),
    }
    for name, value in request.headers.items():
        key = name.upper().replace("-", "_")
        text = value.decode("latin-1") if isinstance(value, bytes) else str(value)
        environ[key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"] = text
    return environ


def _bytes(body: Any) -> bytes:
    """A request's body: nothing, text, bytes or a file."""
    if hasattr(body, "read"):
        body = body.read()
    return body.encode() if isinstance(body, str) else bytes(body or b"")
