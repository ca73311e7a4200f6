"""The image with Java: Debian's Java 17, ps, and the AWS CLI with its Python. It stands in for eclipse-temurin.

The AWS CLI is the one that the sandbox packs for the conda stand-in, at /opt/aws-cli: a real one, which needs no other
Python. An image of Nextflow is built upon it here.
"""

from pathlib import Path

from sandbox.machines import conda
from sandbox.machines.rootfs import Report
from sandbox.registry import stand_ins
from sandbox.registry.debian_image import DebianImage, build_image
from sandbox.registry.held import HeldImage
from sandbox.registry.push import PackedImage
from sandbox.registry.registry import Registry

PREFIX = "/opt/aws-cli"
LABEL = {"kiln.stand-in": "Debian's Java 17 and a real AWS CLI, put together by Kiln's sandbox: not eclipse-temurin"}
PACKAGES = ("openjdk-17-jre-headless", "ca-certificates", "procps", "mawk")


def build(cache: Path, report: Report = lambda text: None) -> PackedImage:
    """Build it, or find it in `cache`: about two minutes. MachineError where this host is not Debian."""
    installer, digest = conda.installer(cache)
    hooks = (
        f"bash {installer} -b -p $1{PREFIX} # {digest}",
        f"sed -i '1s|.*|#!{PREFIX}/bin/python|' $1{PREFIX}/bin/aws",
        f"ln -s {PREFIX}/bin/aws $1/usr/local/bin/aws && ln -s {PREFIX}/bin/python3 $1/usr/local/bin/python3",
    )
    return build_image(cache, DebianImage("image with Java", PACKAGES, LABEL, hooks), report, "two minutes")


def hold(registry: Registry) -> HeldImage:
    """Put it into the registry, the first time that it is asked for."""
    return stand_ins.hold(registry, "java", build)
