"""A read-only container registry that serves one small image, so that a guest can pull without the internet.

Source: OCI Distribution Specification, "Pull". The image's media types are Docker's (schema 2).
"""

import gzip
import hashlib
import io
import json
import re
import tarfile
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from sandbox.machines.host import run
from sandbox.registry.packages import unpack

MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
CONFIG = "application/vnd.docker.container.image.v1+json"
LAYER = "application/vnd.docker.image.rootfs.diff.tar.gzip"
NAME = "library/busybox"
PATH = re.compile(r"^/v2/(?P<name>.+)/(?P<what>manifests|blobs)/(?P<reference>[^/]+)$")


@dataclass(frozen=True)
class Image:
    """A manifest and the blobs it names, by digest ("sha256:…"). Every tag means this one image."""

    manifest: bytes
    blobs: Mapping[str, bytes]


def busybox_image(busybox: bytes, applets: tuple[str, ...]) -> Image:
    """An image of one static program under the names of its applets. The same bytes make the same digests."""
    layer_tar = _layer(busybox, applets)
    layer = gzip.compress(layer_tar, mtime=0)
    run_it = {"Cmd": ["sh"], "Env": ["PATH=/bin"], "Labels": {"kiln.stand-in": "Debian's busybox, from Kiln's sandbox"}}
    config = json.dumps(
        {
            "architecture": "amd64",
            "os": "linux",
            "config": run_it,
            "rootfs": {"type": "layers", "diff_ids": [digest_of(layer_tar)]},
            "history": [{"created_by": "kiln sandbox"}],
        }
    ).encode()
    manifest = json.dumps(
        {
            "schemaVersion": 2,
            "mediaType": MANIFEST,
            "config": {"mediaType": CONFIG, "size": len(config), "digest": digest_of(config)},
            "layers": [{"mediaType": LAYER, "size": len(layer), "digest": digest_of(layer)}],
        }
    ).encode()
    return Image(manifest, {digest_of(config): config, digest_of(layer): layer})


def digest_of(content: bytes) -> str:
    """ "sha256:…" as registries write it."""
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def debian_busybox(cache: Path) -> Path:
    """Debian's static busybox, from the host's own sources; unpacked into `cache`, not installed."""
    place = unpack(cache, "busybox-static")
    return next(path for path in (place / "bin" / "busybox", place / "usr" / "bin" / "busybox") if path.exists())


def _layer(busybox: bytes, applets: tuple[str, ...]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for name in ("bin", "etc", "root", "tmp"):
            directory = tarfile.TarInfo(name)
            directory.type, directory.mode = tarfile.DIRTYPE, 0o1777 if name == "tmp" else 0o755
            tar.addfile(directory)
        _add(tar, "bin/busybox", busybox, 0o755)
        _add(tar, "etc/passwd", b"root:x:0:0:root:/root:/bin/sh\n", 0o644)
        _add(tar, "etc/group", b"root:x:0:\n", 0o644)
        for applet in sorted({*applets} - {"busybox"}):
            link = tarfile.TarInfo(f"bin/{applet}")
            link.type, link.linkname = tarfile.SYMTYPE, "busybox"
            tar.addfile(link)
    return buffer.getvalue()


def _add(tar: tarfile.TarFile, name: str, content: bytes, mode: int) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = len(content), mode
    tar.addfile(entry, io.BytesIO(content))


class _Handler(BaseHTTPRequestHandler):
    server: "Registry"
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._answer(with_body=True)

    def do_HEAD(self) -> None:
        self._answer(with_body=False)

    def _answer(self, *, with_body: bool) -> None:
        if self.path.rstrip("/") == "/v2":
            return self._say(200, "application/json", b"{}", with_body)
        found = self._find()
        if found is None:
            error = {"errors": [{"code": "NAME_UNKNOWN", "message": f"this registry holds {NAME} alone"}]}
            return self._say(404, "application/json", json.dumps(error).encode(), with_body)
        return self._say(200, *found, with_body)

    def _find(self) -> tuple[str, bytes] | None:
        asked, image = PATH.match(self.path), self.server.image
        if asked is None or asked["name"] != NAME:
            return None
        reference = asked["reference"]
        if asked["what"] == "manifests":
            known = not reference.startswith("sha256:") or reference == digest_of(image.manifest)
            return (MANIFEST, image.manifest) if known else None
        blob = image.blobs.get(reference)
        return None if blob is None else ("application/octet-stream", blob)

    def _say(self, status: int, media_type: str, body: bytes, with_body: bool) -> None:
        self.send_response(status)
        self.send_header("Docker-Distribution-Api-Version", "registry/2.0")
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Docker-Content-Digest", digest_of(body))
        self.end_headers()
        if with_body:
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the base class has it
        """Nothing: Docker says what it pulls."""


class Registry(ThreadingHTTPServer):
    """Serves an image at 127.0.0.1:`port` until close(); a guest pulls 169.254.169.1:PORT/library/busybox:1."""

    daemon_threads = True

    def __init__(self, image: Image, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.image = image
        self.port: int = self.server_address[1]
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True).start()

    def close(self) -> None:
        """Stop serving."""
        self.shutdown()
        self.server_close()


def busybox_registry(cache: Path, port: int = 0) -> Registry:
    """A registry with Debian's busybox, on a free port when none is given."""
    program = debian_busybox(cache)
    applets = tuple(run([str(program), "--list"]).split())
    return Registry(busybox_image(program.read_bytes(), applets), port)
