"""Law: an object is copied onto itself only where something of it changes, or an older version of it is named.

moto takes the encryption that every bucket has since 2023 for such a change. Source:
https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html; how AWS answers: moto's tests that its authors ran
against AWS.
"""

import functools
import inspect
from collections.abc import Callable
from typing import Any

from moto.s3.exceptions import CopyObjectMustChangeSomething

_CHANGES = ("storage", "encryption", "website_redirect_location", "provided_version_id")


def refuse_without_change(copy: Callable[..., None]) -> Callable[..., None]:
    """Make the method of moto's that copies an object."""
    signature = inspect.signature(copy)

    @functools.wraps(copy)
    def copy_object(*arguments: Any, **named: Any) -> None:
        given = signature.bind(*arguments, **named).arguments
        source = given["src_key"]
        onto_itself = (source.bucket_name, source.name) == (given["dest_bucket_name"], given["dest_key_name"])
        changes = any(given.get(name) for name in _CHANGES) or given.get("mdirective") == "REPLACE"
        if onto_itself and not changes and source.encryption in (None, "AES256"):
            raise CopyObjectMustChangeSomething
        copy(*arguments, **named)

    return copy_object
