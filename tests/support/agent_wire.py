"""The calls of the double's agents: signed with the role of their machine, answered in the same thread."""

import io
import json
from typing import Any

from sandbox.ec2.hardware import role_credentials
from sandbox.inprocess import Sandbox

_ECS = "AmazonEC2ContainerServiceV20141113"
_LOGS = "Logs_20140328"


class Refused(Exception):
    """What the sandbox answered in place of what was asked for."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code


def find_keys(sandbox: Sandbox, machine: Any) -> tuple[str, str]:
    """Access key and token of the machine's role; the sandbox's own where it has none."""
    for path, body in role_credentials.list_leaves(machine).items():
        if path.startswith("security-credentials/"):
            return body["AccessKeyId"], body["Token"]
    return sandbox.world.access_key, ""


def make_environ(
    sandbox: Sandbox, machine: Any, method: str, path: str, *, query: str = "", body: bytes = b"", **headers: str
) -> dict[str, Any]:
    """As werkzeug's server makes it from the wire (PEP 3333); `headers` by their names in the environment."""
    key, token = find_keys(sandbox, machine)
    service = headers.pop("service", "ecs")
    scope = f"{key}/20260101/{machine.region_name}/{service}/aws4_request"
    host = sandbox.endpoint.partition("//")[2]
    return {
        "wsgi.version": (1, 0), "wsgi.url_scheme": "http", "wsgi.input": io.BytesIO(body),
        "wsgi.errors": io.StringIO(), "wsgi.multithread": True, "wsgi.multiprocess": False, "wsgi.run_once": False,
        "REQUEST_METHOD": method, "SCRIPT_NAME": "", "PATH_INFO": path, "QUERY_STRING": query,
        "REQUEST_URI": path, "RAW_URI": path, "REMOTE_ADDR": "127.0.0.1", "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": host.partition(":")[2], "SERVER_PROTOCOL": "HTTP/1.1", "HTTP_HOST": host,
        "CONTENT_LENGTH": str(len(body)),
        "HTTP_AUTHORIZATION": f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host;x-amz-date, Signature=0",
        **({"HTTP_X_AMZ_SECURITY_TOKEN": token} if token else {}), **headers,
    }  # fmt: skip


def call(sandbox: Sandbox, machine: Any, operation: str, service: str = "ecs", **parameters: Any) -> dict[str, Any]:
    """One JSON call; `Refused` when it failed."""
    target = {"ecs": _ECS, "logs": _LOGS}[service]
    environ = make_environ(
        sandbox, machine, "POST", "/", body=json.dumps(parameters).encode(), service=service,
        CONTENT_TYPE="application/x-amz-json-1.1", HTTP_X_AMZ_TARGET=f"{target}.{operation}",
    )  # fmt: skip
    begun: list[Any] = []
    body = b"".join(sandbox.application(environ, lambda status, headers: begun.extend([status, headers])))
    answer: dict[str, Any] = json.loads(body or b"{}")
    if not str(begun[0]).startswith("200"):
        code = str(answer.get("__type") or answer.get("code")).rpartition("#")[2]
        raise Refused(code, str(answer.get("message") or answer.get("Message")))
    return answer
