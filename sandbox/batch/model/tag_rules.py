"""What tags Batch takes.

Source: https://docs.aws.amazon.com/batch/latest/userguide/using-tags.html ("Tag restrictions": letters, numbers, spaces
representable in UTF-8, and + - = . _ : / @); the refusal of others is worded as people met it (Netflix/metaflow#1345,
nf-core/hic#224).
"""

import unicodedata
from collections.abc import Mapping

from sandbox.batch.model.errors import BadRequest, refused

AT_MOST = 50
_SIGNS = "+-=._:/@"


def check(tags: Mapping[str, str]) -> None:
    """Refuse tags of Batch's own resources: too many, too long, AWS's own prefix, characters that tags do not take."""
    check_sizes(tags)
    for key, value in tags.items():
        for kind, text in (("TagKey", key), ("TagValue", value)):
            if not all(_is_taken(character) for character in text):
                raise BadRequest(f"'{text}' is not a valid value for {kind} - it contains illegal characters")


def check_sizes(tags: Mapping[str, str]) -> None:
    """Refuse too many tags, names and values that are too long, and AWS's own prefix."""
    for key, value in tags.items():
        if not 1 <= len(key) <= 128 or len(value) > 256:
            raise refused(f"Tag key or value of '{key[:128]}' is too long")
        if key.lower().startswith("aws:"):
            raise refused("Tag keys that start with aws: are reserved for system use")
    if len(tags) > AT_MOST:
        raise refused(f"A resource can have at most {AT_MOST} tags")


def _is_taken(character: str) -> bool:
    return character in _SIGNS or unicodedata.category(character)[0] in "LNZ"
