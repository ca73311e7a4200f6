"""Law: which tags of a repository cannot be moved to another image.

Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-tag-mutability.html (the exclusion filters of
IMMUTABLE_WITH_EXCLUSION name tags that can be moved, those of MUTABLE_WITH_EXCLUSION tags that cannot; `*` stands for
any characters).
"""

import re
from collections.abc import Iterable, Mapping


def is_immutable(setting: str, filters: Iterable[Mapping[str, str]] | None, tag: str) -> bool:
    """Return whether a tag stays with its image under a repository's imageTagMutability and its exclusion filters."""
    excluded = any(_matches(entry["filter"], tag) for entry in filters or ())
    return setting.startswith("IMMUTABLE") != excluded


def _matches(pattern: str, tag: str) -> bool:
    return re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), tag) is not None
