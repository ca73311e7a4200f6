"""Law: the unique id of a resource of IAM says of what kind it is.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids
"""

import hashlib
import secrets
import string

_ALPHABET = string.ascii_uppercase + string.digits
GROUP, USER, INSTANCE_PROFILE, MANAGED_POLICY = "AGPA", "AIDA", "AIPA", "ANPA"


def make_id(prefix: str) -> str:
    """Make a new id: 21 characters, the prefix among them."""
    return prefix + "".join(secrets.choice(_ALPHABET) for _ in range(21 - len(prefix)))


def derive_id(prefix: str, text: str) -> str:
    """Make the id that belongs to a text, always the same."""
    digest = hashlib.sha256(text.encode()).digest()
    return prefix + "".join(_ALPHABET[byte % len(_ALPHABET)] for byte in digest[: 21 - len(prefix)])
