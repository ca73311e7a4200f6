"""The sandbox's own routes under /kiln-sandbox/: health, clock, faults, calls, timings, downloads. JSON both ways."""

import json
import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from sandbox.ec2.instances import interruption
from sandbox.ec2.model.records import list_instances
from sandbox.ecr import layer_downloads, loading
from sandbox.world.world import World

PREFIX = "/kiln-sandbox/"
_NOT_FOUND = object()


def answer(world: World, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """Serve one request; 404 for an unknown route, 400 with the reason for a body that makes no sense."""
    method = environ["REQUEST_METHOD"]
    name, _, rest = environ["PATH_INFO"][len(PREFIX) :].partition("/")
    if name == "downloads" and method in ("GET", "HEAD"):
        return _download(world, rest, start_response)
    if name == "layers" and method == "GET":
        return layer_downloads.answer(world, rest, environ, start_response)
    route = _ROUTES.get((method, name))
    try:
        if name == "console" and method == "GET":
            result = _console(world, rest)
        else:
            result = route(world, _document(environ)) if route else _NOT_FOUND
        status = "404 Not Found" if result is _NOT_FOUND else "200 OK"
        body = {"error": "no such route"} if result is _NOT_FOUND else result
    except (TypeError, ValueError, KeyError) as error:
        status, body = "400 Bad Request", {"error": f"{type(error).__name__}: {error}"}
    data = json.dumps(body).encode()
    start_response(status, [("Content-Type", "application/json"), ("Content-Length", str(len(data)))])
    return [data]


def _document(environ: dict[str, Any]) -> dict[str, Any]:
    length = int(environ.get("CONTENT_LENGTH") or 0)
    document = json.loads(environ["wsgi.input"].read(length) or b"{}") if length else {}
    if not isinstance(document, dict):
        raise ValueError("a JSON object is wanted")
    return document


def _health(world: World, _: dict[str, Any]) -> Any:
    return {"pid": os.getpid(), "machines": world.hypervisor is not None, "stopping": world.stopping}


def _clock(world: World, body: dict[str, Any]) -> Any:
    if "advance" in body:
        world.clock.advance(float(body["advance"]))
    return {"now": world.clock.now()}


def _add_fault(world: World, body: dict[str, Any]) -> Any:
    world.faults.add(**body)
    return world.faults.report()


def _clear_faults(world: World, _: dict[str, Any]) -> Any:
    world.faults.clear()
    return []


def _clear_calls(world: World, _: dict[str, Any]) -> Any:
    world.calls.clear()
    return world.calls.report()


def _timings(world: World, _: dict[str, Any]) -> Any:
    if world.hypervisor is None:
        return {}
    found = {}
    for instance in list_instances():
        try:
            found[instance.id] = dict(world.hypervisor.timings(instance.id))
        except (KeyError, LookupError):
            continue
    return found


def _instances(_: World, __: dict[str, Any]) -> Any:
    return [
        {"id": instance.id, "state": instance.state, "type": instance.instance_type, "public_ip": instance.public_ip}
        for instance in list_instances()
    ]


def _load_image(world: World, body: dict[str, Any]) -> Any:
    return loading.load(world, **body)


def _console(world: World, instance_id: str) -> Any:
    if world.hypervisor is None or not any(instance.id == instance_id for instance in list_instances()):
        return _NOT_FOUND
    return {"text": world.hypervisor.console(instance_id)}


_ROUTES: dict[tuple[str, str], Callable[[World, dict[str, Any]], Any]] = {
    ("GET", "health"): _health,
    ("GET", "clock"): _clock,
    ("POST", "clock"): _clock,
    ("GET", "faults"): lambda world, _: world.faults.report(),
    ("POST", "faults"): _add_fault,
    ("DELETE", "faults"): _clear_faults,
    ("GET", "calls"): lambda world, _: world.calls.report(),
    ("DELETE", "calls"): _clear_calls,
    ("GET", "timings"): _timings,
    ("GET", "instances"): _instances,
    ("GET", "images"): lambda world, _: loading.list_names(world),
    ("POST", "images"): _load_image,
    ("POST", "interruptions"): lambda _, body: interruption.interrupt(**body),
}


def _download(world: World, name: str, start_response: Any) -> Iterable[bytes]:
    """Stream a file of the cache's downloads folder; anything with a path separator is unknown."""
    folder = (world.cache or Path("/nonexistent")) / "downloads"
    path = folder / name
    if not name or Path(name).name != name or not path.is_file():
        start_response("404 Not Found", [("Content-Type", "text/plain")])
        return [b"no such download\n"]
    start_response(
        "200 OK", [("Content-Type", "application/octet-stream"), ("Content-Length", str(path.stat().st_size))]
    )
    return _chunks(path)


def _chunks(path: Path) -> Iterable[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            yield chunk
