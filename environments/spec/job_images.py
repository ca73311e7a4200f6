"""The images of job definitions: by their references, or by the repository of ECR that they are pushed to.

Sources: ContainerProperties (image), AWS Batch API Reference; CreateRepository (repositoryName), Amazon ECR API
Reference.
"""

import re
from typing import Annotated

from pydantic import AfterValidator, Field

from kiln.keys.takes import Takes
from provision.provisioners.container_images import is_reference
from provision.provisioners.registries import ECR

_ECR = re.compile(rf"{ECR.pattern}/(?P<repository>[^:@]+)")


def _image(value: str) -> str:
    """Docker refuses any other text, and a job with such an image ends with "invalid reference format"."""
    plain = re.sub(r"^[a-z][a-z0-9+.-]*://+", "", value)
    if plain != value:
        raise ValueError(f"leave out {value.removesuffix(plain)}: {plain}")
    if not re.fullmatch(r"[A-Za-z0-9_:./#@-]{1,255}", value):
        raise ValueError(
            "an image has at most 255 letters, digits and _ : . / # @ -, such as quay.io/nextflow/bash:latest"
        )
    if not is_reference(value):
        raise ValueError(_explain(value))
    return value


def _explain(value: str) -> str:
    name, mark, rest = value.partition("@")
    head, slash, last = name.rpartition("/")
    last, colon, tag = last.partition(":")
    if is_reference(small := f"{head}{slash}{last}".lower() + colon + tag + mark + rest):
        return f"an image's name has small letters alone: {small}"
    return "Docker reads it as no image: it is [registry/]name[:tag] or [registry/]name@sha256:…, such as ubuntu:24.04"


def repository_of(image: str) -> re.Match[str] | None:
    """Read account, region and repository out of an image's reference; None for any other registry than ECR."""
    return _ECR.match(image)


Image = Annotated[str, AfterValidator(_image), Takes("a container image's reference", "quay.io/nextflow/bash:latest")]
Repository = Annotated[
    str,
    Field(pattern=r"^(?:[a-z0-9]+(?:[._-][a-z0-9]+)*/)*[a-z0-9]+(?:[._-][a-z0-9]+)*$", min_length=2, max_length=256),
    Takes("the name of a repository of ECR in this account and region", "nextflow"),
]
