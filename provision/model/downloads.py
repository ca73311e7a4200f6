"""Mirrors of pinned files, for networks without internet."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

from kiln.keys.takes import Takes
from kiln.keys.texts import Sha256, Url
from kiln.models import Model
from provision.model.recipe import Download

FileName = Annotated[
    str, Field(min_length=1), Takes("the file name of a download, with * and ?", "Miniforge3-*-Linux-x86_64.sh")
]


class Mirror(Model):
    """Where a pinned file is fetched from instead, with the SHA-256 of that file."""

    url: Url
    sha256: Sha256


def resolve_mirrors(mirrors: Mapping[str, Mirror]) -> dict[str, Download]:
    """File name of a pinned file (* and ? allowed) → where it is to be had: as `Machine.downloads` wants it."""
    return {name: Download(mirror.url, mirror.sha256) for name, mirror in mirrors.items()}
