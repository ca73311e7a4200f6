"""What tags Batch takes. https://docs.aws.amazon.com/batch/latest/userguide/using-tags.html ("Tag restrictions")"""

from collections.abc import Mapping

from sandbox.batch.model.errors import refused

AT_MOST = 50


def check(tags: Mapping[str, str]) -> None:
    """Refuse too many tags, names and values that are too long, and AWS's own prefix."""
    for key, value in tags.items():
        if not 1 <= len(key) <= 128 or len(value) > 256:
            raise refused(f"Tag key or value of '{key[:128]}' is too long")
        if key.lower().startswith("aws:"):
            raise refused("Tag keys that start with aws: are reserved for system use")
    if len(tags) > AT_MOST:
        raise refused(f"A resource can have at most {AT_MOST} tags")
