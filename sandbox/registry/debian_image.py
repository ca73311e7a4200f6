"""Container images of Debian's packages, built once from the host's own sources and kept in the cache; no Docker."""

import gzip
import hashlib
import json
import os
import shutil
from dataclasses import dataclass, field
from pathlib import Path

from sandbox.machines.apt_sources import debian_sources
from sandbox.machines.host import as_root, made_once, run
from sandbox.machines.prerequisites import debian_codename
from sandbox.machines.rootfs import LEFT_OUT, Report
from sandbox.registry.push import Blob, PackedImage, read_file
from sandbox.registry.store import CHUNK, MANIFESTS, Manifest, digest_of
from sandbox.world.hypervisor import MachineError

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
    *("usr/lib/jvm/*/lib/ct.sym", "usr/lib/jvm/*/lib/server/classes_nocoops.jsa"),  # of compilers; of heaps over 32 GiB
    *("var/log/*", "usr/share/bash-completion", "usr/share/common-licenses", "usr/lib/systemd", "lib/systemd"),
)
_CONFIG = "application/vnd.docker.container.image.v1+json"
_LAYER = "application/vnd.docker.image.rootfs.diff.tar.gzip"
_PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


@dataclass(frozen=True)
class DebianImage:
    """What an image has beside Debian's essential packages; `hooks` are commands of mmdebstrap's, `$1` its root."""

    name: str
    packages: tuple[str, ...]
    label: dict[str, str]
    hooks: tuple[str, ...] = field(default=())

    def make_key(self, codename: str) -> str:
        """Make the key under which it is kept."""
        recipe = (codename, *self.packages, *self.hooks, *LEFT_OUT, *NOT_NEEDED, json.dumps(self.label))
        return hashlib.sha256("\n".join(recipe).encode()).hexdigest()[:16]


def build_image(cache: Path, image: DebianImage, report: Report, how_long: str) -> PackedImage:
    """Build it, or find it in `cache`. MachineError where this host is not Debian."""
    codename = debian_codename()
    if codename is None:
        raise MachineError(f"the sandbox's {image.name} is built from Debian's packages: this is not Debian")

    def make(place: Path) -> None:
        report(f"building the {image.name} from this host's Debian sources (once, {how_long})")
        _make(place, codename, image)

    place = made_once(cache / f"{image.name.replace(' ', '-')}-{image.make_key(codename)}", make)
    layer, config = place / "layer.tar.gz", (place / "config.json").read_bytes()
    manifest = Manifest(MANIFESTS[0], (place / "manifest.json").read_bytes())
    named = json.loads(manifest.body)["layers"][0]
    blobs = (
        Blob(str(named["digest"]), int(named["size"]), lambda: read_file(layer)),
        Blob(digest_of(config), len(config), lambda: [config]),
    )
    return PackedImage(manifest, blobs)


def _make(place: Path, codename: str, image: DebianImage) -> None:
    tar, packed, work = place / "layer.tar", place / "layer.tar.gz", place / "tmp"
    work.mkdir(mode=0o755)
    options = [f"--dpkgopt=path-exclude={pattern}" for pattern in LEFT_OUT]
    command = [
        *("mmdebstrap", "--variant=essential", "--format=tar", f"--include={','.join(image.packages)}", *options),
        *("--aptopt=Acquire::Languages none", "--aptopt=Acquire::Retries 3", "--dpkgopt=force-unsafe-io"),
        "--setup-hook=mkdir -p $1/usr/share/man/man1",  # where Java's package makes links
        *(f"--customize-hook={hook}" for hook in image.hooks),
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
    config = _write_config(f"sha256:{plain.hexdigest()}", image.label)
    (place / "config.json").write_bytes(config)
    layer = {"mediaType": _LAYER, "size": packed.stat().st_size, "digest": f"sha256:{digest.hexdigest()}"}
    named = {"mediaType": _CONFIG, "size": len(config), "digest": digest_of(config)}
    manifest = {"schemaVersion": 2, "mediaType": MANIFESTS[0], "config": named, "layers": [layer]}
    (place / "manifest.json").write_text(json.dumps(manifest))


def _write_config(diff_id: str, label: dict[str, str]) -> bytes:
    document = {
        "architecture": "amd64", "os": "linux", "config": {"Cmd": ["bash"], "Env": [_PATH], "Labels": label},
        "rootfs": {"type": "layers", "diff_ids": [diff_id]}, "history": [{"created_by": "kiln sandbox"}],
    }  # fmt: skip
    return json.dumps(document).encode()
