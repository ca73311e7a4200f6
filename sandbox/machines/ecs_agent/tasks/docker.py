"""The machine's Docker, asked over its socket. Source: Docker Engine API v1.41."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Any

from sandbox.machines.ecs_agent.wire.escapes import quote, write_query
from sandbox.machines.ecs_agent.wire.http import Address, ask


class DockerError(Exception):
    """In the words of Docker's own client; `status` is 0 where no answer came."""

    def __init__(self, message: str, status: int = 0) -> None:
        super().__init__(message)
        self.status = status


class DockerTimeout(DockerError):
    """No answer within the time that the call had."""


class Docker:
    """Each call raises DockerError, and DockerTimeout after its time."""

    def __init__(self, socket: str) -> None:
        self._address = Address(socket)

    def version(self) -> str:
        """Such as 20.10.24+dfsg1."""
        return str(self._json("GET", "/version", timeout=10)["Version"])

    def manifest_digest(self, image: str, auth: dict[str, str], timeout: float) -> str:
        """The digest that the registry has for the image's name."""
        found = self._json("GET", f"/distribution/{quote(image)}/json", auth=auth, timeout=timeout)
        return str(found["Descriptor"]["digest"])

    def pull(self, image: str, auth: dict[str, str], timeout: float) -> None:
        """Pull it; `image` has a tag or a digest."""
        query = write_query([("fromImage", image)])
        body = self._ask("POST", f"/images/create?{query}", auth=auth, timeout=timeout)
        for line in _documents(body):
            if "error" in line:
                raise DockerError(str(line["error"]))

    def tag(self, source: str, name: str) -> None:
        """Give an image another name."""
        repository, tag = split_name(name)
        self._ask(
            "POST", f"/images/{quote(source)}/tag?{write_query([('repo', repository), ('tag', tag)])}", timeout=60
        )

    def image(self, name: str) -> dict[str, Any]:
        """What is known of a local image; DockerError with status 404 without it."""
        return self._json("GET", f"/images/{quote(name)}/json", timeout=30)

    def remove_image(self, name: str) -> None:
        """Untag it, and remove it with its last name."""
        self._ask("DELETE", f"/images/{quote(name)}", timeout=180)

    def create(self, name: str, config: dict[str, Any], timeout: float) -> str:
        """The new container's id."""
        return str(
            self._json("POST", f"/containers/create?{write_query([('name', name)])}", config, timeout=timeout)["Id"]
        )

    def start(self, id_: str, timeout: float) -> None:
        """Start it."""
        self._ask("POST", f"/containers/{id_}/start", timeout=timeout)

    def inspect(self, id_: str) -> dict[str, Any]:
        """What is known of a container, by id or name."""
        return self._json("GET", f"/containers/{id_}/json", timeout=30)

    def wait(self, id_: str) -> None:
        """Return when it does not run any more."""
        self._ask("POST", f"/containers/{id_}/wait", timeout=None)

    def stop(self, id_: str, seconds: int) -> None:
        """SIGTERM, and SIGKILL after `seconds`."""
        self._ask("POST", f"/containers/{id_}/stop?t={seconds}", timeout=seconds + 120)

    def remove(self, id_: str) -> None:
        """Remove a container that has ended, with its nameless volumes."""
        self._ask("DELETE", f"/containers/{id_}?v=1", timeout=300)

    def create_volume(self, name: str, driver: str, options: dict[str, str], labels: dict[str, str]) -> None:
        """Make a named volume, or see that it is there."""
        body = {"Name": name, "Driver": driver, "DriverOpts": options, "Labels": labels}
        self._ask("POST", "/volumes/create", body, timeout=300)

    def remove_volume(self, name: str) -> None:
        """Remove a named volume."""
        self._ask("DELETE", f"/volumes/{quote(name)}", timeout=300)

    def _json(
        self,
        method: str,
        path: str,
        body: object = None,
        auth: dict[str, str] | None = None,
        timeout: float | None = 60,
    ) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self._ask(method, path, body, auth, timeout))
        return found

    def _ask(
        self,
        method: str,
        path: str,
        body: object = None,
        auth: dict[str, str] | None = None,
        timeout: float | None = 60,
    ) -> bytes:
        headers = {"Content-Type": "application/json"} if body is not None else {}
        if auth is not None:
            headers["X-Registry-Auth"] = base64.urlsafe_b64encode(json.dumps(auth).encode()).decode()
        text = b"" if body is None else json.dumps(body).encode()
        try:
            reply = ask(self._address, method, path, headers, text, timeout)
        except TimeoutError as error:
            raise DockerTimeout("context deadline exceeded") from error
        except ConnectionError as error:
            raise DockerError(f"error during connect: {error}") from error
        except OSError as error:
            raise DockerError(f"Cannot connect to the Docker daemon at unix://{self._address.host}: {error}") from error
        if reply.status >= 400:
            raise DockerError(f"Error response from daemon: {_message(reply.body)}", reply.status)
        return reply.body


def split_name(image: str) -> tuple[str, str]:
    """Repository and tag ("latest" without one) of an image's name that has no digest."""
    repository, separator, tag = image.rpartition(":")
    return (repository, tag) if separator and "/" not in tag else (image, "latest")


def _message(body: bytes) -> str:
    try:
        return str(json.loads(body)["message"]).strip()
    except (ValueError, KeyError, TypeError):
        return body.decode(errors="replace").strip()


def _documents(body: bytes) -> Iterator[dict[str, Any]]:
    for line in body.splitlines():
        if line.strip():
            found = json.loads(line)
            if isinstance(found, dict):
                yield found
