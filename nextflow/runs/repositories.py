"""Repositories as Nextflow takes them, and what is typed in their place (pure).

Source: AssetManager.resolveName of Nextflow, as 24.10 does it: an address of http or https; else OWNER/REPOSITORY, of
nextflow-io where the owner is left out, which it looks for on GitHub. It knows no SSH, and no pages of a Git host.
"""

import re

from kiln.errors import UserError
from kiln.secrets import masking
from kiln.secrets.credentials import HIDDEN

_ADDRESS = re.compile(r"https?://[^\s/?#]+(/[^\s/?#]+)+/*")
_PROJECT = re.compile(r"\w[\w.-]*(/[\w.-]+)?", re.ASCII)
_PAGE = re.compile(r"(?P<address>https?://[^\s?#]+?)/(-/)?(tree|blob)/(?P<revision>[^\s/?#]+)\S*")
_BY_SSH = re.compile(
    r"((git\+)?(ssh|git)://)?([^\s/@:]+@)?(?P<host>[\w-]+(\.[\w-]+)+)(:\d+)?[:/](?P<path>[^\s:?#]+/[^\s:?#]+?)(\.git)?/*"
)
_HUBS = ("-hub",)


def read(named: str) -> str:
    """Return the repository as Nextflow is given it; raises UserError for what it would not find."""
    if page := _PAGE.fullmatch(named):
        raise UserError(
            f"{masking.mask_text(named)} is a page, and no repository", "the revision stands behind --revision",
            f"Try {masking.mask_text(page['address'])} --revision {page['revision']}.",
        )  # fmt: skip
    if _ADDRESS.fullmatch(named):
        return named.rstrip("/")
    if other := _BY_SSH.fullmatch(named):
        raise UserError(
            f"{masking.mask_text(named)} is no address that Nextflow takes",
            "it fetches repositories by https alone, or as OWNER/REPOSITORY from GitHub",
            f"Try https://{other['host']}/{other['path']}.",
        )
    if _PROJECT.fullmatch(named):
        return named
    raise UserError(
        f"{masking.mask_text(re.sub(r'://.*@', f'://{HIDDEN}@', named))!r} is no pipeline",
        "a pipeline is a folder here, s3://BUCKET/FOLDER, OWNER/REPOSITORY, or the address of a repository: "
        "https://HOST/OWNER/REPOSITORY, with no ? and #",
        "Check its spelling, and the folder that this runs in; a branch or tag stands behind --revision.",
    )


def describe(named: str, arguments: tuple[str, ...]) -> str:
    """Say what the head fetches: of a name that has no host, the address where Nextflow looks for it."""
    if "://" in named or any(word.partition("=")[0] in _HUBS for word in arguments):
        return "the repository"
    project = named if "/" in named else f"nextflow-io/{named}"
    return f"https://github.com/{project}, as there is no folder {named} here"
