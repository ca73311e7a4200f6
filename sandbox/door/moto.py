"""moto behind the door: its WSGI application, asked with the request's own environment."""

import json
from collections.abc import Iterable
from traceback import walk_tb
from typing import Any
from xml.etree import ElementTree

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

from sandbox.world.answers import Answer
from sandbox.world.request import Request

_NO_SUCH_PAGE = b"<!doctype html>\n<html lang=en>\n<title>404 Not Found</title>"  # werkzeug's own words
# One to a process, like the backends that it serves.
APPLICATION: Any = DomainDispatcherApplication(create_backend_app)


def answer_by_moto(request: Request) -> Answer:
    """Let moto answer; NotImplementedError for an operation or a path that it lacks."""
    begun: list[Any] = []

    def start_response(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> None:
        begun[:] = [status, headers]

    chunks: Iterable[bytes] = APPLICATION(request.environ, start_response)
    try:
        body = b"".join(chunks)
    finally:
        getattr(chunks, "close", lambda: None)()
    status, headers = begun
    if body.startswith(_NO_SUCH_PAGE):
        raise NotImplementedError("moto knows no such path")
    failed = int(status.split()[0]) >= 400
    return Answer(status, headers, body, error_code(body) if failed else "")


def is_of_moto(error: Exception) -> bool:
    """Return whether an exception comes out of moto, and not out of a law of the sandbox that moto called."""
    names = [frame.f_globals.get("__name__", "") for frame, _ in walk_tb(error.__traceback__)]
    ours_or_motos = [name.partition(".")[0] for name in names if name.startswith(("sandbox.", "moto."))]
    return ours_or_motos[-1:] == ["moto"]


def error_code(body: bytes) -> str:
    """Read the code of a failed answer, of XML or of JSON; "error" where it has none (HEAD of S3)."""
    try:
        document = json.loads(body)
        code = document.get("__type") or document.get("code") or ""
        return str(code).rpartition("#")[2] or "error"
    except (ValueError, AttributeError):
        pass
    try:
        elements = ElementTree.fromstring(body).iter()  # noqa: S314  # moto's own words
    except ElementTree.ParseError:
        return "error"
    return next((element.text for element in elements if element.tag.endswith("Code") and element.text), "error")
