"""Debian's busybox as an image in a file, as docker save writes it."""

import io
import json
import tarfile
from pathlib import Path

from sandbox.machines.host import run
from sandbox.registry.busybox import busybox_image, debian_busybox


def save_busybox(cache: Path, path: Path, *names: str) -> Path:
    """Write it to `path` under its names: one applet short of the sandbox's own image, so that it is another image."""
    program = debian_busybox(cache)
    image = busybox_image(program.read_bytes(), tuple(run([str(program), "--list"]).split()[:-1]))
    manifest = json.loads(image.manifest)
    config, layer = manifest["config"]["digest"], manifest["layers"][0]["digest"]
    entry = {"Config": f"{config[7:]}.json", "RepoTags": list(names) or None, "Layers": ["layer.tar"]}
    files = {entry["Config"]: image.blobs[config], "layer.tar": image.blobs[layer],
             "manifest.json": json.dumps([entry]).encode()}  # fmt: skip
    with tarfile.open(path, "w") as tar:
        for name, content in files.items():
            member = tarfile.TarInfo(str(name))
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return path
