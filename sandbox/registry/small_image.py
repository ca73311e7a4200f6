"""The small image: glibc, bash, coreutils, ps and awk of Debian's packages, without Python. It stands in for Debian's.

Built once from the host's own package sources, and kept in the cache; no Docker is needed for that.
"""

import gzip
import hashlib
import json
import os
import shutil
from pathlib import Path
from threading import Lock

from sandbox.machines.apt_sources import debian_sources
from sandbox.machines.host import as_root, made_once, run
from sandbox.machines.prerequisites import debian_codename
from sandbox.machines.rootfs import LEFT_OUT, Report
from sandbox.registry.held import STORED, HeldImage
from sandbox.registry.push import Blob, PackedImage, push, read_file
from sandbox.registry.registry import Registry
from sandbox.registry.store import CHUNK, MANIFESTS, Manifest, digest_of
from sandbox.world.hypervisor import MachineError

PACKAGES = ("procps", "mawk")
# Machines pull and unpack it under software emulation: what no script of a pipeline's asks for is left out.
NOT_NEEDED = (
    *(
        "usr/bin/*perl*",
        "usr/lib/*/perl*",
        "usr/lib/*/libperl*",
        "usr/share/perl*",
        "usr/lib/*/gconv",
        "usr/share/zoneinfo",
    ),
    *("usr/bin/localedef", "var/cache/apt/*", "var/lib/apt/lists/*", "var/cache/debconf/*", "var/lib/dpkg/info/*"),
    *("var/log/*", "usr/share/bash-completion", "usr/share/common-licenses", "usr/lib/systemd", "lib/systemd"),
)
LABEL = {"kiln.stand-in": "Debian's packages, put together by Kiln's sandbox: a stand-in for debian:stable-slim"}
_CONFIG = "application/vnd.docker.container.image.v1+json"
_LAYER = "application/vnd.docker.image.rootfs.diff.tar.gzip"
_PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_pushing = Lock()


def build(cache: Path, report: Report = lambda text: None) -> PackedImage:
    """Build it, or find it in `cache`: about half a minute. MachineError where this host is not Debian."""
    codename = debian_codename()
    if codename is None:
        raise MachineError("the sandbox's small container image is built from Debian's packages: this is not Debian")
    key = hashlib.sha256(
        "\n".join((codename, *PACKAGES, *LEFT_OUT, *NOT_NEEDED, json.dumps(LABEL))).encode()
    ).hexdigest()[:16]

    def make(place: Path) -> None:
        report("building the small container image from this host's Debian sources (once, half a minute)")
        _make(place, codename)

    place = made_once(cache / f"small-image-{key}", make)
    layer, config = place / "layer.tar.gz", (place / "config.json").read_bytes()
    manifest = Manifest(MANIFESTS[0], (place / "manifest.json").read_bytes())
    named = json.loads(manifest.body)["layers"][0]
    blobs = (
        Blob(str(named["digest"]), int(named["size"]), lambda: read_file(layer)),
        Blob(digest_of(config), len(config), lambda: [config]),
    )
    return PackedImage(manifest, blobs)


def hold(registry: Registry) -> HeldImage:
    """Put it into the registry, the first time that it is asked for."""
    with _pushing:
        if registry.held.small is None:
            image = build(registry.cache)
            push(registry.store, STORED, image)
            registry.held.small = HeldImage(image.manifest.digest, image.manifest.media_type, is_stand_in=True)
        return registry.held.small


def _make(place: Path, codename: str) -> None:
    tar, packed, work = place / "layer.tar", place / "layer.tar.gz", place / "tmp"
    work.mkdir(mode=0o755)
    options = [f"--dpkgopt=path-exclude={pattern}" for pattern in LEFT_OUT]
    command = [
        *("mmdebstrap", "--variant=essential", "--format=tar", f"--include={','.join(PACKAGES)}", *options),
        *("--aptopt=Acquire::Languages none", "--aptopt=Acquire::Retries 3", "--dpkgopt=force-unsafe-io"),
        f"--customize-hook=cd $1 && rm -rf {' '.join(NOT_NEEDED)}",
        *(codename, str(tar), "-"),
    ]
    run(as_root(["env", f"TMPDIR={work}", *command]), stdin=debian_sources(codename).encode())
    run(as_root(["chown", "-R", f"{os.geteuid()}:{os.getegid()}", str(place)]))
    shutil.rmtree(work)
    plain, digest = hashlib.sha256(), hashlib.sha256()
    with tar.open("rb") as source, gzip.GzipFile(packed, "wb", compresslevel=6, mtime=0) as target:
        while piece := source.read(CHUNK):
            plain.update(piece)
            target.write(piece)
    tar.unlink()
    for piece in read_file(packed):
        digest.update(piece)
    config = _write_config(f"sha256:{plain.hexdigest()}")
    (place / "config.json").write_bytes(config)
    layer = {"mediaType": _LAYER, "size": packed.stat().st_size, "digest": f"sha256:{digest.hexdigest()}"}
    named = {"mediaType": _CONFIG, "size": len(config), "digest": digest_of(config)}
    manifest = {"schemaVersion": 2, "mediaType": MANIFESTS[0], "config": named, "layers": [layer]}
    (place / "manifest.json").write_text(json.dumps(manifest))


def _write_config(diff_id: str) -> bytes:
    document = {
        "architecture": "amd64", "os": "linux", "config": {"Cmd": ["bash"], "Env": [_PATH], "Labels": LABEL},
        "rootfs": {"type": "layers", "diff_ids": [diff_id]}, "history": [{"created_by": "kiln sandbox"}],
    }  # fmt: skip
    return json.dumps(document).encode()
