"""Mirrors of pinned files, for networks without internet."""

from collections.abc import Mapping

from pydantic import Field

from kiln.models import Model
from provision.model.recipe import Download


class Mirror(Model):
    """Where a pinned file is fetched from instead, with the SHA-256 of that file."""

    url: str = Field(pattern=r"^https?://\S+$")
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")


def resolve_mirrors(mirrors: Mapping[str, Mirror]) -> dict[str, Download]:
    """File name of a pinned file (* and ? allowed) → where it is to be had: as `Machine.downloads` wants it."""
    return {name: Download(mirror.url, mirror.sha256) for name, mirror in mirrors.items()}
