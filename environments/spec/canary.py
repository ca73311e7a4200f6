"""What the canary, a job that proves an environment, runs and tries (invoke canary)."""

import re
from typing import Annotated

from pydantic import AfterValidator, Field

from environments.spec.job_images import Image
from environments.spec.job_mounts import ContainerPath
from kiln.keys.takes import Takes
from kiln.models import GiB, Model, Seconds, time

# debian:bookworm-slim as of 2026-08-03, for every architecture, from Amazon's mirror of Docker's official images: no
# login, and no rate limit within AWS. Source of the digest: docker-library/repo-info, remote/bookworm-slim.md.
DIGEST = "sha256:abd67ffcfa541b485a3dff59865ab629aa048a6c613e639d36e7456b0b229241"
IMAGE = f"public.ecr.aws/docker/library/debian@{DIGEST}"


def _cli(value: str) -> str:
    if not re.fullmatch(r"(/[A-Za-z0-9_][A-Za-z0-9_.-]*){2,}", value):
        raise ValueError("write the folder above bin/aws, such as /home/ec2-user/miniconda")
    return value


class Canary(Model):
    """A job on every queue, as Nextflow sends it."""

    image: Image | None = None
    """Small, with glibc and bash, and without Python. Default: a slim Debian from ECR Public, by its digest."""
    cli: Annotated[str, AfterValidator(_cli), Takes("the folder above bin/aws", "/home/ec2-user/miniconda")] | None = (
        None
    )
    """Where the machines have the AWS CLI. Default: as the launch template, else the image, installs it."""
    scratch: GiB = 11
    """Size of the file that it writes and removes: more than the 10 GiB that containers once had. Default: 11 GiB."""
    scratch_path: ContainerPath = "/tmp"  # noqa: S108
    """The folder in the container in which it does."""
    time_limit: Annotated[Seconds, Field(ge=60, le=14400), Takes("a time from 1 min to 4 h", "30 min", time)] = 1800
    """For all of it, machines to be started included. Default: 30 min."""

    @property
    def container_image(self) -> str:
        return self.image or IMAGE
