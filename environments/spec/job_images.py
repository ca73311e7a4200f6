"""The images of job definitions: by their references, or by the repository of ECR that they are pushed to.

Sources: ContainerProperties (image), AWS Batch API Reference; CreateRepository (repositoryName), Amazon ECR API
Reference.
"""

import re
from typing import Annotated

from pydantic import AfterValidator, Field

from kiln.keys.takes import Takes
from provision.provisioners.registries import ECR

_ECR = re.compile(rf"{ECR.pattern}/(?P<repository>[^:@]+)")


def _image(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9_:./#@-]{1,255}", value):
        raise ValueError(
            "an image has at most 255 letters, digits and _ : . / # @ -, such as quay.io/nextflow/bash:latest"
        )
    return value


def repository_of(image: str) -> re.Match[str] | None:
    """Read account, region and repository out of an image's reference; None for any other registry than ECR."""
    return _ECR.match(image)


Image = Annotated[str, AfterValidator(_image), Takes("a container image's reference", "quay.io/nextflow/bash:latest")]
Repository = Annotated[
    str,
    Field(pattern=r"^(?:[a-z0-9]+(?:[._-][a-z0-9]+)*/)*[a-z0-9]+(?:[._-][a-z0-9]+)*$", min_length=2, max_length=256),
    Takes("the name of a repository of ECR in this account and region", "nextflow"),
]
