"""The WSGI application in front of moto: the sandbox's own routes, keys, faults and the record of calls."""

import logging
import re
from collections.abc import Callable, Iterable
from typing import Any

from sandbox.door import control, enforce
from sandbox.iam import keys
from sandbox.pricing import service
from sandbox.s3 import buckets
from sandbox.world import incoming
from sandbox.world.calls import Call
from sandbox.world.incoming import Incoming
from sandbox.world.refusals import Refusal, body_of, headers_of
from sandbox.world.world import World

log = logging.getLogger("sandbox")
Application = Callable[[dict[str, Any], Any], Iterable[bytes]]
_CODE = re.compile(rb"<Code>([^<]+)</Code>|\"(?:__type|code)\":\s*\"(?:[^\"#]*#)?([^\"]+)\"")


class Gate:
    def __init__(self, behind: Application, world: World) -> None:
        self._behind = behind
        self._world = world

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if environ.get("PATH_INFO", "").startswith(control.PREFIX):
            return control.answer(self._world, environ, start_response)
        request = incoming.read(environ)
        status, headers, body = self._answer(request, environ)
        error = _error_code(body) if int(status.split()[0]) >= 400 else ""
        self._world.calls.record(
            Call(request.service, request.operation, request.region, request.dry_run, error, self._world.clock.now())
        )
        start_response(status, headers)
        return [body]

    def _answer(self, request: Incoming, environ: dict[str, Any]) -> tuple[str, list[tuple[str, str]], bytes]:
        refusal = keys.refusal(self._world, request) or self._fault(request) or self._denial(request, environ)
        if refusal:
            return _refused(refusal, request)
        if request.service == "pricing":
            return service.answer(request)
        try:
            return _run(self._behind, environ)
        except NotImplementedError as error:
            log.warning("not imitated: %s %s: %s", request.service, request.operation, error)
            message = f"The sandbox does not imitate {request.service}:{request.operation} ({error})"
            return _refused(Refusal("NotImplemented", message, 501), request)
        except Exception:
            log.exception("a fault of the sandbox in %s %s", request.service, request.operation)
            message = f"The sandbox failed in {request.service}:{request.operation}; its log has the traceback"
            return _refused(Refusal("InternalFailure", message, 500), request)

    def _denial(self, request: Incoming, environ: dict[str, Any]) -> Refusal | None:
        try:
            denied = enforce.refusal(self._world, request, environ)
            return denied or buckets.refusal(request, environ.get("QUERY_STRING", ""))
        except Exception:
            log.exception("the policies could not be evaluated for %s %s", request.service, request.action)
            return Refusal("InternalFailure", "The sandbox could not evaluate the caller's policies; see its log", 500)

    def _fault(self, request: Incoming) -> Refusal | None:
        fault = self._world.faults.strike(request)
        return Refusal(fault.code, fault.message, fault.status) if fault else None


def _refused(refusal: Refusal, request: Incoming) -> tuple[str, list[tuple[str, str]], bytes]:
    content_type, body = body_of(refusal, request.protocol)
    return f"{refusal.status} Refused", headers_of(refusal, content_type), body


def _run(behind: Application, environ: dict[str, Any]) -> tuple[str, list[tuple[str, str]], bytes]:
    begun: list[Any] = []

    def start_response(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> None:
        begun[:] = [status, headers]

    chunks = behind(environ, start_response)
    try:
        body = b"".join(chunks)
    finally:
        getattr(chunks, "close", lambda: None)()
    return begun[0], begun[1], body


def _error_code(body: bytes) -> str:
    match = _CODE.search(body)
    return (match.group(1) or match.group(2)).decode() if match else "error"
