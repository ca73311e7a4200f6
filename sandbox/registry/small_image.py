"""The small image: glibc, bash, coreutils, ps and awk of Debian, without Python. It stands in for Debian itself."""

from pathlib import Path

from sandbox.machines.rootfs import Report
from sandbox.registry import stand_ins
from sandbox.registry.debian_image import DebianImage, build_image
from sandbox.registry.held import HeldImage
from sandbox.registry.push import PackedImage
from sandbox.registry.registry import Registry

IMAGE = DebianImage(
    "small image",
    ("procps", "mawk"),
    {"kiln.stand-in": "Debian's packages, put together by Kiln's sandbox: a stand-in for debian:stable-slim"},
)


def build(cache: Path, report: Report = lambda text: None) -> PackedImage:
    """Build it, or find it in `cache`: about half a minute. MachineError where this host is not Debian."""
    return build_image(cache, IMAGE, report, "half a minute")


def hold(registry: Registry) -> HeldImage:
    """Put it into the registry, the first time that it is asked for."""
    return stand_ins.hold(registry, "small", build)
