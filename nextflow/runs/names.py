"""Names of runs (pure). Source: `-name` of `nextflow run`, which refuses all others."""

import re
import secrets
from datetime import UTC, datetime

from kiln.errors import UserError

PATTERN = re.compile(r"[a-z](?:[a-z\d]|[-_](?=[a-z\d])){0,79}", re.ASCII)
_TRY = "Try --name salmon-2026: small letters, digits, - and _, at most 80, a letter first."


def check(name: str, option: str = "--name") -> str:
    """Return the name; raises UserError for what Nextflow does not take as a run's name."""
    if PATTERN.fullmatch(name):
        return name
    if "/" in name:
        why = "a run's name is part of S3 keys and of its job's name: it has no slash"
    elif not name:
        why = "it is empty"
    else:
        why = "Nextflow takes a small letter, then small letters and digits, with single - and _ between them"
    raise UserError(f"{option} {name!r} is no name of a run", why, _TRY)


def make(pipeline: str, now: datetime) -> str:
    """Make a name out of a pipeline's, such as salmon-nf-20261128-0930-3f9c; `now` orders the names for people."""
    pipeline = re.sub(r"^(\w+://)?[^/]*@", "", pipeline)  # without a login
    last = re.sub(r"(\.git)?/*$", "", pipeline).rpartition("/")[2] or "run"
    stem = re.sub(r"[^a-z\d]+", "-", last.lower()).strip("-")[:50].rstrip("-")
    stem = stem if stem[:1].isalpha() else f"run-{stem}".rstrip("-")
    return check(f"{stem}-{now.astimezone(UTC):%Y%m%d-%H%M}-{secrets.token_hex(2)}")
